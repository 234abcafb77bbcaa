/**
 * From a request to its outcome: the verb must exist, its parameters must fit its schema to the letter, the peer must be allowed
 * its action, and only then is it carried out. There is no other way in.
 */
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import { operations, type Action, type Given, type Result, type Verb } from '../../../shared/operations.js';
import type { CheckResult } from '../../../shared/check.js';
import { faultOf } from '../../engine/fault.js';
import type { Authorisation } from '../authorise/authorisation.js';
import type { Request } from '../server/connection.js';

export interface CallContext {
  readonly uid: number;
  /** Aborted when the client is gone; a run goes on nevertheless. */
  readonly gone: AbortSignal;
  readonly onChecked: (result: CheckResult) => void;
}

export type Handlers = {
  readonly [V in Verb]: (given: Given<V>, context: CallContext) => Promise<Outcome<Result<V>>>;
};

export interface DispatchOptions {
  readonly handlers: Handlers;
  readonly authorisation: Authorisation;
  /** The action of the run with this id: who stops it needs the right to have begun it. */
  readonly actionOfRun: (id: string) => Action | undefined;
}

export function dispatch(options: DispatchOptions): (request: Request) => Promise<Outcome<unknown>> {
  return async (request) => {
    try {
      return await carryOut(options, request);
    } catch (error) {
      return { ok: false, problem: faultOf(error).problem };
    }
  };
}

async function carryOut(options: DispatchOptions, request: Request): Promise<Outcome<unknown>> {
  const { verb, params, peer, gone, onChecked } = request;
  if (!isVerb(verb)) return refused(problem('BAD_REQUEST', `There is no verb ${JSON.stringify(verb)}.`));
  // Before anyone is asked for a password.
  const given = operations[verb].params.safeParse(params);
  if (!given.success) {
    const reasons = given.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
    return refused(problem('BAD_REQUEST', ...reasons));
  }
  const action = actionOf(options, verb, given.data);
  const refusal = await options.authorisation.ask({ peer, action, signal: gone });
  if (refusal) return refused(refusal);
  const handler = options.handlers[verb] as AnyHandler;
  return handler(given.data, { uid: peer.uid, gone, onChecked });
}

/** The handler of a verb whose parameters its own schema has just made. */
type AnyHandler = (given: object, context: CallContext) => Promise<Outcome<unknown>>;

function isVerb(name: string): name is Verb {
  return Object.hasOwn(operations, name);
}

function actionOf({ actionOfRun }: DispatchOptions, verb: Verb, given: object): Action {
  const run = verb === 'cancel' && 'run' in given && typeof given.run === 'string' ? given.run : undefined;
  return (run === undefined ? undefined : actionOfRun(run)) ?? operations[verb].action;
}

function refused(answer: Problem): Outcome<never> {
  return { ok: false, problem: answer };
}
