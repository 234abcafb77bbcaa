/** What differs between two trees of one file system, as the file system itself tells; where it cannot, by looking at everything. */
import { Fault, systemErrorCode } from '../../fault.js';
import type { RawPath } from '../../posix/raw-path.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import { compareTrees, type Comparison } from './compare-trees.js';
import type { SnapshotDriver, TreeId } from './snapshot-driver.js';

export interface Question {
  /** Of the trees that are fixed for the comparison; they are removed at its end. */
  readonly name: string;
  readonly before: TreeId;
  readonly after: TreeId;
  /** Which of the two is read-only already. */
  readonly fixed: 'before' | 'after';
  readonly skip: (path: RawPath) => boolean;
  /** Looks at everything, whatever the file system could tell. */
  readonly walk?: boolean;
}

export function treeDifference(driver: SnapshotDriver, system: System, question: Question): TreeChange[] {
  const names = [`${question.name}-before`, `${question.name}-after`] as const;
  const clear = (): void => names.forEach((name) => driver.remove(system, name)); // also of a look that was cut
  const fix = (name: string, of: TreeId): TreeId => driver.take(system, name, { readOnly: true, of });
  clear();
  try {
    const before = question.fixed === 'before' ? question.before : fix(names[0], question.before);
    const after = question.fixed === 'after' ? question.after : fix(names[1], question.after);
    const [old, now] = [driver.find(system, before), driver.find(system, after)];
    if (old === undefined || now === undefined)
      throw new Fault('STAGE_DAMAGED', `${question.name}: another program removed its snapshot`);
    return compareTrees({
      before: old,
      after: now,
      told: question.walk ? undefined : told(driver, system, { before, after, now }),
      skip: question.skip,
      timesAttributes: driver.timesAttributes(system),
    });
  } finally {
    clear();
  }
}

/** `undefined` where the file system cannot say it, or not in a form that is known. */
function told(
  { differences }: SnapshotDriver,
  system: System,
  { before, after, now }: { readonly before: TreeId; readonly after: TreeId; readonly now: RawPath },
): Comparison['told'] {
  if (!differences) return undefined;
  try {
    return {
      touched: differences.touched(system, before, after),
      otherNames: differences.otherNames(now),
    };
  } catch (error) {
    const known = error instanceof Fault && error.code === 'COMMAND_FAILED';
    if (known || ['ENOTTY', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM'].includes(systemErrorCode(error) ?? ''))
      return undefined;
    throw error;
  }
}
