/**
 * The verbs of `modules`: what is there, and by hand what package managers and systemd do by themselves. Nothing is touched while a package manager is
 * at work, and what the running kernel needs is never cleared away.
 */
import type { ModulesCleaned, ModulesKept, ModuleTrees } from '../../shared/modules.js';
import type { Outcome } from '../../shared/errors.js';
import { engineFor, privilegedEngineFor, type Engine } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { withPackageLocks, withStoreLock } from './journal/lock.js';
import { clearAway } from './kernel/modules/clear-away.js';
import { listTrees, runningRelease, runsComplete } from './kernel/modules/list-trees.js';
import { modulePlaces, releasesIn } from './kernel/modules/places.js';
import { runScript } from './kernel/modules/run-script.js';
import { requireRecovered } from './recover.js';
import type { System } from './system.js';

/** Throws `NO_MODULES`. Needs no root. */
export function moduleTrees(system: System): Promise<Outcome<ModuleTrees>> {
  // What is read throws what is wrong before there is anything to wait for.
  return outcomeOf(() => Promise.resolve().then(() => listTrees(engineFor(system))));
}

/** Until the next `restore`, which is that of the next package manager, or of the next start. */
export function keepModules(system: System): Promise<Outcome<ModulesKept>> {
  return alone(system, async (engine) => {
    const running = runningRelease(system);
    if (running === null) throw new Fault('USAGE', 'No kernel of this system runs.');
    await runScript(system, 'keep', running);
    return { action: 'keep', ...listTrees(engine) };
  });
}

export function restoreModules(system: System): Promise<Outcome<ModulesKept>> {
  return alone(system, async (engine) => {
    await runScript(system, 'restore');
    return { action: 'restore', ...listTrees(engine) };
  });
}

export function cleanModules(
  system: System,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Outcome<ModulesCleaned>> {
  return alone<ModulesCleaned>(system, (engine) => {
    const places = modulePlaces(system.root);
    const nothing = { aside: [], removed: [], dryRun };
    if (releasesIn(places.kept).length > 0) return Promise.resolve({ ...nothing, held: 'at-work' });
    if (!runsComplete(system, places)) return Promise.resolve({ ...nothing, held: 'incomplete' });
    const { trees } = listTrees(engine);
    return Promise.resolve({ ...clearAway(system, places, trees, dryRun), held: null, dryRun });
  });
}

/** While nobody else alters the system. Throws `NOT_ROOT`, `NO_MODULES`, `BUSY_UNDERSTUDY`, `BUSY_PACKAGES`. */
function alone<T>(system: System, body: (engine: Engine) => Promise<T>): Promise<Outcome<T>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    modulePlaces(system.root);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      return withPackageLocks(system, engine.packages, () => body(engine));
    });
  });
}
