/**
 * A client that may break every rule: it sends bytes as they are, and reads the answers with a reader of its own. It can connect as
 * another user: the kernel notes who connects at that moment (SO_PEERCRED, unix(7)).
 */
import { spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface Message {
  readonly type: string;
  readonly id?: number;
  readonly outcome?: {
    readonly ok: boolean;
    readonly value?: unknown;
    readonly problem?: { code: string; details: string[] };
  };
  readonly problem?: { readonly code: string; readonly details: string[] };
  readonly event?: { readonly kind: string; readonly run?: string; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
}

/** Does something as another user, at once: nothing that it begins may need those rights later. */
export function asUser<T>(uid: number | undefined, body: () => T): T {
  if (uid === undefined || process.seteuid === undefined) return body();
  process.setegid?.(uid);
  process.seteuid(uid);
  try {
    return body();
  } finally {
    process.seteuid(0);
    process.setegid?.(0);
  }
}

export function framed(content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes.length);
  return Buffer.concat([header, bytes]);
}

const dist = import.meta.url.includes('/dist/') ? './' : '../../dist/test/lab/';
const relay = new URL(`${dist}helper-relay.js`, import.meta.url).pathname;

const patienceMs = 20_000;

export class WireClient {
  readonly messages: Message[] = [];
  /** Of the process that connected. */
  pid = process.pid;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  #rest = Buffer.alloc(0);
  #next = 1;
  readonly #looks = new Set<() => void>();
  #isClosed = false;

  private constructor(readonly socket: Socket | Duplex) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => {
      this.#isClosed = true;
      for (const look of this.#looks) look();
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** Rejects with a system-call error, but for a queue that is full at this moment (EAGAIN, connect(2)). */
  static async connect(path: string, uid?: number): Promise<WireClient> {
    for (;;) {
      try {
        return await WireClient.connectOnce(path, uid);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  private static connectOnce(path: string, uid?: number): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = asUser(uid, () => createConnection({ path }));
      socket.once('error', reject);
      socket.once('connect', () => resolve(new WireClient(socket)));
    });
  }

  /** As `greeted`, through a process of that user's own. */
  static async ofProcess(path: string, uid: number): Promise<WireClient> {
    const child = spawn(process.execPath, [relay, path, String(uid)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
    });
    const both = Duplex.from({ readable: child.stdout, writable: child.stdin });
    child.once('close', () => both.destroy());
    both.once('close', () => child.kill('SIGKILL'));
    const client = new WireClient(both);
    client.pid = child.pid ?? 0;
    client.say({ type: 'hello', protocol: 1 });
    await client.next(({ type }) => type === 'hello');
    return client;
  }

  /** Connected, and greeted. */
  static async greeted(path: string, uid?: number): Promise<WireClient> {
    const client = await WireClient.connect(path, uid);
    client.say({ type: 'hello', protocol: 1 });
    await client.next(({ type }) => type === 'hello');
    return client;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  say(message: unknown): void {
    this.send(framed(JSON.stringify(message)));
  }

  /** Sends a request; answers its number. */
  request(verb: string, params: unknown = {}): number {
    const id = this.#next++;
    this.say({ type: 'request', id, verb, params });
    return id;
  }

  /** Sends a request and waits for its outcome: `ok`, or the code of its problem. */
  async ask(verb: string, params: unknown = {}): Promise<string> {
    const outcome = await this.outcome(this.request(verb, params));
    return outcome.ok ? 'ok' : (outcome.problem?.code ?? '?');
  }

  async value<T>(verb: string, params: unknown = {}): Promise<T> {
    const outcome = await this.outcome(this.request(verb, params));
    if (!outcome.ok) throw new Error(`${verb}: ${JSON.stringify(outcome.problem)}`);
    return outcome.value as T;
  }

  async outcome(id: number): Promise<NonNullable<Message['outcome']>> {
    const { outcome } = await this.next((message) => message.type === 'answer' && message.id === id);
    if (!outcome) throw new Error('an answer without an outcome');
    return outcome;
  }

  /** The first message that matches, of those that came and those to come. Rejects when the connection ends without. */
  next(matches: (message: Message) => boolean, limitMs = patienceMs): Promise<Message> {
    return new Promise((resolve, reject) => {
      const end = (how: () => void): void => {
        clearTimeout(limit);
        this.#looks.delete(look);
        how();
      };
      const look = (): void => {
        const found = this.messages.find(matches);
        if (found) end(() => resolve(found));
        else if (this.#isClosed) end(() => reject(new Error(`the connection ended: ${this.summary()}`)));
      };
      const limit = setTimeout(
        () => end(() => reject(new Error(`nothing came: ${this.summary()}`))),
        limitMs,
      );
      this.#looks.add(look);
      look();
    });
  }

  /** The code with which the helper ended the connection. */
  async refusal(): Promise<string> {
    const { problem } = await this.next(({ type }) => type === 'refused');
    await this.closed;
    return problem?.code ?? '?';
  }

  summary(): string {
    return JSON.stringify(this.messages.slice(-3)).slice(-1000);
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) break;
      this.messages.push(JSON.parse(this.#rest.toString('utf8', 4, end)) as Message);
      this.#rest = this.#rest.subarray(end);
    }
    for (const look of [...this.#looks]) look();
  }
}
