/**
 * `understudy serve`: the app for a browser, on this machine or at the other end of a tunnel. It goes through the same services and the
 * same helper as the window of the desktop, and asks for authorisation in the same way. Invariant: it ends when it is told
 * to or when nobody uses it, and takes nothing with it: the helper's work goes on.
 */
import { fileURLToPath } from 'node:url';
import { problem, type Outcome } from '../../shared/errors.js';
import { openApp } from '../services/open-app.js';
import { readBuiltFiles } from '../services/page/built-files.js';
import { howToOpen, openBrowser } from './open-browser.js';
import { startServer, type BrowserServer } from './server.js';

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Opens the system's browser. */
  readonly open: boolean;
  readonly practice: boolean;
  /** Practice without asking any archive. */
  readonly offline: boolean;
  readonly idleMinutes: number;
}

export interface ServeSurroundings {
  readonly signal: AbortSignal;
  /** An address that works once. */
  readonly onAddress: (address: Address) => void;
  readonly environment?: NodeJS.ProcessEnv;
  /** The built renderer; that of this installation if not given. */
  readonly folder?: string;
}

export interface Address {
  readonly url: string;
  readonly port: number;
  /** The system's browser shows it already. */
  readonly opened: boolean;
  /** Why the browser that was asked for was not opened. */
  readonly notOpened: 'no-display' | 'root' | 'no-browser' | null;
}

export type Served = 'stopped' | 'idle';

export async function serve(
  { port, open, practice, offline, idleMinutes }: ServeOptions,
  { signal, onAddress, environment = process.env, folder = ownFolder() }: ServeSurroundings,
): Promise<Outcome<Served>> {
  const files = await readBuiltFiles(folder).catch((error: unknown) => String(error));
  if (typeof files === 'string') return { ok: false, problem: problem('APP_NOT_BUILT', files) };
  const { app } = openApp({
    mode: practice ? 'practice' : 'system',
    offline,
    can: { tray: false, startAtLogin: false, notify: false },
  });
  try {
    let end: (served: Served) => void = () => undefined;
    const ended = new Promise<Served>((resolve) => {
      end = resolve;
    });
    signal.addEventListener('abort', () => end('stopped'), { once: true });
    if (signal.aborted) end('stopped');
    const users = usersOf(environment);
    const idleMs = idleMinutes * 60_000;
    const server = await startServer({
      services: app,
      files,
      port,
      idleMs,
      onIdle: () => end('idle'),
      users,
    });
    const forgetWish = onEnter(() => onAddress(plainAddress(server)));
    onAddress(open ? await openAt(server, environment) : plainAddress(server));
    const served = await ended;
    forgetWish();
    await server.close();
    return { ok: true, value: served };
  } catch (error) {
    if (!isPortProblem(error)) throw error;
    return { ok: false, problem: problem('PORT_UNAVAILABLE', error.message) };
  } finally {
    app.close();
  }
}

/** Compiled and as a source, this file lies two levels below the top; the build lies in dist/. */
function ownFolder(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(here.includes('/dist/') ? '../../renderer' : '../../dist/renderer', here));
}

/** Whoever runs it, root, and whom sudo(8) says it runs for: a tunnel belongs to that user. */
function usersOf({ SUDO_UID: sudo }: NodeJS.ProcessEnv): ReadonlySet<number> {
  const own = process.getuid?.() ?? 0;
  return new Set([0, own, ...(own === 0 && sudo !== undefined && /^\d+$/.test(sudo) ? [Number(sudo)] : [])]);
}

function plainAddress(server: BrowserServer): Address {
  return { url: server.invite(), port: server.port, opened: false, notOpened: null };
}

async function openAt(server: BrowserServer, environment: NodeJS.ProcessEnv): Promise<Address> {
  const address = plainAddress(server);
  const opening = howToOpen(address.url, { environment, isRoot: process.getuid?.() === 0 });
  if ('reason' in opening) return { ...address, notOpened: opening.reason };
  const opened = await openBrowser(opening.argv);
  return { ...address, opened, notOpened: opened ? null : 'no-browser' };
}

/** In a terminal, Enter asks for another address, for another browser. Answers how to stop listening. */
function onEnter(wish: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => undefined;
  stdin.on('data', wish);
  return () => {
    stdin.off('data', wish);
    stdin.pause();
  };
}

const portProblems = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'];

function isPortProblem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && portProblems.includes(String(error.code));
}
