/**
 * One client, from its hello to its end. What it sends is believed only after a schema; whatever breaks the protocol ends the
 * connection, and never more than that. A request in flight is not cut when its client goes: the work belongs to the helper.
 */
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { problem, type ErrorCode, type Outcome, type Problem } from '../../../shared/errors.js';
import {
  aliveEveryMs,
  clientMessageSchema,
  largestRequest,
  protocolVersion,
  type ClientMessage,
  type HelperEvent,
} from '../../../shared/protocol.js';
import type { CheckResult } from '../../../shared/check.js';
import { operations, type OperationKind, type Verb } from '../../../shared/operations.js';
import { FrameError, FrameReader } from '../wire/frames.js';
import { JsonError, parseStrictly } from '../wire/strict-json.js';
import { Outbox } from './outbox.js';
import type { Peer } from './peer.js';
import type { Turns } from './turns.js';

export interface Request {
  readonly peer: Peer;
  readonly verb: string;
  readonly params: unknown;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
  readonly onChecked: (result: CheckResult) => void;
}

export interface ConnectionOptions {
  readonly version: string;
  readonly turns: Readonly<Record<OperationKind, Turns>>;
  /** Why this client may not learn the status; `undefined` when it may. Never rejects. */
  readonly mayWatch: (peer: Peer, gone: AbortSignal) => Promise<Problem | undefined>;
  readonly handle: (request: Request) => Promise<Outcome<unknown>>;
  /** The status of this moment, for who subscribes. */
  readonly snapshot: () => HelperEvent;
}

/** Milliseconds for the hello of a client. */
const helloMs = 10_000;
/** Milliseconds in which a client must have taken the reason why it is refused. */
const lastWordMs = 5_000;
/** Requests whose answers were not taken yet; more are not read until then. */
const mostInFlight = 16;

export class Connection {
  readonly #outbox: Outbox;
  readonly #reader = new FrameReader(largestRequest);
  /** Those of the last chunk that wait until there is room for them. */
  #frames: Buffer[] = [];
  readonly #inFlight = new Set<number>();
  readonly #gone = new AbortController();
  readonly #hello: NodeJS.Timeout;
  readonly #alive: NodeJS.Timeout;
  #lastWord: NodeJS.Timeout | undefined;
  #greeted = false;
  #refusal: Problem | undefined;
  #over = false;
  #subscribed: 'no' | 'asking' | 'yes' = 'no';

  constructor(
    private readonly socket: Socket,
    readonly peer: Peer,
    private readonly options: ConnectionOptions,
  ) {
    // Every request in flight may listen, in more than one place; more than that would be a leak.
    setMaxListeners(4 * mostInFlight, this.#gone.signal);
    this.#outbox = new Outbox(socket, () => socket.destroy());
    this.#hello = setTimeout(
      () => this.#refuse(this.#refusal ?? problem('BAD_REQUEST', 'No hello came.')),
      helloMs,
    );
    this.#alive = setInterval(() => {
      if (this.#inFlight.size > 0 || this.#subscribed !== 'no') this.#outbox.send({ type: 'alive' });
    }, aliveEveryMs);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(this.#hello);
      clearInterval(this.#alive);
      clearTimeout(this.#lastWord); // it holds on to all of the connection
      this.#gone.abort();
      peer.forget();
    });
  }

