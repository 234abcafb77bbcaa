/**
 * A problem on its way to the verb that will answer with it. Inside the engine a `Fault` is thrown; a verb turns it
 * into an `Outcome`, so that no front end ever catches an exception that is part of life.
 */
import { constants } from 'node:os';
import { problem, type ErrorCode, type Outcome, type Problem } from '../../shared/errors.js';

export class Fault extends Error {
  readonly problem: Problem;

  constructor(code: ErrorCode, ...details: readonly string[]) {
    const answer = problem(code, ...details);
    super([answer.sentence, ...answer.details].join(' '));
    this.name = 'Fault';
    this.problem = answer;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** The `code` of a system-call error such as `ENOENT`, or `undefined` for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  // Node has no name for a quota that is used up.
  if ('errno' in error && error.errno === -constants.errno.EDQUOT) return 'EDQUOT';
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The fault that an exception amounts to: a full disk and a cancel have codes of their own, the rest is a bug. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof Error && error.name === 'AbortError') return new Fault('CANCELLED');
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Fault('NO_SPACE', error instanceof Error ? error.message : code);
  return new Fault('INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** What a file system or another program did not do, in words. Throws what is a mistake of ours. */
export function reasonOf(error: unknown): string {
  const { code, problem } = faultOf(error);
  if (code === 'INTERNAL' && systemErrorCode(error) === undefined) throw error;
  return [problem.sentence, ...problem.details].join(' ');
}

/** Runs a verb's body and answers with its value or its problem. */
export async function outcomeOf<T>(body: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await body() };
  } catch (error) {
    return { ok: false, problem: faultOf(error).problem };
  }
}
