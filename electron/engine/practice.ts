/**
 * The verb `practice`: the main job on a system made for it, from nothing to a proved rollback. As root it works at once (the
 * sessions are private already); anyone else gets a user namespace of their own where the machine allows one.
 */
import type { Outcome } from '../../shared/errors.js';
import type { PracticeResult } from '../../shared/practice.js';
import { Fault, faultOf, outcomeOf } from './fault.js';
import { display } from './posix/raw-path.js';
import { makeSystem } from './practice/make-system.js';
import { realOwners, type Owners } from './practice/owners.js';
import { practicePlace } from './practice/place.js';
import { Tale } from './practice/tale.js';
import { practiceInUserNamespace } from './practice/user-namespace.js';
import { withUsualMask } from './practice/usual-mask.js';
import { walk, type OnMoment } from './practice/walk.js';
import type { Reporter } from './report.js';

export interface PracticeOptions {
  /** Use no network: the updates are built on the spot. */
  readonly offline: boolean;
  /** Where to make it: a new or empty folder; a cache folder if not given. */
  readonly folder?: string;
  /** Leave the practice root, to try the verbs on it. */
  readonly keep: boolean;
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

/** What only those know who start it in a special way: a user namespace, a test. */
export interface PracticeSurroundings {
  readonly owners?: Owners;
  readonly onMoment?: OnMoment;
}

export function practice(
  options: PracticeOptions,
  surroundings: PracticeSurroundings = {},
): Promise<Outcome<PracticeResult>> {
  return outcomeOf(() =>
    process.getuid?.() === 0
      ? withUsualMask(() => practiceHere(options, surroundings))
      : practiceInUserNamespace(options),
  );
}

async function practiceHere(
  options: PracticeOptions,
  surroundings: PracticeSurroundings,
): Promise<PracticeResult> {
  const { signal, report, keep, offline, folder } = options;
  const tale = new Tale(report);
  const place = await practicePlace(folder);
  let kept = false;
  try {
    const made = await makeSystem(
      place,
      { offline, owners: surroundings.owners ?? realOwners, signal },
      tale,
    );
    const { built } = await walk(made, tale, surroundings.onMoment ?? (() => undefined));
    kept = keep;
    return {
      root: display(place.root),
      kept,
      updates: built ? 'built' : 'archive',
      steps: tale.steps,
      proved: tale.proved,
    };
  } catch (error) {
    // What differs can be looked at.
    kept = keep && error instanceof Fault && error.code === 'PRACTICE_DIFFERS';
    throw signal.aborted ? faultOf(signal.reason) : error;
  } finally {
    if (kept) place.keepRoot();
    else place.remove();
  }
}
