/**
 * The HTTP side: the entry, where a token becomes a cookie, and the built files for those who have one. Everything else is refused
 * in a sentence. Invariant: every answer carries the security headers, and nothing is served to whom was not let in.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { builtFile, type BuiltFiles } from '../services/page/built-files.js';
import { securityHeaders } from '../services/page/security-headers.js';
import { judge } from './guard.js';
import type { Sessions } from './sessions.js';

export const entryPath = '/enter/';

export interface PagesOptions {
  readonly files: BuiltFiles;
  readonly sessions: Sessions;
}

/** Each refusal with its status. */
const refusals = {
  'foreign-host': [403, 'This server answers only to the names of this machine itself.'],
  'foreign-origin': [403, 'This request comes from another site.'],
  'foreign-user': [403, 'This connection belongs to another user of this machine.'],
  'bad-request': [400, 'This request cannot be understood.'],
  method: [405, 'Only reading is possible here.'],
  token: [
    403,
    'This address was used already or is wrong. Press Enter in the terminal where Understudy runs for a new one.',
  ],
  'not-entered': [401, 'Open the address that "understudy serve" printed.'],
  missing: [404, 'There is nothing here.'],
  crowded: [503, 'Too many tabs are open. Close some.'],
} as const satisfies Record<string, readonly [number, string]>;
export type Refusal = keyof typeof refusals;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function answerPage({ files, sessions }: PagesOptions, request: IncomingMessage): Reply {
  const verdict = judge(request, { needsOrigin: false });
  if (verdict !== 'fine') return refused(verdict);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refused('method');
  const url = addressOf(request);
  if (!url) return refused('bad-request');
  if (url.pathname.startsWith(entryPath)) return enter(sessions, url, request);
  if (!sessions.isKnown(request.headers.cookie)) return refused('not-entered');
  // Browsers ask for it by themselves, before the page has named its own.
  if (url.pathname === '/favicon.ico') return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const file = builtFile(files, url);
  if (!file) return refused('missing');
  return { status: 200, headers: { 'Content-Type': file.type }, body: file.bytes };
}

/** Of the path that was asked for; only what starts with a slash is one (RFC 9112, 3.2.1). */
export function addressOf({ url }: Pick<IncomingMessage, 'url'>): URL | null {
  const address = `http://localhost${url ?? ''}`;
  return url?.startsWith('/') === true && URL.canParse(address) ? new URL(address) : null;
}

function enter(sessions: Sessions, url: URL, { method }: IncomingMessage): Reply {
  // A look at the headers alone, as some programs take before they open an address, uses nothing up.
  const cookie = method === 'GET' ? sessions.enter(url.pathname.slice(entryPath.length)) : null;
  if (cookie === null) return refused('token');
  return {
    status: 200,
    headers: {
      'Set-Cookie': `${sessions.cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`,
      'Content-Type': 'text/html; charset=utf-8',
    },
    body: Buffer.from(entered),
  };
}

/**
 * Goes on to the app by itself. A redirect would not do: when another site led here, the browser would not send a strict cookie
 * along with it, while a page of our own may go where it likes.
 */
const entered = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="refresh" content="0; url=/" />
    <title>Understudy</title>
  </head>
  <body><a href="/">Understudy</a></body>
</html>
`;

export function refused(refusal: Refusal): Reply {
  const [status, sentence] = refusals[refusal];
  return {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      ...(refusal === 'method' ? { Allow: 'GET, HEAD' } : {}),
    },
    body: Buffer.from(`${sentence}\n`),
  };
}

export function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, headersOf(reply));
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}

/** A refusal on a connection that asked to become a socket. */
export function refusalText(refusal: Refusal): string {
  const reply = refused(refusal);
  const lines = Object.entries(headersOf(reply)).map(([name, value]) => `${name}: ${value}`);
  return [
    `HTTP/1.1 ${reply.status} Refused`,
    'Connection: close',
    ...lines,
    '',
    reply.body.toString('utf8'),
  ].join('\r\n');
}

function headersOf({ headers, body }: Reply): Record<string, string> {
  return { ...securityHeaders, ...headers, 'Content-Length': String(body.length) };
}
