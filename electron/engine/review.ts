/** The verb `review`: what a staged environment would change, and what the rehearsal proved. */
import type { Review } from '../../shared/changeset.js';
import type { Outcome } from '../../shared/errors.js';
import { engineFor, type Engine } from './engine.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { readStage, type StageRecord } from './records/stages.js';
import { makeReview } from './review/make-review.js';
import type { System } from './system.js';

export function review(system: System, options: { readonly stage?: string } = {}): Promise<Outcome<Review>> {
  return outcomeOf(async () => {
    const engine = engineFor(system);
    try {
      return await reviewOf(engine, readStage(system, engine.environment, options.stage));
    } catch (error) {
      if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
      throw error;
    }
  });
}

export function reviewOf(
  { system, environment, packages }: Engine,
  { id, plan, conflicts, proofs }: StageRecord,
): Promise<Review> {
  const clone = environment.open(system, id);
  return makeReview({
    stage: id,
    plan,
    changes: environment.changes(clone),
    packages,
    conflicts,
    proofs,
    system,
  });
}
