/** The verb `review`: what a staged environment would change, and what the rehearsal proved. */
import type { Review } from '../../shared/changeset.js';
import type { Outcome } from '../../shared/errors.js';
import { engineFor } from './engine.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { readStage } from './records/stages.js';
import { makeReview } from './review/make-review.js';
import type { System } from './system.js';

export function review(system: System, options: { readonly stage?: string } = {}): Promise<Outcome<Review>> {
  return outcomeOf(async () => {
    const { environment, packages } = engineFor(system);
    try {
      const record = readStage(system, environment, options.stage);
      const clone = environment.open(system, record.id);
      return await makeReview({
        stage: record.id,
        plan: record.plan,
        view: environment.view(clone),
        changes: environment.changes(clone),
        packages,
        proofs: record.proofs,
        system,
      });
    } catch (error) {
      if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
      throw error;
    }
  });
}
