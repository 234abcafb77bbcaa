/**
 * Connects to a helper. Not a word is said before the kernel has told who listens: a program that took root's place at the socket learns
 * nothing. Silence ends a connection, however long the work takes: a helper that lives says so every few seconds.
 */
import { createConnection, type Socket } from 'node:net';
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import { operations, type Params, type Result, type Verb } from '../../../shared/operations.js';
import {
  helperMessageSchema,
  largestAnswer,
  protocolVersion,
  type ClientMessage,
  type HelperEvent,
  type HelperMessage,
} from '../../../shared/protocol.js';
import { peerCredentials } from '../../engine/posix/credentials.js';
import { descriptorOf } from '../wire/descriptor.js';
import { frame, FrameReader } from '../wire/frames.js';
import type { CallOptions, ConnectOptions, HelperClient } from './client.js';

/** systemd may only just have begun to start the helper, on a slow machine that has other things to do. */
const helloMs = 60_000;
const silence = 60_000;

export async function connect(options: ConnectOptions): Promise<Outcome<HelperClient>> {
  const opened = await open(options.path);
  if (!opened.ok) return opened;
  const socket = opened.value;
  const server = peerCredentials(descriptorOf(socket));
  const mayBe = options.trust === 'root' ? [0] : [0, process.getuid?.() ?? 0];
  if (!mayBe.includes(server.uid)) {
    socket.destroy();
    return refused(problem('HELPER_NOT_TRUSTED', `${options.path}: belongs to user ${server.uid}.`));
  }
  const client = new SocketClient(socket, server.uid, options.silenceMs ?? silence);
  const refusal = await client.greet();
  return refusal ? refused(refusal) : { ok: true, value: client };
}

/** Whether so many others wait to be accepted that the kernel takes no more for this moment (EAGAIN, connect(2)). */
const isFull = (error: Error): boolean => 'code' in error && error.code === 'EAGAIN';
const againMs = 50;
const mostTimes = 100;

async function open(path: string): Promise<Outcome<Socket>> {
  for (let times = 1; ; times += 1) {
    const opened = await openOnce(path);
    if (!(opened instanceof Error)) return { ok: true, value: opened };
    if (!isFull(opened) || times === mostTimes) return refused(problem('HELPER_UNREACHABLE', opened.message));
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

function openOnce(path: string): Promise<Socket | Error> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.off('error', resolve);
      resolve(socket);
    });
    socket.once('error', resolve);
  });
}

interface Waiting {
  readonly verb: Verb;
  readonly options: CallOptions;
  readonly resolve: (outcome: Outcome<unknown>) => void;
}

class SocketClient implements HelperClient {
  version = '';
  readonly closed: Promise<Problem>;
  readonly #reader = new FrameReader(largestAnswer);
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: HelperEvent) => void>();
  #next = 1;
  #reason: Problem | undefined;
  #silence: NodeJS.Timeout | undefined;
  #onHello: (() => void) | undefined;
  #end: (reason: Problem) => void = () => undefined;

  constructor(
    private readonly socket: Socket,
    readonly uid: number,
    private readonly silenceMs: number,
  ) {
    this.closed = new Promise((resolve) => (this.#end = resolve));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#over());
  }

  /** `undefined` when the helper speaks our version. */
  async greet(): Promise<Problem | undefined> {
    this.#say({ type: 'hello', protocol: protocolVersion });
    const hello = new Promise<undefined>((resolve) => (this.#onHello = () => resolve(undefined)));
    const deadline = setTimeout(() => this.#abandon(problem('HELPER_SILENT')), helloMs);
    const refusal = await Promise.race([hello, this.closed]);
    clearTimeout(deadline);
    return refusal;
  }

  call<V extends Verb>(verb: V, params: Params<V>, options: CallOptions = {}): Promise<Outcome<Result<V>>> {
    if (this.#reason || this.socket.destroyed) return Promise.resolve(refused(this.#lost()));
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, { verb, options, resolve: (outcome) => resolve(outcome as Outcome<Result<V>>) });
      this.#say({ type: 'request', id, verb, params });
      this.#listen();
    });
  }

  subscribe(listener: (event: HelperEvent) => void): void {
    this.#listeners.add(listener);
    this.#say({ type: 'subscribe' });
  }

  close(): void {
    this.#abandon(problem('HELPER_LOST', 'This side closed the connection.'));
  }

  #say(message: ClientMessage): void {
    if (!this.socket.destroyed) this.socket.write(frame(JSON.stringify(message)));
  }

  #receive(chunk: Buffer): void {
    this.#listen();
    try {
      for (const content of this.#reader.push(chunk)) {
        const message = helperMessageSchema.safeParse(JSON.parse(content.toString('utf8')));
        if (!message.success) {
          this.#abandon(problem('HELPER_VERSION', 'A message of the helper has an unknown shape.'));
          return;
        }
        this.#take(message.data);
      }
    } catch (error) {
      this.#abandon(problem('HELPER_VERSION', error instanceof Error ? error.message : ''));
    }
  }

  #take(message: HelperMessage): void {
    switch (message.type) {
      case 'hello':
        this.version = message.version;
        this.#onHello?.();
        break;
      case 'answer':
        this.#answer(message.id, message.outcome);
        break;
      case 'checked':
        this.#waiting.get(message.id)?.options.onChecked?.(message.result);
        break;
      case 'event':
        for (const listener of this.#listeners) listener(message.event);
        break;
      case 'alive':
        break;
      case 'refused':
        this.#abandon(message.problem);
        break;
    }
  }

  /** An answer that nobody waits for, a second one for example, is dropped. */
  #answer(id: number, outcome: Outcome<unknown>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) clearTimeout(this.#silence);
    if (!waiting) return;
    if (!outcome.ok) {
      waiting.resolve(outcome);
      return;
    }
    const result = operations[waiting.verb].result.safeParse(outcome.value);
    waiting.resolve(
      result.success
        ? { ok: true, value: result.data }
        : refused(problem('HELPER_VERSION', `The answer to "${waiting.verb}" has an unknown shape.`)),
    );
  }

  /** Begins to count the silence anew, while anything is waited for. */
  #listen(): void {
    clearTimeout(this.#silence);
    if (this.#waiting.size === 0) return;
    this.#silence = setTimeout(() => this.#abandon(problem('HELPER_SILENT')), this.silenceMs);
  }

  #abandon(reason: Problem): void {
    this.#reason ??= reason;
    this.socket.destroy();
  }

  #over(): void {
    clearTimeout(this.#silence);
    const reason = this.#lost();
    for (const { resolve } of this.#waiting.values()) resolve(refused(reason));
    this.#waiting.clear();
    this.#end(reason);
  }

  #lost(): Problem {
    return (this.#reason ??= problem('HELPER_LOST'));
  }
}

function refused(answer: Problem): Outcome<never> {
  return { ok: false, problem: answer };
}