  /** Passes an event on to a client that subscribed. */
  publish(event: HelperEvent): void {
    if (this.#subscribed === 'yes' && !this.#over) this.#outbox.event(event);
  }

  /** Says why, and ends the connection. */
  refuse(code: ErrorCode, ...details: string[]): void {
    this.#refuse(problem(code, ...details));
  }

  /**
   * Says why once the client has said its hello, and does nothing else for it. Who writes to a connection that has ended may never read what
   * came before its end: Node drops that with the error of the write.
   */
  turnAway(code: ErrorCode, ...details: string[]): void {
    this.#refusal = problem(code, ...details);
  }

  #refuse(why: Problem): void {
    if (this.#over) return;
    this.#over = true;
    this.#outbox.send({ type: 'refused', problem: why });
    this.socket.end();
    // Who does not take even this is cut off.
    this.#lastWord = setTimeout(() => this.socket.destroy(), lastWordMs).unref();
  }

  #receive(chunk: Buffer): void {
    if (this.#refusal) this.#refuse(this.#refusal);
    if (this.#over) return;
    this.#guarded(() => this.#frames.push(...this.#reader.push(chunk)));
    this.#goOn();
  }

  /** Takes what was received, as far as there is room for more requests; the rest waits, and more is not read until then. */
  #goOn(): void {
    while (this.#mayGoOn()) {
      const content = this.#frames.shift();
      if (content === undefined) break;
      this.#guarded(() => this.#understand(content));
    }
    if (this.#over) this.#frames = [];
    if (this.#inFlight.size < mostInFlight) this.socket.resume();
    else this.socket.pause();
  }

  #mayGoOn(): boolean {
    return !this.#over && !this.socket.destroyed && this.#inFlight.size < mostInFlight;
  }

  #understand(content: Buffer): void {
    const message = clientMessageSchema.safeParse(parseStrictly(content));
    if (message.success) this.#take(message.data);
    else this.refuse('BAD_REQUEST', 'No message has this shape.');
  }

  #guarded(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!(error instanceof FrameError) && !(error instanceof JsonError)) throw error;
      this.refuse('BAD_REQUEST', error.message);
    }
  }

  #take(message: ClientMessage): void {
    if (message.type !== 'hello' && !this.#greeted) {
      this.refuse('BAD_REQUEST', 'The hello comes first.');
      return;
    }
    switch (message.type) {
      case 'hello':
        this.#greet(message.protocol);
        break;
      case 'subscribe':
        void this.#subscribe();
        break;
      case 'request':
        this.#begin(message);
        break;
    }
  }

  #greet(protocol: number): void {
    if (this.#greeted) {
      this.refuse('BAD_REQUEST', 'There is one hello.');
      return;
    }
    if (protocol !== protocolVersion) {
      this.refuse('HELPER_VERSION', `The helper speaks version ${protocolVersion}, the client ${protocol}.`);
      return;
    }
    clearTimeout(this.#hello);
    this.#greeted = true;
    this.#outbox.send({ type: 'hello', protocol: protocolVersion, version: this.options.version });
  }

  async #subscribe(): Promise<void> {
    if (this.#subscribed === 'asking') return;
    if (this.#subscribed === 'no') {
      this.#subscribed = 'asking';
      const refusal = await this.options.mayWatch(this.peer, this.#gone.signal);
      if (refusal) {
        this.refuse(refusal.code, ...refusal.details);
        return;
      }
      this.#subscribed = 'yes';
    }
    this.publish(this.options.snapshot());
  }

  #begin({ id, verb, params }: Extract<ClientMessage, { type: 'request' }>): void {
    if (this.#inFlight.has(id)) {
      this.refuse('BAD_REQUEST', 'Two requests have the same number.');
      return;
    }
    this.#inFlight.add(id);
    void this.#carryOut(id, {
      peer: this.peer,
      verb,
      params,
      gone: this.#gone.signal,
      onChecked: (result) => this.#outbox.send({ type: 'checked', id, result }),
    });
  }

  async #carryOut(id: number, request: Request): Promise<void> {
    const gone = this.#gone.signal;
    const giveBack = await this.#turn(request.verb);
    // Whose client is gone reads no answer: its turn is over, whatever waits to be sent.
    gone.addEventListener('abort', giveBack);
    if (gone.aborted) {
      giveBack();
      return; // it went before anything was begun
    }
    const outcome = await this.options.handle(request);
    this.#outbox.send({ type: 'answer', id, outcome }, () => {
      gone.removeEventListener('abort', giveBack);
      giveBack();
      this.#inFlight.delete(id);
      this.#goOn();
    });
  }

  /** What is no verb is refused in a moment and needs no turn. */
  #turn(verb: string): Promise<() => void> {
    if (!Object.hasOwn(operations, verb)) return Promise.resolve(() => undefined);
    return this.options.turns[operations[verb as Verb].kind].take(this.peer.uid);
  }
}
