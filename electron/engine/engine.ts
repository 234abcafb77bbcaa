/** What the verbs of one system work with: its package manager, its environment backend, its current tree. */
import type { ForeignEnvironment } from '../../shared/environments.js';
import { Fault } from './fault.js';
import type { Environment, TreeView } from './environments/environment.js';
import { plainView } from './environments/plain-view.js';
import { btrfsEnvironment } from './environments/btrfs/btrfs.js';
import { zfsEnvironment } from './environments/zfs/zfs.js';
import { treeEnvironment } from './environments/tree/tree.js';
import type { PackageManager } from './packages/package-manager.js';
import { packageManagerOf } from './packages/registry.js';
import type { System } from './system.js';

export interface Engine {
  readonly system: System;
  readonly packages: PackageManager;
  readonly environment: Environment;
  /** The current environment. */
  readonly current: TreeView;
}

/** The backends, best first: with snapshots the old system stays whole, and a start can fall back to it. */
const backends: readonly Environment[] = [btrfsEnvironment, zfsEnvironment, treeEnvironment];

/** The best backend that is usable here; where none is, the one that says why for every file system. */
export function environmentFor(system: System): Environment {
  return backends.find((backend) => backend.support(system).usable) ?? treeEnvironment;
}

/** What other programs keep of the root, whichever backend is used. Needs root. */
export function foreignEnvironments(system: System): ForeignEnvironment[] {
  return backends.flatMap((backend) => backend.foreign(system));
}

/** Throws `UNSUPPORTED_SYSTEM` where no package manager is known. */
export function engineFor(system: System): Engine {
  return openEngine(system, { create: false });
}

function openEngine(system: System, options: { readonly create: boolean }): Engine {
  const current = plainView(system.root);
  const packages = packageManagerOf(current);
  const environment = environmentFor(system);
  if (process.geteuid?.() === 0) environment.attach(system, options);
  return { system, packages, environment, current };
}

/** As `engineFor`, for verbs that alter something. Throws `NOT_ROOT`. */
export function privilegedEngineFor(system: System): Engine {
  if (process.getuid?.() !== 0) throw new Fault('NOT_ROOT');
  return openEngine(system, { create: true });
}
