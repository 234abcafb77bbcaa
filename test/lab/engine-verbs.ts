/** The verbs of the engine by their names, as tests ask for them: with every step told, and what became of it. */
import { activate } from '../../electron/engine/activate.js';
import { decide } from '../../electron/engine/decide.js';
import { restoreIdentity } from '../../electron/engine/identity-backup.js';
import { plan } from '../../electron/engine/plan.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem, type System } from '../../electron/engine/system.js';
import type { Problem } from '../../shared/errors.js';

const settings = { reserveBytes: 16 * 1024 ** 2 };

/** The system of a small tree, which leaves less room free than a real one has to. */
export function smallSystem(root: string): System {
  return openSystem(root, { settings });
}

export interface Ended {
  /** Of its steps, in their order. */
  readonly names: readonly string[];
  readonly outcome:
    { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem };
}

/** Runs one to its end. `onStep` is told the name of each step, and its number, from 1, before it is done. */
export async function runVerb(
  given: System,
  verb: string,
  options: unknown,
  onStep?: (name: string, number: number) => void,
): Promise<Ended> {
  const names: string[] = [];
  const system: System = {
    ...given,
    onStep(name) {
      names.push(name);
      onStep?.(name, names.length);
    },
  };
  switch (verb) {
    case 'plan':
      return { names, outcome: await plan(system, { scope: 'all', selected: [] }) };
    case 'stage':
      return { names, outcome: await stage(system, options as Parameters<typeof stage>[1]) };
    case 'decide':
      return { names, outcome: await decide(system, options as Parameters<typeof decide>[1]) };
    case 'activate':
      return { names, outcome: await activate(system, options as Parameters<typeof activate>[1]) };
    case 'rollback':
      return { names, outcome: await rollback(system, options as Parameters<typeof rollback>[1]) };
    case 'restore-identity':
      return {
        names,
        outcome: await restoreIdentity(system, options as Parameters<typeof restoreIdentity>[1]),
      };
    case 'recover':
      return { names, outcome: await recover(system) };
    default:
      throw new Error(`no verb: ${verb}`);
  }
}

/** Runs one that has to succeed. A process of its own is for what is killed (`crashes.ts`). */
export async function succeedIn(
  root: string,
  verb: string,
  options: unknown = {},
): Promise<{ readonly names: readonly string[]; readonly value: unknown }> {
  const { names, outcome } = await runVerb(smallSystem(root), verb, options);
  if (!outcome.ok) throw new Error(`${verb}: ${JSON.stringify(outcome.problem)}`);
  return { names, value: outcome.value };
}
