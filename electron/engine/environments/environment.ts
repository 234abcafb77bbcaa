/**
 * The one interface of the environment backends (tree, btrfs, ZFS). `test/conformance/environment` is what each
 * of them must pass. The verbs (`stage`, `activate`, `rollback`, …) know nothing else of a backend.
 */
import type { ForeignEnvironment } from '../../../shared/environments.js';
import type { RunOptions, RunResult } from '../process/run.js';
import type { RawPath } from '../posix/raw-path.js';
import type { TreeChange } from '../review/tree-change.js';
import type { System } from '../system.js';
import type { Assembly } from './session/protocol.js';

/** A clone of the current environment that can be altered without touching it. */
export interface Clone {
  readonly id: string;
  /** Its own folder below the store, with its data and records. */
  readonly folder: RawPath;
}

/** What is bound into a session from outside the clone. */
export interface Bind {
  /** A folder or file of the host, absolute. */
  readonly from: RawPath;
  /** Where it appears, relative to the root of the clone; the folder is made when it is missing. */
  readonly to: RawPath;
  readonly readOnly: boolean;
}

export interface SessionOptions {
  /** `none`: a network namespace of its own without interfaces. `host`: for fetching, before the rehearsal. */
  readonly network: 'none' | 'host';
  readonly binds: readonly Bind[];
}

/**
 * Commands run inside a clone, isolated from the running system: private pid, mount, ipc, uts and (for the rehearsal)
 * network namespaces; `/proc/sys` and `/sys` read-only, an empty `/run`, a minimal `/dev`, capabilities dropped. When
 * the session closes, or this process dies, every process in it is killed and its mounts vanish.
 */
