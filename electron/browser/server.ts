/**
 * The server of the browser shell: HTTP for the page, a WebSocket at `/api` for its requests, on the loopback addresses alone.
 * Invariant: a request gets past this file only if its connection is this user's, its host is this machine, its origin is the
 * page itself and, but for the entry, its cookie was given out here.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { AppEvent } from '../../shared/app.js';
import type { BuiltFiles } from '../services/page/built-files.js';
import type { Ask } from '../services/page/door.js';
import { judge } from './guard.js';
import { whenIdle } from './idle.js';
import { largestMessage } from './messages.js';
import { addressOf, answerPage, entryPath, refusalText, refused, send, type Refusal } from './pages.js';
import { peerUser } from './peer-user.js';
import { sessions as newSessions } from './sessions.js';
import { openTab, usualLimits, type Tab, type TabLimits } from './tab.js';

/** The part of the app's services that a shell needs. */
export interface Services {
  readonly answer: Ask;
  listen(listener: (event: AppEvent) => void): () => void;
}

export interface ServerOptions {
  readonly services: Services;
  readonly files: BuiltFiles;
  /** 0: any that is free. */
  readonly port: number;
  /** Milliseconds without any tab after which it ends. */
  readonly idleMs: number;
  readonly onIdle: () => void;
  /** Users whose connections are taken. */
  readonly users: ReadonlySet<number>;
  readonly limits?: TabLimits;
}

export interface BrowserServer {
  readonly port: number;
  /** An address that lets one browser in, once. */
  invite(): string;
  close(): Promise<void>;
}

const mostTabs = 16;
const mostConnections = 64;
const apiPath = '/api';
/** Milliseconds for a tab to say goodbye at the end. */
const goodbyeMs = 1_000;

/** Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<BrowserServer> {
  const { services, files, idleMs, onIdle, users, limits = usualLimits } = options;
  const servers = await listenOnLoopback(options.port);
  const port = portOf(servers[0]);
  const sessions = newSessions(port);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const tabs = new Set<Tab>();
  const idle = whenIdle(idleMs, onIdle);
  const silence = services.listen((event) => {
    for (const tab of tabs) tab.send(event);
  });

  const isForeign = userGate(users);
  const reasonAgainst = async (request: IncomingMessage): Promise<Refusal | null> => {
    if (await isForeign(request)) return 'foreign-user';
    const verdict = judge(request, { needsOrigin: true });
    if (verdict !== 'fine') return verdict;
    if (!sessions.isKnown(request.headers.cookie)) return 'not-entered';
    if (addressOf(request)?.pathname !== apiPath) return 'missing';
    return tabs.size >= mostTabs ? 'crowded' : null;
  };
  const upgrade = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    stream.on('error', () => stream.destroy());
    const refusal = await reasonAgainst(request);
    if (refusal) {
      stream.end(refusalText(refusal));
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const tab = openTab(socket, services.answer, limits);
      tabs.add(tab);
      idle.enter();
      socket.once('close', () => {
        tabs.delete(tab);
        idle.leave();
      });
    });
  };

  for (const server of servers) {
    server.on('request', (request, response) => {
      void isForeign(request).then((foreign) => {
        if (foreign) send(request, response, refused('foreign-user'));
        else send(request, response, answerPage({ files, sessions }, request));
      });
    });
    server.on('upgrade', (request, stream, head) => void upgrade(request, stream, head));
  }

  return {
    port,
    invite: () => `http://127.0.0.1:${port}${entryPath}${sessions.invite()}`,
    close: async () => {
      idle.stop();
      silence();
      for (const tab of tabs) tab.close();
      const limit = setTimeout(() => {
        for (const tab of tabs) tab.cutOff();
      }, goodbyeMs);
      await Promise.all(servers.map(closeServer));
      clearTimeout(limit);
      sockets.close();
    },
  };
}

/** IPv4 and, where the machine has it, IPv6, on the same port. */
async function listenOnLoopback(port: number): Promise<[Server, ...Server[]]> {
  const first = await listenAt('127.0.0.1', port);
  try {
    return [first, await listenAt('::1', portOf(first))];
  } catch {
    // Without IPv6, or with its port taken, IPv4 is enough: it is the address that is told.
    return [first];
  }
}

function listenAt(host: string, port: number): Promise<Server> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 });
  server.maxConnections = mostConnections;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

/** Asks the kernel once for each connection. */
function userGate(users: ReadonlySet<number>): (request: IncomingMessage) => Promise<boolean> {
  const known = new WeakMap<object, Promise<boolean>>();
  return ({ socket }) => {
    const { remoteAddress = '', remotePort = 0, localPort = 0 } = socket;
    const answer =
      known.get(socket) ??
      peerUser({ remoteAddress, remotePort, localPort }).then((user) =>
        user === 'unknown' ? false : user === 'gone' || !users.has(user),
      );
    known.set(socket, answer);
    return answer;
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), goodbyeMs);
    server.close(() => {
      clearTimeout(limit);
      resolve();
    });
    server.closeIdleConnections();
  });
}
