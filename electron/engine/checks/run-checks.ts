/** Runs the checks of a moment one after the other. A check that crashes warns, and costs no other check its answer. */
import type { CheckReport, CheckResult } from '../../../shared/check.js';
import { Fault } from '../fault.js';
import { reasonOf } from '../inspect/unseen.js';
import type { Check, CheckContext, Moment } from './check.js';
import { checks as registry } from './registry.js';

/** Faults `CANCELLED` only; what a check found is in the report. `onResult` is called as each answer arrives. */
export async function runChecks(
  context: CheckContext,
  moment: Moment,
  onResult?: (result: CheckResult) => void,
  checks: readonly Check[] = registry,
): Promise<CheckReport> {
  const due = checks.filter((check) => check.when.includes(moment));
  return context.system.report.phase('check', 'Checking whether the system is ready', async (step) => {
    const results: CheckResult[] = [];
    for (const check of due) {
      step({ text: check.title, done: results.length, total: due.length, unit: 'steps' });
      const result = await answerOf(check, context, moment);
      results.push(result);
      onResult?.(result);
    }
    return { result: worst(results), checks: results };
  });
}

/** The worst of some results; `pass` when there are none. */
export function worst(results: readonly Pick<CheckResult, 'result'>[]): CheckReport['result'] {
  if (results.some(({ result }) => result === 'block')) return 'block';
  return results.some(({ result }) => result === 'warn') ? 'warn' : 'pass';
}

async function answerOf(check: Check, context: CheckContext, moment: Moment): Promise<CheckResult> {
  const { signal } = context.system;
  try {
    return await unlessCancelled(signal, () => check.run(context, moment));
  } catch (error) {
    if (signal.aborted || (error instanceof Fault && error.code === 'CANCELLED'))
      throw new Fault('CANCELLED');
    return {
      id: check.id,
      title: check.title,
      result: 'warn',
      sentence: 'This could not be checked.',
      measured: reasonOf(error),
      remedy: 'Make sure of it yourself, or solve what is named here and check again.',
    };
  }
}

/** The answer of `body`, or `CANCELLED` as soon as the signal says so, even when `body` never answers. */
async function unlessCancelled<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw new Fault('CANCELLED');
  let cancel: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(new Fault('CANCELLED'));
    signal.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([body(), cancelled]);
  } finally {
    if (cancel !== undefined) signal.removeEventListener('abort', cancel);
  }
}
