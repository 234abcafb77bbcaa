/**
 * Commit and rollback of updates that change 100, 1,000 and 10,000 files of one and the same tree of some 17,000 entries. The
 * verbs are run whole, the staging before them too, so that caches are as warm as in use.
 */
import { activate } from '../../electron/engine/activate.js';
import { history } from '../../electron/engine/history.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { benchRoot, type BenchRoot } from './bench-root.js';
import { ownBytesOf, restorePointFolder } from './own-bytes.js';
import { Figures, type Bench, type BenchRow } from './row.js';
import { timed } from './verbs.js';

const sizes = [100, 1000, 10_000] as const;
type Size = (typeof sizes)[number];

export const benchSwitching: Bench = {
  name: 'switching',
  impossible: debianRootImpossible,
  async run({ quick, say }) {
    say('making a tree with 10,000 files of packages');
    const bench = await benchRoot();
    const figures = new Figures();
    try {
      for (let run = 0; run < (quick ? 1 : 3); run++) {
        for (const size of sizes) {
          say(`update of ${size} files, run ${run + 1}`);
          await measure(bench, size, figures);
        }
      }
    } finally {
      await bench.close();
    }
    return sizes.flatMap((size) => rowsOf(size, figures));
  },
};

async function measure({ root, selectionFor }: BenchRoot, size: Size, figures: Figures): Promise<void> {
  const add = (name: string, value: number): void => figures.add(`${name} ${size}`, value);
  const staged = await timed(root, (system) =>
    stage(system, { scope: 'selected', selected: selectionFor(size) }),
  );
  add('entries', staged.value.entries);
  add('update', staged.value.bytes);
  const there = await timed(root, (system) => activate(system, { how: 'live' }));
  add('activate', there.seconds);
  add('commit', await lastTransaction(root));
  add('activate compare', there.phases.of('compare'));
  add('activate prepare', there.phases.of('prepare'));
  add('activate switch', there.value.switchSeconds);
  add('cost', ownBytesOf(restorePointFolder(root, there.value.restorePoint ?? '')));
  const back = await timed(root, (system) => rollback(system));
  add('rollback', back.seconds);
  add('rollback transaction', await lastTransaction(root));
  add('rollback compare', back.phases.of('compare'));
  add('rollback switch', back.value.switchSeconds);
  add('rollback clean', back.phases.of('clean'));
}

/** Seconds from the first to the last record of the newest transaction in the journal. */
async function lastTransaction(root: string): Promise<number> {
  const { value } = await timed(root, history);
  return value.entries[0]?.seconds ?? Number.NaN;
}

function rowsOf(size: Size, figures: Figures): BenchRow[] {
  const of = (name: string): number => figures.median(`${name} ${size}`);
  const about = `${of('entries').toLocaleString('en')} entries`;
  const isLargest = size === 10_000;
  const row = (name: string, figure: string, more: Partial<BenchRow> = {}): BenchRow => ({
    name: `${name}, ${about}`,
    ours: of(figure),
    unit: 's',
    ...more,
  });
  /** Independent of the size: within the limit, and as fast as the smallest. */
  const smallest = { peer: figures.median('rollback transaction 100'), peerName: 'that of 100 files' };
  return [
    row('commit: the transaction', 'commit', {
      ...(isLargest ? { target: { atMost: 1, of: 'value' } } : {}),
    }),
    row('  of which old and new side by side', 'activate switch'),
    row('  the whole verb activate', 'activate'),
    row('rollback: the transaction', 'rollback transaction', {
      ...(isLargest ? { target: { atMost: 0.3, of: 'value' } } : {}),
      ...(size === 100 ? {} : smallest),
    }),
    row('  looking for changes since', 'rollback compare'),
    row('  removing what is no longer needed', 'rollback clean'),
    row('  the whole verb rollback', 'rollback'),
    row("restore point's own cost", 'cost', { unit: 'bytes', peer: of('update'), peerName: 'the update' }),
  ];
}
