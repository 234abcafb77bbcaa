/**
 * What a verb of the command line is: its words for `help`, its options, how it reads them, what it asks of the engine,
 * and how its answer looks. Invariant: an answer is rendered only from a harmless copy of its value (`forTerminal`).
 */
import type { ErrorCode, ExitKind, Outcome } from '../../../shared/errors.js';
import type { Reporter } from '../../engine/report.js';
import type { System } from '../../engine/system.js';
import type { EngineVerbs } from '../engine.js';
import type { Output } from '../output/output.js';
import type { Look } from '../text/look.js';
import { forTerminal } from '../text/plain.js';
import type { Serve } from './serve.js';

/** A command line that was not understood, or an id that cannot exist; always exit code 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly code: ErrorCode = 'USAGE',
  ) {
    super(message);
    this.name = 'UsageError';
  }
}

export interface OptionText {
  /** The name of its value; a flag has none. */
  readonly value?: string;
  readonly short?: string;
  readonly text: string;
}

export interface HelpText {
  /** One line, without a full stop. */
  readonly summary: string;
  /** What follows the verb, one string for every form. */
  readonly synopsis: readonly string[];
  readonly does: readonly string[];
  readonly doesNot: readonly string[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly exits: readonly (readonly [ExitKind, string])[];
}

/** Options and positional arguments as they were parsed. */
export interface Given {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Context {
  readonly engine: EngineVerbs;
  readonly report: Reporter;
  readonly signal: AbortSignal;
  /** `--yes` was given. */
  readonly yes: boolean;
  /**
   * Asks a question once, after showing the lines of `preview`. With `--yes` it agrees at once; where no one can
   * answer it gives `CONFIRMATION_NEEDED`; a "no" is `CANCELLED`.
   */
  readonly confirm: (question: string, preview: Preview) => Promise<Outcome<true>>;
  readonly announce: Output['announce'];
  /** The app for a browser; the launcher brings it, for the command line knows no other shell. */
  readonly serve?: Serve | undefined;
}
export type Preview = () => Promise<Outcome<(look: Look) => string[]>>;

export interface SystemContext extends Context {
  readonly system: System;
}

/** A value together with how it looks and what it exits with. */
export interface Answer {
  readonly value: unknown;
  readonly lines: (look: Look) => string[];
  readonly exit: ExitKind;
}

interface VerbBase {
  readonly name: string;
  readonly help: HelpText;
  readonly options: Readonly<Record<string, OptionText>>;
  /** With `--json`, long work writes its progress before the result. */
  readonly long: boolean;
  /** What a first Ctrl+C is answered with, where not by the words for work that is taken back. */
  readonly goodbye?: string;
}

/**
 * `onRecovery`: what to do when an interrupted transaction was recovered at the start: `stop` (verbs that alter the
 * system, which is no longer what the user looked at), `go-on` (verbs that only read), or `ask-nothing` (`recover` itself).
 */
export type OnRecovery = 'stop' | 'go-on' | 'ask-nothing';

export interface SystemVerb extends VerbBase {
  readonly works: 'on-system';
  /** By what was given, where some of what the verb does only reads. */
  readonly onRecovery: OnRecovery | ((given: Given) => OnRecovery);
  read(given: Given): (context: SystemContext) => Promise<Outcome<Answer>>;
}

export interface PlainVerb extends VerbBase {
  readonly works: 'without-system';
  read(given: Given): (context: Context) => Promise<Outcome<Answer>>;
}

export type Verb = SystemVerb | PlainVerb;

interface Rendering<V> {
  readonly lines: (value: V, look: Look) => string[];
  /** What a value that is an answer, but not the hoped-for one, exits with. */
  readonly exit?: (value: V) => ExitKind;
}

type Reading<C, V> = (given: Given) => (context: C) => Promise<Outcome<V>>;

function answering<C, V>(
  reading: Reading<C, V>,
  rendering: Rendering<V>,
): (given: Given) => (context: C) => Promise<Outcome<Answer>> {
  return (given) => {
    const job = reading(given);
    return async (context) => {
      const outcome = await job(context);
      if (!outcome.ok) return outcome;
      const { value } = outcome;
      return {
        ok: true,
        value: {
          value,
          lines: (look) => rendering.lines(forTerminal(value), look),
          exit: rendering.exit?.(value) ?? 'done',
        },
      };
    };
  };
}

type Defined<B, C, V> = Omit<B, 'works' | 'read'> & Rendering<V> & { readonly read: Reading<C, V> };

/** Defines a verb that works on a root tree. */
export function systemVerb<V>(definition: Defined<SystemVerb, SystemContext, V>): SystemVerb {
  const { lines, exit, read, ...base } = definition;
  return { ...base, works: 'on-system', read: answering(read, exit ? { lines, exit } : { lines }) };
}

/** Defines a verb that needs no root tree. */
export function plainVerb<V>(definition: Defined<PlainVerb, Context, V>): PlainVerb {
  const { lines, exit, read, ...base } = definition;
  return { ...base, works: 'without-system', read: answering(read, exit ? { lines, exit } : { lines }) };
}
