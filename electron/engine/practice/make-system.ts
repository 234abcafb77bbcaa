/** Makes the practice system: the root, copied from this machine, and the updates that are to be practised with. */
import type { Plan } from '../../../shared/plan.js';
import type { Session } from '../environments/environment.js';
import { plainView } from '../environments/plain-view.js';
import { engineFor } from '../engine.js';
import { Fault } from '../fault.js';
import { plan } from '../plan.js';
import { join, raw } from '../posix/raw-path.js';
import { openSystem, type System } from '../system.js';
import { familyOf, type BuiltUpdates, type PracticeFamily } from './family.js';
import type { Owners } from './owners.js';
import type { PracticePlace } from './place.js';
import { count, megabytes, planSentence } from './sentences.js';
import type { Tale } from './tale.js';
import { openTreeSession } from './tree-session.js';

export interface Made {
  readonly system: System;
  readonly family: PracticeFamily;
  /** Where the updates were built on the spot. */
  readonly built: BuiltUpdates | undefined;
  /** Where the archive was asked already. */
  readonly plan: Plan | undefined;
}

/** Longer is not waited for the archive; then the updates are built. */
const archivePatienceMs = 30_000;

export interface MakeOptions {
  readonly offline: boolean;
  readonly owners: Owners;
  readonly signal: AbortSignal;
}

export async function makeSystem(place: PracticePlace, options: MakeOptions, tale: Tale): Promise<Made> {
  const { signal } = options;
  const machine = plainView(raw('/'));
  const family = familyOf(machine);
  const open = (): Promise<Session> => openTreeSession(place.root, join(place.folder, 'mount'));
  const { archive } = await tale.step('make', 'Making the practice system', async () => {
    const made = await family.makeRoot({
      from: machine,
      root: place.root,
      owners: options.owners,
      signal,
      onProgress: ({ packages, total }) =>
        void tale.inner.phase('practice', `${packages} of ${total} packages`, () => Promise.resolve()),
    });
    const session = await open();
    try {
      await family.setUp(session, signal);
    } finally {
      await session.close();
    }
    const sentence = `${count(made.packages, 'package')} of this machine copied, ${count(made.files, 'file')}, ${megabytes(made.bytes)}. Nothing in it is shared with the machine.`;
    return { value: made, sentence: [sentence, ...made.remarks].join(' ') };
  });
  const system = openSystem(place.root, {
    report: tale.inner,
    signal,
    // A practice run hurts nobody when the battery ends.
    settings: { batteryPercent: 0 },
  });
  const support = engineFor(system).environment.support(system);
  if (!support.usable) throw new Fault('PRACTICE_IMPOSSIBLE', support.reason);
  if (!support.exchange) throw new Fault('PRACTICE_IMPOSSIBLE', support.exchangeReason);
  await requireConsistent(open, system);
  const offered = archive && !options.offline ? await fromArchive(system, tale) : undefined;
  if (offered) return { system, family, built: undefined, plan: offered };
  const built = await tale.step('updates', 'Building updates on the spot', async () => {
    const updates = await family.buildUpdates(system, open);
    const sentence = `${count(updates.updates, 'package')} in a small signed archive; their first versions are installed, and "the user" has edited a configuration file.`;
    return { value: updates, sentence };
  });
  await requireConsistent(open, system);
  return { system, family, built, plan: undefined };
}

/** The copy must be a whole system by itself before anything is concluded from it. */
async function requireConsistent(open: () => Promise<Session>, system: System): Promise<void> {
  const session = await open();
  try {
    const findings = await engineFor(system).packages.audit(session);
    if (findings.length === 0) return;
    throw new Fault(
      'PRACTICE_IMPOSSIBLE',
      'The copy of this machine’s packages is not consistent:',
      ...findings.map(({ package: name, sentence }) => `${name ?? 'packages'}: ${sentence}`),
    );
  } finally {
    await session.close();
  }
}

/** The plan of what the archive offers; `undefined` when that is nothing, or the archive does not answer. */
async function fromArchive(system: System, tale: Tale): Promise<Plan | undefined> {
  return tale.step('plan', 'Asking the archive for updates', async () => {
    const signal = AbortSignal.any([system.signal, AbortSignal.timeout(archivePatienceMs)]);
    const outcome = await plan({ ...system, signal }, { scope: 'all', selected: [] });
    system.signal.throwIfAborted();
    if (outcome.ok && outcome.value.changes.length > 0)
      return { value: outcome.value, sentence: planSentence(outcome.value) };
    const why = outcome.ok
      ? 'The archive offers nothing newer for it.'
      : outcome.problem.code === 'CANCELLED'
        ? 'The archive does not answer in time.'
        : [outcome.problem.sentence, outcome.problem.details[0] ?? ''].join(' ').trim();
    return { value: undefined, sentence: `${why} So updates are built here.` };
  });
}
