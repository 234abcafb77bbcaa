/** Every folder of modules with what it is for. Only what is `left` may ever be put aside: neither running, nor of a package, nor bootable. */
import type { ModuleTree, ModuleTrees, ModuleTreeState } from '../../../../shared/modules.js';
import type { Engine } from '../../engine.js';
import { bigStatus } from '../../files/attributes.js';
import { installedKernels } from '../../inspect/kernels.js';
import { display, join, type RawPath } from '../../posix/raw-path.js';
import { machineOf, type System } from '../../system.js';
import { countModules, isComplete } from './content.js';
import { isFolder, modulePlaces, releasesIn, type ModulePlaces } from './places.js';

const dayMs = 24 * 60 * 60_000;

export function listTrees(engine: Engine): ModuleTrees {
  const { system, current } = engine;
  const places = modulePlaces(system.root);
  const running = runningRelease(system);
  const owners = ownersOf(engine);
  const kernels = installedKernels(current);
  const bootable = new Set(kernels.filter(({ image }) => image !== null).map(({ release }) => release));
  const describe = (folder: RawPath, fixed?: ModuleTreeState): ModuleTree[] =>
    releasesIn(folder).map((release) => {
      const path = join(folder, release);
      // What lies elsewhere is no package's.
      const owner = fixed === undefined ? (owners.get(release) ?? null) : null;
      const hasUse = owner !== null || bootable.has(release);
      return {
        release,
        state: fixed ?? (release === running ? 'running' : hasUse ? 'installed' : 'left'),
        path: shown(system, path),
        package: owner,
        bootable: bootable.has(release),
        count: countModules(path),
        removal: fixed === 'old' ? new Date(removalOf(system, path)).toISOString() : null,
      };
    });
  return {
    running,
    complete: running === null ? null : isComplete(join(places.top, running)),
    trees: [
      ...describe(places.top).sort((a, b) => order(a) - order(b)),
      ...describe(places.kept, 'kept'),
      ...describe(places.old, 'old'),
    ],
  };
}

const order = ({ state }: ModuleTree): number => ['running', 'installed', 'left'].indexOf(state);

/** Null for a system that does not run. */
export function runningRelease(system: System): string | null {
  return system.isRunning ? machineOf(system).kernelRelease() : null;
}

/** Milliseconds since the epoch at which what was put aside goes: it carries when that was. */
export function removalOf(system: System, path: RawPath): number {
  return Number(bigStatus(path).mtimeMs) + system.settings.keepModulesDays * dayMs;
}

/** Whether what runs can be vouched for: else nothing is cleared away. */
export function runsComplete(system: System, places: ModulePlaces): boolean {
  const running = runningRelease(system);
  return running === null || (isFolder(join(places.top, running)) && isComplete(join(places.top, running)));
}

/** From releases to packages: the first that owns any file of one. */
function ownersOf({ packages, current }: Engine): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { name, architecture } of packages.installed(current))
    for (const path of packages.filesOf(current, name, architecture)) {
      const release = /^(?:usr\/)?lib\/modules\/([^/]+)\/./.exec(path)?.[1];
      if (release !== undefined && !owners.has(release)) owners.set(release, name);
    }
  return owners;
}

function shown({ root }: System, path: RawPath): string {
  return display((root === '/' ? path : path.slice(root.length)) as RawPath);
}
