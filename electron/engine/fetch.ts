/**
 * Everything that needs the network: the index, the solution, the packages. It runs in a session over a scratch clone, so
 * that not even the package manager's own caches of the running system are touched.
 */
import type { Plan } from '../../shared/plan.js';
import { Fault } from './fault.js';
import type { Engine } from './engine.js';
import type { Session } from './environments/environment.js';
import { makePlan } from './make-plan.js';
import type { Selection } from './packages/package-manager.js';
import { newId } from './records/ids.js';

export interface Fetcher {
  /** Refreshes the index and solves the selection. Faults of `refresh` and `resolve`. */
  plan(selection: Selection): Promise<Plan>;
  download(plan: Plan): Promise<void>;
}

/** The caller holds the store's lock. */
export async function withFetcher<T>(engine: Engine, body: (fetcher: Fetcher) => Promise<T>): Promise<T> {
  const { system, environment, packages } = engine;
  const support = environment.support(system);
  if (!support.usable) throw new Fault('OVERLAY_UNSUPPORTED', support.reason);
  const id = newId('fetch');
  let session: Session | undefined;
  try {
    const clone = environment.clone(system, id);
    session = await environment.session(system, clone, {
      network: 'host',
      binds: packages.binds(system, 'fetch'),
    });
    const inside = session;
    return await body({
      async plan(selection) {
        await packages.refresh(inside, system);
        system.signal.throwIfAborted();
        return makePlan(engine, selection, await packages.resolve(inside, system, selection));
      },
      download: (plan) => packages.download(inside, system, plan.changes),
    });
  } finally {
    await session?.close();
    environment.destroy(system, id);
  }
}
