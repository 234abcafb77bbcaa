/**
 * The system that a verb works on: a root tree (`/`, or another one with `--root`), Understudy's own folders in it, and
 * how to report and cancel. Every verb takes one; nothing in the engine is global.
 */
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { defaultSystemSettings, type RehearsalBoot } from '../../shared/settings.js';
import { Fault, systemErrorCode } from './fault.js';
import { bytes, display, join, raw, type RawPath } from './posix/raw-path.js';
import { setModificationTime } from './posix/times.js';
import { thisMachine, type MachineSources } from './inspect/sources.js';
import { silent, type Reporter } from './report.js';
import { readSettings } from './settings-file.js';

export interface Settings {
  /** Restore points that prune keeps at least. */
  readonly keepRestorePoints: number;
  /** Bytes that all restore points together may hold before prune removes the oldest. */
  readonly restorePointBytes: number;
  /** Free bytes that staging never goes below on any file system of the running system. */
  readonly reserveBytes: number;
  /** Milliseconds without any sign of life after which a package script counts as hung. */
  readonly scriptIdleMs: number;
  /** Battery percentage below which nothing is started on battery. */
  readonly batteryPercent: number;
  readonly rehearsalBoot: RehearsalBoot;
  /** Milliseconds that a rehearsal boot may take with virtualisation by the processor; in software twice as much. */
  readonly rehearsalBootMs: number;
  /** Days that the modules of kernels which are gone are kept aside. */
  readonly keepModulesDays: number;
  /** Whether the same kernel gets the live patches again that it had. */
  readonly installOnReboot: boolean;
  /** Whether a kernel gets all live patches of the store at its start. */
  readonly upgradeOnReboot: boolean;
  /** Milliseconds in which all tasks must have changed over to a live patch; then it is taken back. */
  readonly transitionMs: number;
}

export const defaultSettings: Settings = {
  keepRestorePoints: defaultSystemSettings.keepRestorePoints,
  restorePointBytes: defaultSystemSettings.restorePointBytes,
  reserveBytes: 512 * 1024 ** 2,
  scriptIdleMs: 20 * 60_000,
  batteryPercent: defaultSystemSettings.batteryPercent,
  rehearsalBoot: defaultSystemSettings.rehearsalBoot,
  rehearsalBootMs: 5 * 60_000,
  keepModulesDays: defaultSystemSettings.keepModulesDays,
  installOnReboot: defaultSystemSettings.installOnReboot,
  upgradeOnReboot: defaultSystemSettings.upgradeOnReboot,
  transitionMs: 60_000,
};

export interface System {
  /** The root tree, absolute, `/` for the running system. */
  readonly root: RawPath;
  /** True when the root tree is the running system itself. */
  readonly isRunning: boolean;
  /** `<root>/var/lib/understudy`: journal, plans, stages, restore points. */
  readonly store: RawPath;
  readonly settings: Settings;
  readonly report: Reporter;
  readonly signal: AbortSignal;
  /** The machine that it runs on, where that is not this one: a test describes its own. */
  readonly machine?: MachineSources | undefined;
  /**
   * Called after each journal record and before each single change of the system, with its name. The crash tests end the
   * process here; nothing else uses it.
   */
  readonly onStep?: ((name: string) => void) | undefined;
}

export interface SystemOptions {
  /** Come before those of the system's own file. */
  readonly settings?: Partial<Settings>;
  readonly report?: Reporter;
  readonly signal?: AbortSignal;
  readonly onStep?: (name: string) => void;
}

/** What a running system runs on. */
export function machineOf({ machine }: System): MachineSources {
  return machine ?? thisMachine;
}

/** Understudy's folder, relative to the root. No environment contains it. */
export const storePath = 'var/lib/understudy' as RawPath;

/** Opens the system at `root`. Throws `NOT_A_ROOT_TREE` when the folder is none, `NOT_ROOT` when it may not be entered. */
export function openSystem(root: string, options: SystemOptions = {}): System {
  const named = display(raw(root));
  const path = orNoRoot(named, () => realPath(raw(root)));
  for (const name of ['usr', 'etc', 'var', 'var/lib']) {
    if (!orNoRoot(named, () => isDirectory(join(path, name))))
      throw new Fault('NOT_A_ROOT_TREE', `${named}: no folder ${name}`);
  }
  const here = statSync(bytes(path));
  const running = statSync('/');
  return {
    root: path,
    isRunning: here.ino === running.ino && here.dev === running.dev,
    store: join(path, storePath),
    settings: { ...defaultSettings, ...ownSettings(path), ...options.settings },
    report: options.report ?? silent,
    signal: options.signal ?? new AbortController().signal,
    onStep: options.onStep,
  };
}

/** What root set for this system, of this moment; where the file cannot be used, what comes with Understudy. */
function ownSettings(root: RawPath): Partial<Settings> {
  const { settings } = readSettings(root);
  return {
    keepRestorePoints: settings.keepRestorePoints,
    restorePointBytes: settings.restorePointBytes,
    batteryPercent: settings.batteryPercent,
    rehearsalBoot: settings.rehearsalBoot,
    keepModulesDays: settings.keepModulesDays,
    installOnReboot: settings.installOnReboot,
    upgradeOnReboot: settings.upgradeOnReboot,
  };
}

/**
 * Makes Understudy's folder when it is missing, private to root. The folder above keeps its time: but for this one folder,
 * looking after a system leaves no trace in it.
 */
export function makeStore(system: System): void {
  if (lstatSync(bytes(system.store), { throwIfNoEntry: false })) return;
  const above = join(system.root, 'var/lib');
  const { mtimeNs } = lstatSync(bytes(above), { bigint: true });
  mkdirSync(bytes(system.store), { mode: 0o700 });
  setModificationTime(above, mtimeNs);
}

/** Makes a folder in Understudy's own, private to root. */
export function storeFolder(system: System, name: string): RawPath {
  makeStore(system);
  const folder = join(system.store, name);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
  return folder;
}

/** Without links on the way: mounts, locks and places relative to the root are told by what the kernel calls it. */
function realPath(path: RawPath): RawPath {
  return realpathSync.native(bytes(path), { encoding: 'latin1' }) as RawPath;
}

function isDirectory(path: RawPath): boolean {
  return lstatSync(bytes(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What cannot be a path to a folder is no root tree. */
function orNoRoot<T>(named: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code === 'EACCES') throw new Fault('NOT_ROOT', `${named} may not be entered.`);
    const reason = noRootReasons[code];
    if (reason !== undefined) throw new Fault('NOT_A_ROOT_TREE', `${named}: ${reason}`);
    throw error;
  }
}

const noRootReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'no name holds a NUL',
};
