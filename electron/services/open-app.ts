/**
 * The app for a shell: puts connection, stores and schedule together for the real system or for a practice system, and knows how a helper
 * is started here. Invariant: nothing that is started without being asked for gains a right that this process does not have.
 */
import type { AppState } from '../../shared/app.js';
import type { Outcome } from '../../shared/errors.js';
import { connect } from '../helper/client/connect.js';
import { createApp, type App } from './app.js';
import { keepConnected, type Connection } from './connection/connection.js';
import { helperPlaces, type Mode } from './connection/places.js';
import { ownProgram, type HelperOptions, type HelperProgram } from './elevate/helper-program.js';
import { startDirectly } from './elevate/start-directly.js';
import { startWithPrompt } from './elevate/start-with-prompt.js';
import { createScheduler, type Scheduler } from './schedule/scheduler.js';
import { storeFolders } from './store/folders.js';
import type { StoreClass } from './store/open-record.js';
import { openStores, type Stores } from './store/stores.js';
import { ownVersion } from './version.js';

export interface OpenAppOptions {
  readonly mode: Mode;
  /** A practice system without asking any archive. */
  readonly offline?: boolean;
  /** What the shell can do. */
  readonly can: Omit<AppState['can'], 'elevate'>;
  /** The class of electron-store in Electron; that of conf elsewhere. */
  readonly Store?: StoreClass;
  /** The helper that belongs to this installation, where it does not lie beside these services. */
  readonly program?: HelperProgram;
}

export interface OpenedApp {
  readonly app: App;
  readonly stores: Stores;
  readonly connection: Connection;
  readonly scheduler: Scheduler;
}

export function openApp(options: OpenAppOptions): OpenedApp {
  const { mode, offline = false, can, Store, program = ownProgram() } = options;
  const practice = mode === 'practice';
  const uid = process.getuid?.() ?? 0;
  const connection = keepConnected({
    places: helperPlaces(mode, uid),
    connect,
    startOwn: () => startOwn(mode, offline, program),
  });
  const stores = openStores({ folders: storeFolders(), practice, Store });
  const scheduler = createScheduler({
    connection,
    // An installed helper asks polkit, and thereby the user; systemd's timer sees to it there.
    mayAct: () => connection.facts.place !== 'installed',
  });
  const elevate = practice || uid === 0 ? null : () => startElevated(uid, program);
  const app = createApp({ connection, stores, scheduler, can, elevate, practice, version: ownVersion() });
  return { app, stores, connection, scheduler };
}

/** A helper with the rights that this process has; for root that is one that may do everything. */
export function startOwn(mode: Mode, offline: boolean, program = ownProgram()): Promise<Outcome<string>> {
  const options: HelperOptions =
    mode === 'practice' ? { socket: 'self', practice: true, offline } : { socket: 'self' };
  return startDirectly({ program, options });
}

/** A helper that may alter the system, after the user has given a password. */
export function startElevated(uid: number, program = ownProgram()): Promise<Outcome<string>> {
  return startWithPrompt(program, { socket: 'demand', forUid: uid });
}
