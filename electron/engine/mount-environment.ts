/**
 * `environments mount` and `unmount`: the tree of another environment, to be looked at. The folder must be empty and no part of the system:
 * what is mounted in `/usr` could not be exchanged any more.
 */
import { readdirSync, realpathSync } from 'node:fs';
import type { Mounted, Unmounted } from '../../shared/environments.js';
import type { Outcome } from '../../shared/errors.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { classify } from './environments/areas.js';
import type { Which } from './environments/environment.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { findEnvironment, stagedOf } from './find-environment.js';
import { readMountTable } from './inspect/mount-table.js';
import { thisMachine } from './inspect/sources.js';
import { withStoreLock } from './journal/lock.js';
import { unmount } from './posix/mount.js';
import { bytes, display, isWithin, raw, type RawPath } from './posix/raw-path.js';
import { requireRecovered } from './recover.js';
import type { System } from './system.js';

export function mountEnvironment(
  system: System,
  options: { readonly id: string; readonly folder: string },
): Promise<Outcome<Mounted>> {
  return outcomeOf(async () => {
    const { id } = options;
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const { which } = findEnvironment(engine, id);
      const folder = fitFolder(system, options.folder);
      engine.environment.mountTree(system, which, folder);
      return { id, folder: display(folder) };
    });
  });
}

export function unmountEnvironment(
  system: System,
  options: { readonly folder: string },
): Promise<Outcome<Unmounted>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, () => {
      const folder = resolved(options.folder);
      const named = display(raw(options.folder));
      if (typeof folder !== 'object' || !mountsOf(engine).includes(folder.path))
        throw new Fault('ENVIRONMENT_NOT_MOUNTED', named);
      const inside = readMountTable(thisMachine).below(folder.path);
      const places = [folder.path, ...inside.map(({ mountPoint }) => mountPoint)];
      // The deepest first.
      for (const place of places.sort((a, b) => b.length - a.length)) unmountUnlessUsed(place);
      return Promise.resolve({ folder: display(folder.path) });
    });
  });
}

function mountsOf(engine: Engine): RawPath[] {
  const { system, environment } = engine;
  const all: Which[] = [
    'next',
    ...stagedOf(engine).map(({ id }) => ({ clone: id })),
    ...environment.restorePoints(system).map((restorePoint) => ({ restorePoint })),
  ];
  return all.flatMap((which) => environment.mountPoints(system, which));
}

function unmountUnlessUsed(place: RawPath): void {
  try {
    unmount(place);
  } catch (error) {
    if (systemErrorCode(error) !== 'EBUSY') throw error;
    throw new Fault('ENVIRONMENT_IN_USE', `A program still works in ${display(place)}.`);
  }
}

/** Throws `MOUNT_FOLDER_UNFIT`. */
function fitFolder(system: System, named: string): RawPath {
  const unfit = (why: string): Fault => new Fault('MOUNT_FOLDER_UNFIT', `${display(raw(named))}: ${why}`);
  const found = resolved(named);
  if (typeof found === 'string') throw unfit(found);
  const { path } = found;
  const inRoot = system.root === '/' ? path.slice(1) : path.slice(system.root.length + 1);
  const isInside = system.root === '/' || isWithin(path, system.root);
  if (
    isInside &&
    (inRoot === '' || classify(inRoot as RawPath) !== 'foreign' || isWithin(path, system.store))
  )
    throw unfit('it is a part of the system');
  try {
    if (readdirSync(bytes(path)).length > 0) throw unfit('it is not empty');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOTDIR') throw unfit('it is no folder');
    throw error;
  }
  return path;
}

/** Without links on the way, as the kernel calls it; or why not. */
function resolved(named: string): { readonly path: RawPath } | string {
  try {
    return { path: realpathSync.native(bytes(raw(named)), { encoding: 'latin1' }) as RawPath };
  } catch (error) {
    const why = reasons[systemErrorCode(error) ?? ''];
    if (why === undefined) throw error;
    return why;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EACCES: 'it may not be entered',
  ERR_INVALID_ARG_VALUE: 'no name holds a NUL',
};
