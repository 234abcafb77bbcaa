/** Verifies a staged environment: makes every proof, one after the other. Nothing in the clone is altered. */
import type { Proof } from '../../../shared/changeset.js';
import { Fault, systemErrorCode } from '../fault.js';
import type { Reporter } from '../report.js';
import { identity } from './identity.js';
import { kernels } from './kernels.js';
import { libraries } from './libraries/prove-libraries.js';
import { packages } from './packages.js';
import type { ProofMaker, StageUnderTest } from './proof.js';
import { units } from './units/prove-units.js';

/** Every proof, in the order in which the review shows them. */
export const proofMakers: readonly ProofMaker[] = [packages, libraries, kernels, units, identity];

export type StageToVerify = Omit<StageUnderTest, 'step'>;

/** One proof for each maker; throws `CANCELLED`. */
export function verifyStage(stage: StageToVerify, report: Reporter): Promise<Proof[]> {
  return report.phase('verify', 'Checking the staged environment', async (progress) => {
    const proofs: Proof[] = [];
    const total = proofMakers.length;
    for (const [done, maker] of proofMakers.entries()) {
      if (stage.signal.aborted) throw new Fault('CANCELLED');
      progress({ text: maker.title, done, total, unit: 'steps' });
      const step = (text: string): void =>
        progress({ text: `${maker.title}: ${text}`, done, total, unit: 'steps' });
      proofs.push(await attempt(maker, { ...stage, step }));
      progress({ text: maker.title, done: done + 1, total, unit: 'steps' });
    }
    return proofs;
  });
}

/** A tree that cannot even be read (half deleted, a failing disk) is a failed proof; anything else unforeseen is a bug. */
async function attempt(maker: ProofMaker, stage: StageUnderTest): Promise<Proof> {
  try {
    return await maker.prove(stage);
  } catch (error) {
    const details = reasonOf(error);
    if (details === undefined || stage.signal.aborted) throw error;
    return { id: maker.id, result: 'fail', sentence: `It could not be proved that ${maker.title}.`, details };
  }
}

/** Why a part of life went wrong, or `undefined` for a cancel and for a bug. */
function reasonOf(error: unknown): string[] | undefined {
  if (error instanceof Fault)
    return error.code === 'CANCELLED' ? undefined : [error.problem.sentence, ...error.problem.details];
  // ERR_… are Node's own and mean a wrong call; system calls have codes such as EIO
  const code = systemErrorCode(error);
  return error instanceof Error && code !== undefined && !code.startsWith('ERR_')
    ? [error.message]
    : undefined;
}
