/** Makes the practice system: a root copied from this machine, whole and consistent by itself. */
import type { Session } from '../environments/environment.js';
import { plainView } from '../environments/plain-view.js';
import { engineFor } from '../engine.js';
import { Fault } from '../fault.js';
import { join, raw } from '../posix/raw-path.js';
import { openSystem, type System } from '../system.js';
import { familyOf, type BuiltUpdates, type PracticeFamily } from './family.js';
import type { Owners } from './owners.js';
import type { PracticePlace } from './place.js';
import { count, megabytes } from './sentences.js';
import type { Tale } from './tale.js';
import { openTreeSession } from './tree-session.js';

export interface Made {
  readonly system: System;
  readonly family: PracticeFamily;
  /** Whether the distribution's own archive is known and may be asked. */
  readonly archive: boolean;
  /** `stays`: see `PracticeFamily`. */
  readonly buildUpdates: (stays?: boolean) => Promise<BuiltUpdates>;
}

export interface MakeOptions {
  readonly offline: boolean;
  readonly owners: Owners;
  readonly signal: AbortSignal;
}

export async function makeSystem(
  place: Pick<PracticePlace, 'folder' | 'root'>,
  options: MakeOptions,
  tale: Tale,
): Promise<Made> {
  const { signal } = options;
  const machine = plainView(raw('/'));
  const family = familyOf(machine);
  const open = (): Promise<Session> => openTreeSession(place.root, join(place.folder, 'mount'));
  return tale.step('make', 'Making the practice system', async (show) => {
    const made = await family.makeRoot({
      from: machine,
      root: place.root,
      owners: options.owners,
      signal,
      onProgress: ({ packages, total }) => show({ done: packages, total, unit: 'packages' }),
    });
    const system = openSystem(place.root, {
      report: tale.inner,
      signal,
      // A practice run hurts nobody when the battery ends.
      settings: { batteryPercent: 0 },
    });
    requireSupport(system);
    await inside(open, (session) => family.setUp(session, signal));
    await requireConsistent(open, system);
    return {
      value: {
        system,
        family,
        archive: made.archive && !options.offline,
        buildUpdates: async (stays = false) => {
          const built = await family.buildUpdates(system, open, stays);
          await requireConsistent(open, system);
          return built;
        },
      },
      sentence: [
        `${count(made.packages, 'package')} of this machine copied, ${count(made.files, 'file')}, ${megabytes(made.bytes)}.`,
        'Nothing in it is shared with the machine.',
        ...made.remarks,
      ].join(' '),
    };
  });
}

function requireSupport(system: System): void {
  const support = engineFor(system).environment.support(system);
  if (!support.usable) throw new Fault('PRACTICE_IMPOSSIBLE', support.reason);
  if (!support.exchange) throw new Fault('PRACTICE_IMPOSSIBLE', support.exchangeReason);
}

/** The copy must be a whole system by itself before anything is concluded from it. */
async function requireConsistent(open: () => Promise<Session>, system: System): Promise<void> {
  const findings = await inside(open, (session) => engineFor(system).packages.audit(session));
  if (findings.length === 0) return;
  throw new Fault(
    'PRACTICE_IMPOSSIBLE',
    'The copy of this machine’s packages is not consistent:',
    ...findings.map(({ package: name, sentence }) => `${name ?? 'packages'}: ${sentence}`),
  );
}

async function inside<T>(open: () => Promise<Session>, body: (session: Session) => Promise<T>): Promise<T> {
  const session = await open();
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}
