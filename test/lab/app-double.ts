/**
 * The app's real services over a helper that only answers what a test says: parameters are read by the real contract, and what
 * the helper tells and answers is the test's. Besides, a page as small as can be.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App } from '../../electron/services/app.js';
import type {
  Connection,
  ConnectionEvent,
  ConnectionFacts,
} from '../../electron/services/connection/connection.js';
import type { Scheduler } from '../../electron/services/schedule/scheduler.js';
import { openStores, type Stores } from '../../electron/services/store/stores.js';
import type { Schedule } from '../../shared/app.js';
import { problem, type Outcome } from '../../shared/errors.js';
import type { ProgressEvent } from '../../shared/progress.js';
import type { Status } from '../../shared/status.js';

export type HelperAnswer = (verb: string, params: unknown) => Promise<Outcome<unknown>>;

export interface DoubledApp {
  readonly app: App;
  readonly stores: Stores;
  readonly connection: Connection;
  readonly scheduler: Scheduler;
  /** What reached the helper. */
  readonly calls: [verb: string, params: unknown][];
  tell(event: ConnectionEvent): void;
  /** A helper with the right to alter things says how it is. */
  tellStatus(status: Status): void;
  tellProgress(text: string): void;
  schedule(schedule: Schedule): void;
  close(): void;
}

export const nobody: HelperAnswer = () =>
  Promise.resolve({ ok: false, problem: problem('HELPER_UNREACHABLE') });

export function doubledApp(answer: HelperAnswer = nobody, { practice = true } = {}): DoubledApp {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-app-'));
  const calls: [string, unknown][] = [];
  const listeners = new Set<(event: ConnectionEvent) => void>();
  const scheduleListeners = new Set<() => void>();
  let facts: ConnectionFacts = { state: 'absent', problem: null, place: null };
  let status: Status | null = null;
  let schedule: Schedule = { reason: 'up-to-date', next: null };

  const connection: Connection = {
    get facts() {
      return facts;
    },
    get status() {
      return status;
    },
    call: (verb, params) => {
      calls.push([verb, params]);
      // What the test gives stands for the result of whichever verb.
      return answer(verb, params) as Promise<Outcome<never>>;
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    attempt: () => Promise.resolve(facts),
    close: () => listeners.clear(),
  };
  const scheduler: Scheduler = {
    get current() {
      return schedule;
    },
    look: () => Promise.resolve(schedule),
    onChange: (listener) => void scheduleListeners.add(listener),
    close: () => scheduleListeners.clear(),
  };
  const stores = openStores({ folders: { config: folder, state: folder }, practice });
  const can = { tray: false, startAtLogin: false, notify: false };
  const app = createApp({ connection, stores, scheduler, can, elevate: null, practice, version: '0' });
  const tell = (event: ConnectionEvent): void => {
    if (event.kind === 'connection') {
      facts = event.facts;
      if (facts.state !== 'connected') status = null;
    }
    if (event.kind === 'status') status = event.status;
    for (const listener of [...listeners]) listener(event);
  };
  return {
    app,
    stores,
    connection,
    scheduler,
    calls,
    tell,
    tellStatus: (next) => {
      tell({ kind: 'connection', facts: { state: 'connected', problem: null, place: 'installed' } });
      tell({ kind: 'status', status: next });
    },
    tellProgress: (text) => {
      const event: ProgressEvent = { version: 1, type: 'log', phase: 'rehearse', time: 0, text };
      tell({ kind: 'progress', run: 'run-1', event });
    },
    schedule: (next) => {
      schedule = next;
      for (const listener of scheduleListeners) listener();
    },
    close: () => {
      app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A build of the renderer, with a file beside it that is none of its own. */
export function pageFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets/app.js'), 'export {};');
  writeFileSync(join(folder, 'secret.pem'), 'no file of a page');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
