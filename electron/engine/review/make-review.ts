/** The review of a staged environment: all that a user needs to decide whether to switch to it. */
import {
  areas,
  type Conflict,
  type FileChange,
  type Proof,
  type RehearsalBootResult,
  type Review,
} from '../../../shared/changeset.js';
import type { Plan } from '../../../shared/plan.js';
import { display } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { areaOf } from './area.js';
import { servicesUsing, type ServicesOptions } from './services.js';
import type { ReviewedPackages } from './proof.js';
import type { TreeChange } from './tree-change.js';

export interface ReviewInput {
  /** The id of the staged environment. */
  readonly stage: string;
  readonly plan: Plan;
  readonly changes: readonly TreeChange[];
  readonly packages: Pick<ReviewedPackages, 'database'>;
  /** As they were noted when the clone was made, with what was decided since. */
  readonly conflicts: readonly Conflict[];
  /** From `verifyStage`. */
  readonly proofs: readonly Proof[];
  readonly boot?: RehearsalBootResult | undefined;
  readonly system: Pick<System, 'root' | 'isRunning' | 'signal'>;
  readonly procRoot?: ServicesOptions['procRoot'];
}

export async function makeReview(input: ReviewInput): Promise<Review> {
  const { stage, plan, changes, packages, conflicts, proofs, boot, system, procRoot } = input;
  const files = fileChanges(changes, packages);
  const running = { root: system.root, signal: system.signal, changes };
  return {
    stage,
    plan,
    packages: plan.changes,
    files,
    totals: totalsOf(files),
    conflicts: [...conflicts],
    services: system.isRunning
      ? await servicesUsing(procRoot === undefined ? running : { ...running, procRoot })
      : [],
    proofs: [...proofs],
    ...(boot === undefined ? {} : { boot }),
    ready: isReady(proofs),
  };
}

/** True when nothing speaks against activating: no proof failed. No proof at all proves nothing. */
export function isReady(proofs: readonly Proof[]): boolean {
  return proofs.length > 0 && proofs.every((proof) => proof.result !== 'fail');
}

/** The changes for people, sorted by path (by bytes). */
function fileChanges(
  changes: readonly TreeChange[],
  packages: Pick<ReviewedPackages, 'database'>,
): FileChange[] {
  return [...changes]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, kind, type, bytes }) => ({
      path: display(path),
      kind,
      type,
      area: areaOf(path, packages.database),
      bytes,
    }));
}

/** Counts for every area; the bytes are those that the update brings: of files added and changed. */
function totalsOf(files: readonly FileChange[]): Review['totals'] {
  const totals = areas.map((area) => ({ area, added: 0, changed: 0, removed: 0, bytes: 0 }));
  const byArea = new Map(totals.map((total) => [total.area, total]));
  for (const { area, kind, bytes } of files) {
    const total = byArea.get(area);
    if (total === undefined) continue;
    total[kind] += 1;
    if (kind !== 'removed') total.bytes += bytes;
  }
  return totals;
}
