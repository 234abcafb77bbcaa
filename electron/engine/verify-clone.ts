/** Verifies a clone and seals it: what was verified is what is sealed, and what is sealed is what may be activated. */
import { release } from 'node:os';
import type { Plan } from '../../shared/plan.js';
import type { Engine } from './engine.js';
import type { Clone } from './environments/environment.js';
import type { StageRecord } from './records/stages.js';
import { isReady } from './review/make-review.js';
import { verifyStage } from './review/verify-stage.js';

/** What is found out about a clone as it is. */
export type Condition = Pick<StageRecord, 'seal' | 'bytes' | 'entries' | 'proofs' | 'ready'>;

export async function verifyClone(engine: Engine, clone: Clone, plan: Plan): Promise<Condition> {
  const { system, environment, packages, current } = engine;
  const changes = environment.changes(clone);
  const session = await environment.session(system, clone, {
    network: 'none',
    binds: packages.binds(system, 'rehearse'),
  });
  try {
    const proofs = await verifyStage(
      {
        plan,
        view: environment.view(clone),
        before: current,
        changes,
        session,
        packages,
        runningKernel: system.isRunning ? release() : null,
        signal: system.signal,
      },
      system.report,
    );
    await session.close();
    const seal = await system.report.phase('compare', 'Sealing the staged environment', () =>
      environment.seal(system, clone),
    );
    return {
      seal,
      bytes: changes.reduce((total, change) => total + (change.kind === 'removed' ? 0 : change.bytes), 0),
      entries: changes.length,
      proofs,
      ready: isReady(proofs),
    };
  } finally {
    await session.close();
  }
}
