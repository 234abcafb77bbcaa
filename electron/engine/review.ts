/** The verb `review`: what a staged environment would change, and what the rehearsal proved. */
import type { Review } from '../../shared/changeset.js';
import type { Outcome } from '../../shared/errors.js';
import { engineFor, type Engine } from './engine.js';
import { plainView } from './environments/plain-view.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { readStage, type StageRecord } from './records/stages.js';
import { makeReview } from './review/make-review.js';
import { withPublicTexts } from './review/public-texts.js';
import type { System } from './system.js';

export interface ReviewOptions {
  readonly stage?: string;
  /** It is for someone who may only look: what files hold that not everyone may read is left out. */
  readonly forAnyone?: boolean;
}

export function review(system: System, options: ReviewOptions = {}): Promise<Outcome<Review>> {
  return outcomeOf(async () => {
    const engine = engineFor(system);
    try {
      const record = readStage(system, engine.environment, options.stage);
      const whole = await reviewOf(engine, record);
      if (!options.forAnyone) return whole;
      const staged = engine.environment.view(engine.environment.open(system, record.id));
      return withPublicTexts(whole, [staged, plainView(system.root)]);
    } catch (error) {
      if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
      throw error;
    }
  });
}

export function reviewOf(
  { system, environment, packages }: Engine,
  { id, plan, conflicts, proofs, boot }: StageRecord,
): Promise<Review> {
  const clone = environment.open(system, id);
  return makeReview({
    stage: id,
    plan,
    changes: environment.changes(clone),
    packages,
    conflicts,
    proofs,
    boot,
    system,
  });
}
