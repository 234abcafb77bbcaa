/**
 * What a readiness check is. A check looks and answers; it alters nothing, and it is run again at the moment of
 * activation, with the values of that moment.
 */
import type { CheckResult } from '../../../shared/check.js';
import type { Plan } from '../../../shared/plan.js';
import type { Session, TreeView } from '../environments/environment.js';
import type { MachineSources } from '../inspect/sources.js';
import type { PackageManager } from '../packages/package-manager.js';
import type { System } from '../system.js';

export type Moment = 'before-stage' | 'before-activation';

export interface CheckContext {
  readonly system: System;
  /** The current environment. */
  readonly view: TreeView;
  readonly packages: PackageManager;
  /** What is about to be done; without it, what needs a plan is answered as far as it can be. */
  readonly plan: Plan | undefined;
  /** A session in a clone of the current environment, where the caller has one: lets the package manager audit itself. */
  readonly session?: Session | undefined;
  /** The id of a transaction that the journal has open, or `undefined`. */
  readonly openTransaction: () => string | undefined;
  /** The machine that this process runs on unless given. */
  readonly sources?: MachineSources | undefined;
}

export type Verdict = Pick<CheckResult, 'result' | 'sentence' | 'measured' | 'remedy'>;

export interface Check {
  /** The file's name. */
  readonly id: string;
  readonly title: string;
  readonly when: readonly Moment[];
  run(context: CheckContext, moment: Moment): Promise<CheckResult>;
}

interface Definition {
  readonly id: string;
  readonly title: string;
  readonly when: readonly Moment[];
  readonly examine: (context: CheckContext, moment: Moment) => Verdict | Promise<Verdict>;
}

export const always: readonly Moment[] = ['before-stage', 'before-activation'];

export function defineCheck({ id, title, when, examine }: Definition): Check {
  return {
    id,
    title,
    when,
    run: async (context, moment) => ({ id, title, ...(await examine(context, moment)) }),
  };
}

export function pass(sentence: string, measured: string): Verdict {
  return { result: 'pass', sentence, measured, remedy: null };
}

export function warn(sentence: string, measured: string, remedy: string): Verdict {
  return { result: 'warn', sentence, measured, remedy };
}

export function block(sentence: string, measured: string, remedy: string): Verdict {
  return { result: 'block', sentence, measured, remedy };
}
