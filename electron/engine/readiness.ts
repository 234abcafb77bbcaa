/** Runs the readiness checks for a verb that is about to alter something, and refuses where one of them blocks. */
import type { CheckReport, CheckResult } from '../../shared/check.js';
import type { Plan } from '../../shared/plan.js';
import type { Moment } from './checks/check.js';
import { runChecks } from './checks/run-checks.js';
import type { Engine } from './engine.js';
import type { Session } from './environments/environment.js';
import { Fault } from './fault.js';
import { transactionsOf } from './journal/journal.js';

export interface ReadinessInput {
  readonly moment: Moment;
  readonly plan: Plan | undefined;
  readonly session?: Session;
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

export function readiness(engine: Engine, input: ReadinessInput): Promise<CheckReport> {
  const { system, packages, current } = engine;
  return runChecks(
    {
      system,
      view: current,
      packages,
      plan: input.plan,
      session: input.session,
      openTransaction: () => transactionsOf(system).find(({ ended }) => !ended)?.id,
    },
    input.moment,
    input.onResult,
  );
}

/** Throws `CHECK_BLOCKED` with a line for each check that blocks. */
export async function requireReadiness(engine: Engine, input: ReadinessInput): Promise<CheckReport> {
  const report = await readiness(engine, input);
  const blocking = report.checks.filter(({ result }) => result === 'block');
  if (blocking.length === 0) return report;
  throw new Fault(
    'CHECK_BLOCKED',
    ...blocking.map(({ id, sentence, measured, remedy }) =>
      [`${id}: ${sentence}`, `(${measured})`, remedy].filter(Boolean).join(' '),
    ),
  );
}