export interface Session {
  /** Runs a command inside the clone. Paths are those of the clone; never rejects for a failing command. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

/** Reads the tree of an environment without running anything in it. Paths are relative to its root. */
export interface TreeView {
  /** Where the entry's own inode can be read on the host, or `undefined` when the path does not exist. Follows no link. */
  locate(path: RawPath): RawPath | undefined;
  /** As `locate`, but follows symbolic links inside the tree, as the running system would. */
  resolve(path: RawPath): RawPath | undefined;
  /** Names in a directory, sorted by bytes; `undefined` when it is no directory. */
  list(path: RawPath): string[] | undefined;
}

export interface PreparationInput {
  readonly restorePoint: string;
  readonly clone: Clone;
  readonly changes: readonly TreeChange[];
  /** Folders of the package database, which may be exchanged as a whole together with `/usr`. */
  readonly database: readonly RawPath[];
  /** Lock files that must stay the current ones. */
  readonly keep: readonly RawPath[];
  /** False for an activation at shutdown where `/usr` cannot be exchanged: everything is placed file by file. */
  readonly atomic: boolean;
}

export interface Preparation {
  readonly switch: Switch;
  /** Bytes that the restore point holds by itself. */
  readonly ownBytes: number;
  /** Folders that someone changed since the preparation began; empty when it is still true, or what changed comes along. */
  changedMeanwhile(): readonly RawPath[];
  /** Ends of logs that the rehearsal wrote, to be appended once all is done. */
  readonly logs: readonly { readonly path: RawPath; readonly tail: Buffer }[];
}

/** What the user changed since the update and wants to keep: `path` in the tree that is left is placed again. */
export interface Keepsake {
  readonly path: RawPath;
  /** False when the user removed it: it is removed again. */
  readonly exists: boolean;
  /** An entry on the host, within the root, that is placed instead of the one in the tree that is left. */
  readonly from?: RawPath;
}

/** What an entry of a clone shall be. */
export type Arrangement =
  /** A copy of the entry at `from` on the host, with all that can be said of it. */
  | { readonly put: 'copy'; readonly path: RawPath; readonly from: RawPath }
  | { readonly put: 'nothing'; readonly path: RawPath }
  /** What the current environment has there, now and later: the clone no longer says anything about it. */
  | { readonly put: 'current'; readonly path: RawPath };

/** The first start in the environment that was switched to, or returned to. */
export interface Arrival {
  readonly restorePoint: string;
  /** `forward`: the update is in place now. */
  readonly list: 'forward' | 'rollback';
  /** The restore point is used up. */
  readonly destroy: boolean;
  /** What both environments changed: what runs keeps its own, the other version lies in `kept/<restore point>` of the store. */
  readonly aside: readonly RawPath[];
  /** What does not agree in the accounts, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * The way from the environment before to the staged one and back. Nothing of the running system changes before
 * `switchOver`, apart from files added to `/boot`; where the backend takes effect at a start, nothing after it either. Every method can
 * be run again after a cut at any moment, and after a restart of the process, from its own records alone.
 */
export interface Switch {
  readonly restorePoint: string;
  /** Adds kernels and their files to `/boot`; the system before does not notice them. */
  addEarly(): void;
  undoEarly(): void;
  /** Whether the commit point was passed, where the file system itself tells; else the journal alone knows. */
  isSwitched(): boolean | undefined;
  /** True where it was never switched over, or was switched back since; another switch may have followed meanwhile. */
  isReturned(): boolean;
  /** False while the switch, there or back, waits for a restart. */
  isInEffect(): boolean;
  /** True where the environment before was started, whole or with its kernel alone, although the usual start takes the new one. */
  isFallenBack(): boolean;
  /** Where it runs by covering the new one: from here on the new one is seen again, for whoever compares the two. Repeatable. */
  uncover(): void;
  /**
   * The kernel's command line for a start in the environment before, made of the usual one; `undefined` where a start cannot choose.
   */
  wordsBefore(usual: readonly string[]): string[] | undefined;
  switchOver(): void;
  /** What follows the switch. `left`: folders that were to go, but hold something of the user's. */
  settle(): { readonly left: readonly RawPath[] };
  switchBack(): void;
  settleBack(list: 'backward' | 'rollback'): { readonly left: readonly RawPath[] };
  /** Writes the list that `settleBack('rollback')` places: what was saved, and the keepsakes. */
  prepareRollback(keepsakes: readonly Keepsake[]): void;
  /** True for what lies in a folder that is exchanged as a whole. */
  exchanges(path: RawPath): boolean;
  /** Paths that the update changed. */
  changedPaths(): ReadonlySet<string>;
  /** Reads the tree that a return would bring back. */
  viewBefore(): TreeView;
  /** Reads the tree that was switched to, also before it is in effect. */
  viewAfter(): TreeView;
  /** What is missing for a return; empty when it can be done. */
  damages(): readonly string[];
}

/** An environment beside the current one: a staged one, the one that a restore point returns to, or the one of the next start. */
export type Which = { readonly clone: string } | { readonly restorePoint: string } | 'next';

export interface Environment {
  readonly name: 'tree' | 'btrfs' | 'zfs';
  /** When a switch is in effect: with `switchOver`, or at the next start, which takes another root. */
  readonly takesEffect: 'at-once' | 'at-start';
  /** Whether staging is possible here, and whether the switch is one atomic step. */
  support(system: System): { usable: boolean; reason: string; exchange: boolean; exchangeReason: string };
  /** Makes the store reachable that all environments share; `create`: also where there was none. Needs root. Repeatable. */
  attach(system: System, options: { readonly create: boolean }): void;
  /** The restore point of a switch that waits for a restart, there or back. */
  pending(system: System): string | undefined;
  /** Completes the first start in another environment; the caller holds the store's lock. Repeatable until `arrived`. */
  arrive(system: System): Arrival | undefined;
  arrived(system: System, arrival: Arrival): void;
  /** Throws `OVERLAY_UNSUPPORTED`, `NO_SPACE`. */
  clone(system: System, id: string): Clone;
  /** Throws `STAGE_UNKNOWN`, `STAGE_DAMAGED`. */
  open(system: System, id: string): Clone;
  clones(system: System): readonly string[];
  /** Repeatable. What is in use elsewhere is removed when it is free. */
  destroy(system: System, id: string): void;
  session(system: System, clone: Clone, options: SessionOptions): Promise<Session>;
  /** How its tree is put together, for what works on the whole of it in namespaces of its own. */
  assembly(system: System, clone: Clone): Assembly;
  view(clone: Clone): TreeView;
  /** What differs from the current environment, sorted by path; only what belongs to an environment. */
  changes(clone: Clone): TreeChange[];
  /**
   * Changes single entries of a staged clone, none of them a folder, in folders that the staging changed. Repeatable after a cut at
   * any moment; the seal no longer holds. Throws `STAGE_DAMAGED` where the clone no longer has the folder.
   */
  arrange(system: System, clone: Clone, entries: readonly Arrangement[]): void;
  /** Makes a staged clone durable and returns the digest of its content. */
  seal(system: System, clone: Clone): Promise<string>;
  prepare(system: System, input: PreparationInput): Preparation;
  /** False before a preparation was complete, and as soon as its removal began. */
  hasSwitch(system: System, restorePoint: string): boolean;
  /** Throws `RESTORE_POINT_DAMAGED`. */
  readSwitch(system: System, restorePoint: string): Switch;
  restorePoints(system: System): readonly string[];
  /** Repeatable; what says how to return goes first. */
  destroyRestorePoint(system: System, restorePoint: string): void;
  /** What removing it would free, where the file system keeps account of that. */
  exclusiveBytes(system: System, which: Which): number | undefined;
  /**
   * Mounts its whole tree at an empty folder: read-only, without setuid, devices and programs. Throws `ENVIRONMENT_PARTIAL` where it is no
   * whole tree, `ENVIRONMENT_CURRENT` where that still runs.
   */
  mountTree(system: System, which: Which, folder: RawPath): void;
  /**
   * Mounts what the next start takes as its root at an empty folder, as an initramfs would mount it, where that can be done while another root
   * runs. Throws `ENVIRONMENT_UNKNOWN` where the next start takes what runs.
   */
  mountNextRoot?(system: System, folder: RawPath): void;
  /** Where `mountTree` mounted it, and nothing below. */
  mountPoints(system: System, which: Which): readonly RawPath[];
  /** What other programs keep on the file system of the root. Needs root. */
  foreign(system: System): readonly ForeignEnvironment[];
}
