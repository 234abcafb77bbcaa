/** Verifies a clone and seals it: what was verified is what is sealed, and what is sealed is what may be activated. */
import { release } from 'node:os';
import type { Plan } from '../../shared/plan.js';
import type { Engine } from './engine.js';
import type { Clone } from './environments/environment.js';
import type { StageRecord } from './records/stages.js';
import { isReady } from './review/make-review.js';
import { verifyStage } from './review/verify-stage.js';
import { bootProof, rehearseBoot, type RehearsedBoot } from './rehearsal-boot/rehearse-boot.js';

/** What is found out about a clone as it is. */
export type Condition = Pick<StageRecord, 'seal' | 'bytes' | 'entries' | 'proofs' | 'boot' | 'ready'>;

/** Whether it is booted in a virtual machine: as asked, or as it was before a change of its configuration alone. */
export type Boot = { readonly asked: boolean | undefined } | { readonly before: StageRecord };

export async function verifyClone(engine: Engine, clone: Clone, plan: Plan, boot: Boot): Promise<Condition> {
  const { system, environment, packages, current } = engine;
  const changes = environment.changes(clone);
  const session = await environment.session(system, clone, {
    network: 'none',
    binds: packages.binds(system, 'rehearse'),
  });
  try {
    const examined = await verifyStage(
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
    const booted =
      'before' in boot
        ? bootOf(boot.before)
        : await rehearseBoot({ ...boot, system, environment, clone, changes, hasFailed: !isReady(examined) });
    const proofs = booted === undefined ? examined : [...examined, booted.proof];
    const seal = await system.report.phase('compare', 'Sealing the staged environment', () =>
      environment.seal(system, clone),
    );
    return {
      seal,
      bytes: changes.reduce((total, change) => total + (change.kind === 'removed' ? 0 : change.bytes), 0),
      entries: changes.length,
      proofs,
      ...(booted?.boot === undefined ? {} : { boot: booted.boot }),
      ready: isReady(proofs),
    };
  } finally {
    await session.close();
  }
}

/** A boot takes minutes, and settling a few files of configuration is no reason for another one; but it is told. */
function bootOf({ proofs, boot }: StageRecord): RehearsedBoot | undefined {
  const proof = proofs.find(({ id }) => id === bootProof);
  if (proof === undefined || boot === undefined) return proof && { proof };
  const remark = 'Files of configuration were changed after that boot.';
  const details = proof.details.includes(remark) ? proof.details : [...proof.details, remark];
  return { proof: { ...proof, details }, boot };
}
