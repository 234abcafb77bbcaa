/** With which updates to practise: those that the archive really offers for the practice system, else some made on the spot. */
import type { Plan } from '../../../shared/plan.js';
import { plan } from '../plan.js';
import type { System } from '../system.js';
import { valueOf } from './outcome.js';
import type { BuiltUpdates } from './family.js';
import type { Made } from './make-system.js';
import { count, planSentence } from './sentences.js';
import type { Tale } from './tale.js';

/** Longer is not waited for the archive; then the updates are built. */
const archivePatienceMs = 30_000;

export const everything = { scope: 'all', selected: [] } as const;

export interface Chosen {
  readonly plan: Plan;
  /** Where the updates were built on the spot. */
  readonly built: BuiltUpdates | undefined;
}

export async function chooseUpdates(made: Made, tale: Tale): Promise<Chosen> {
  const offered = made.archive ? await offeredByArchive(made, tale) : undefined;
  if (offered) return { plan: offered, built: undefined };
  const built = await tale.step('build', 'Building updates on the spot', async () => {
    const updates = await made.buildUpdates();
    return {
      value: updates,
      sentence: `${count(updates.updates, 'package')} in a small signed archive; their first versions are installed, and "the user" has edited a configuration file.`,
    };
  });
  const planned = await tale.step('plan', 'What would be updated?', async () => {
    const planned = valueOf(await plan(made.system, everything));
    return { value: planned, sentence: planSentence(planned) };
  });
  return { plan: planned, built };
}

/** As the system, but what is begun with it ends when the archive does not answer for too long. */
export function withPatience(system: System): System {
  const signal = AbortSignal.any([system.signal, AbortSignal.timeout(archivePatienceMs)]);
  return { ...system, signal };
}

/** `undefined` when the archive offers nothing, or does not answer. */
async function offeredByArchive({ system }: Made, tale: Tale): Promise<Plan | undefined> {
  return tale.step('plan', 'Asking the archive what would be updated', async () => {
    const outcome = await plan(withPatience(system), everything);
    system.signal.throwIfAborted();
    if (outcome.ok && outcome.value.changes.length > 0)
      return { value: outcome.value, sentence: planSentence(outcome.value) };
    const why = outcome.ok
      ? 'The archive offers nothing newer for this system.'
      : outcome.problem.code === 'CANCELLED'
        ? 'The archive does not answer in time.'
        : [outcome.problem.sentence, outcome.problem.details[0] ?? ''].join(' ').trim();
    return { value: undefined, sentence: `${why} So updates are built here.` };
  });
}
