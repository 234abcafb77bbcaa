/** The verb `planned`: a plan that was made before, the newest one by default. */
import type { Outcome } from '../../shared/errors.js';
import type { Plan } from '../../shared/plan.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { readPlan } from './records/plans.js';
import type { System } from './system.js';

export function planned(system: System, id?: string): Promise<Outcome<Plan>> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a verb answers with a promise, and its body may throw
  return outcomeOf(async () => {
    try {
      return readPlan(system, id);
    } catch (error) {
      if (systemErrorCode(error) === 'EACCES') throw new Fault('NOT_ROOT');
      throw error;
    }
  });
}
