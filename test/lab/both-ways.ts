/** What differs after some changes, both as the file system tells it and as a look at everything finds it. */
import { runOrFault } from '../../electron/engine/process/run.js';
import type { SnapshotDriver } from '../../electron/engine/environments/snapshots/snapshot-driver.js';
import { treeDifference } from '../../electron/engine/environments/snapshots/tree-difference.js';
import type { System } from '../../electron/engine/system.js';
import type { Random } from './seeded.js';

export interface BothWays {
  readonly told: readonly string[];
  readonly looked: readonly string[];
}

/** Throws where the file system does not tell it: then both would be the same look. */
export async function bothWays(
  driver: SnapshotDriver,
  system: System,
  change: () => Promise<unknown>,
): Promise<BothWays> {
  const before = driver.take(system, 'before', { readOnly: true });
  await change();
  const after = driver.take(system, 'after', { readOnly: true });
  const ask = (walk: boolean): string[] =>
    treeDifference(driver, system, {
      name: 'question',
      before,
      after,
      fixed: 'after',
      skip: (path) => path.startsWith('var/lib/understudy'),
      walk,
    }).map(({ kind, type, path, bytes }) => `${kind} ${type} ${bytes} ${path}`);
  try {
    if (!driver.differences) throw new Error('the file system tells nothing');
    driver.differences.touched(system, before, after);
    return { told: ask(false), looked: ask(true) };
  } finally {
    for (const name of ['before', 'after', 'question-before', 'question-after']) driver.remove(system, name);
  }
}

/** In a folder, with a time limit. */
export function shellIn(cwd: string): (script: string) => Promise<unknown> {
  return (script) => runOrFault(['bash', '-c', script, 'bash'], { timeoutMs: 120_000, cwd });
}

/** Moves folders into and over one another, links, writes and removes, 60 times by chance; what is impossible fails. */
export function randomChanges(random: Random): string {
  const name = (): string => random.pick(['a', 'b', 'c', 'd', 'e', 'f']);
  const path = (): string => Array.from({ length: 1 + random.below(3) }, name).join('/');
  const kinds = [
    () => `mkdir -p ${path()}`,
    () => `echo ${random.below(1_000_000)} > ${path()}`,
    () => `mv -T ${path()} ${path()}`,
    () => `rm -rf ${path()}`,
    () => `ln ${path()} ${path()}`,
    () => `ln -s ${name()} ${path()}`,
    () => `chmod ${random.pick([700, 755])} ${path()}`,
  ];
  const steps = Array.from({ length: 60 }, () => random.pick(kinds)());
  return `mkdir -p tree; cd tree; { ${steps.join('; ')}; } 2>/dev/null; true`;
}
