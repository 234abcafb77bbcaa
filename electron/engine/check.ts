/** The verb `check`: is the system ready? Works without root as far as the checks can see. */
import type { CheckReport, CheckResult } from '../../shared/check.js';
import type { Outcome } from '../../shared/errors.js';
import type { Plan } from '../../shared/plan.js';
import type { Moment } from './checks/check.js';
import { engineFor } from './engine.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { readiness } from './readiness.js';
import { readPlan } from './records/plans.js';
import type { System } from './system.js';

export interface CheckOptions {
  readonly moment: Moment;
  /** The plan whose sizes count; the newest one by default, none where there is none. */
  readonly plan?: string;
  readonly onResult?: (result: CheckResult) => void;
}

export function check(system: System, options: CheckOptions): Promise<Outcome<CheckReport>> {
  return outcomeOf(async () => {
    const engine = engineFor(system);
    const plan = planFor(system, options.plan);
    return readiness(engine, { moment: options.moment, plan, onResult: options.onResult });
  });
}

function planFor(system: System, id: string | undefined): Plan | undefined {
  try {
    return readPlan(system, id);
  } catch (error) {
    const noneYet = error instanceof Fault && error.code === 'PLAN_UNKNOWN' && id === undefined;
    if (noneYet || systemErrorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}
