/** A visitor of the browser shell that may send what no browser would: any host, any origin, any cookie, any bytes. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { BrowserServer } from '../../../electron/browser/server.js';
import type { Outcome } from '../../../shared/errors.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `path` goes out as it is: nothing is resolved or encoded. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {} }: Asking = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.once('error', reject);
    request.end();
  });
}

/** Uses an invitation; answers the cookie as a browser would send it back. */
export async function enter(server: BrowserServer): Promise<string> {
  const { status, headers } = await ask(server.port, new URL(server.invite()).pathname);
  if (status !== 200) throw new Error(`The entry was refused with ${status}.`);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** A request as bytes, for what no program of Node's would send. */
export async function askRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  // Not ended from this side: a server need not answer who has gone.
  socket.write(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

export interface Knock {
  readonly cookie?: string;
  readonly origin?: string | null;
  readonly host?: string;
  readonly path?: string;
  readonly answersPings?: boolean;
}

/** Opens the socket of a tab; rejects with the status of a refusal. */
export async function openSocket(port: number, knock: Knock = {}): Promise<Visitor> {
  const { cookie, origin = `http://127.0.0.1:${port}`, host, path = '/api', answersPings = true } = knock;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    autoPong: answersPings,
    headers: {
      ...(cookie === undefined ? {} : { cookie }),
      ...(origin === null ? {} : { origin }),
      ...(host === undefined ? {} : { host }),
    },
  });
  const visitor = new Visitor(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`refused with ${response.statusCode}`));
    });
  });
  return visitor;
}

export class Visitor {
  readonly events: unknown[] = [];
  readonly closed: Promise<number>;
  readonly #waiting = new Map<number, (outcome: Outcome<unknown>) => void>();
  readonly #watchers = new Set<() => void>();
  #next = 1;

  constructor(readonly socket: WebSocket) {
    this.closed = once(socket, 'close').then(([code]) => Number(code));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as
        { id: number; outcome: Outcome<unknown> } | { event: unknown };
      if ('event' in message) this.events.push(message.event);
      else this.#waiting.get(message.id)?.(message.outcome);
      for (const watcher of this.#watchers) watcher();
    });
  }

  call(name: string, params: unknown = {}): Promise<Outcome<unknown>> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, name, params }));
    });
  }

  /** Resolves once an event fits. */
  seen(fits: (event: unknown) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.events.some(fits)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }
}
