/** What the verbs of one system work with: its package manager, its environment backend, its current tree. */
import { Fault } from './fault.js';
import type { Environment, TreeView } from './environments/environment.js';
import { plainView } from './environments/plain-view.js';
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

/** Throws `UNSUPPORTED_SYSTEM` where no package manager is known. */
export function engineFor(system: System): Engine {
  const current = plainView(system.root);
  return { system, packages: packageManagerOf(current), environment: treeEnvironment, current };
}

/** As `engineFor`, for verbs that alter something. Throws `NOT_ROOT`. */
export function privilegedEngineFor(system: System): Engine {
  if (process.getuid?.() !== 0) throw new Fault('NOT_ROOT');
  return engineFor(system);
}
