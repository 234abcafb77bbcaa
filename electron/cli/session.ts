/**
 * One verb, from the root tree to its outcome. Every start as root first recovers what an earlier run left. After that, a verb
 * that alters the system stops: what the user looked at before is no longer what is there.
 */
import { existsSync } from 'node:fs';
import { problem, type Outcome } from '../../shared/errors.js';
import type { Recovered } from '../../shared/history.js';
import { Fault, faultOf } from '../engine/fault.js';
import { bytes } from '../engine/posix/raw-path.js';
import { openSystem, type System } from '../engine/system.js';
import type { Globals } from './command-line.js';
import type { Output } from './output/output.js';
import { problemLines } from './render/problem.js';
import { arrivalLines, recoveredLines } from './render/results.js';
import { forTerminal } from './text/plain.js';
import type { Answer, Context, Given, OnRecovery, Verb } from './verbs/verb.js';

export interface Ended {
  readonly outcome: Outcome<Answer>;
  readonly recovered: Recovered | undefined;
}

export interface SessionOptions {
  readonly context: Context;
  readonly globals: Globals;
  readonly output: Output;
  /** True when this process may recover. */
  readonly isRoot: boolean;
}

/** Runs a verb. Throws `UsageError` for what the verb cannot read; everything else is in the outcome. */
export async function runVerb(verb: Verb, given: Given, options: SessionOptions): Promise<Ended> {
  if (verb.works === 'without-system') {
    const job = verb.read(given);
    return { outcome: await caught(() => job(options.context)), recovered: undefined };
  }
  const job = verb.read(given);
  const onRecovery = typeof verb.onRecovery === 'string' ? verb.onRecovery : verb.onRecovery(given);
  let recovered: Recovered | undefined;
  const outcome = await caught(async () => {
    const { context, globals } = options;
    const system = openSystem(globals.root, { report: context.report, signal: context.signal });
    const start = await recoverFirst(onRecovery, system, options);
    if (!start.ok) return start;
    recovered = start.value;
    if (recovered && onRecovery === 'stop') return { ok: false, problem: recoveredProblem(recovered) };
    return await job({ ...context, system });
  });
  return { outcome, recovered };
}

/** What was recovered, `undefined` when nothing was; a problem only for verbs that must not go on. */
async function recoverFirst(
  onRecovery: OnRecovery,
  system: System,
  { context, output, isRoot }: SessionOptions,
): Promise<Outcome<Recovered | undefined>> {
  // Without Understudy's folder nothing can have been interrupted, and looking must not create it.
  if (onRecovery === 'ask-nothing' || !isRoot || !existsSync(bytes(system.store))) {
    return { ok: true, value: undefined };
  }
  const outcome = await context.engine.recover(system);
  if (!outcome.ok) {
    if (onRecovery === 'stop' || outcome.problem.code === 'CANCELLED') return outcome;
    // Another Understudy at work is no news to someone who only reads; a damaged journal is.
    if (outcome.problem.code !== 'BUSY_UNDERSTUDY')
      output.note((look) => problemLines(outcome.problem, look));
    return { ok: true, value: undefined };
  }
  const { value } = outcome;
  const { arrival, ...work } = value;
  if (arrival) output.note((look) => arrivalLines(forTerminal(arrival), look));
  if (value.transactions.length === 0) return { ok: true, value: undefined };
  if (onRecovery === 'go-on') output.note((look) => recoveredLines(forTerminal(work), look));
  return { ok: true, value };
}

function recoveredProblem({ transactions, cleaned }: Recovered): ReturnType<typeof problem> {
  return problem(
    'RECOVERED',
    ...transactions.map(({ kind, transaction, sentence }) => `${kind} ${transaction}: ${sentence}`),
    ...cleaned.map((leftover) => `cleaned up: ${leftover}`),
  );
}

/** A fault becomes its problem; any other exception is a bug and says so. */
async function caught(body: () => Promise<Outcome<Answer>>): Promise<Outcome<Answer>> {
  try {
    return await body();
  } catch (error) {
    return { ok: false, problem: error instanceof Fault ? error.problem : faultOf(error).problem };
  }
}
