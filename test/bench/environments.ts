/**
 * Boot environments on btrfs beside the tools that people use for the same on the same root and the same update: snapper, and timeshift in both of
 * its modes. A rollback by snapshots, ours and timeshift's, is complete with the next start, which is in no row.
 */
import { join } from 'node:path';
import { activate } from '../../electron/engine/activate.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../lab/btrfs-system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { diskImpossible } from '../lab/disk-image.js';
import { benchRoot, type BenchRoot } from './bench-root.js';
import { exclusive, measureSnapper, measureTimeshift, withSnapper } from './environment-peers.js';
import { Figures, type Bench, type BenchRow } from './row.js';
import { timeshiftPackages } from './timeshift.js';
import { timed } from './verbs.js';

const layout = btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'];
const limit = { timeoutMs: 300_000 };
const changedFiles = 1000;

export const benchEnvironments: Bench = {
  name: 'environments',
  impossible: async () => (await debianRootImpossible()) ?? (await diskImpossible('btrfs')),
  run: ({ quick, say }) => switching(quick ? 1 : 3, say),
};

async function switching(runs: number, say: (text: string) => void): Promise<BenchRow[]> {
  say('making a tree with timeshift and 10,000 files of packages on btrfs');
  const bench = await benchRoot(timeshiftPackages);
  let place: BtrfsSystem | undefined;
  const ours = new Figures();
  const peers = {
    snapper: new Figures(),
    "timeshift's btrfs": new Figures(),
    "timeshift's rsync": new Figures(),
  };
  try {
    place = await btrfsSystem(
      layout,
      async (root) => {
        await runOrFault(['cp', '-a', `${bench.root}/.`, root], limit);
      },
      6000,
    );
    const what = { place, packages: bench.selectionFor(changedFiles), files: changedFiles };
    for (let turn = 1; turn <= runs; turn++) {
      const about = `update of ${changedFiles} files, run ${turn}`;
      say(`${about}, understudy`);
      await measureOurs(place, bench, ours);
      if (await withSnapper(place.root)) {
        say(`${about}, snapper`);
        await measureSnapper(what, peers.snapper);
      }
      for (const mode of ['rsync', 'btrfs'] as const) {
        say(`${about}, timeshift with ${mode}`);
        await measureTimeshift(what, mode, peers[`timeshift's ${mode}`]);
      }
    }
    return rowsOf(ours, peers);
  } finally {
    await place?.dispose();
    await bench.close();
  }
}

async function measureOurs(place: BtrfsSystem, bench: BenchRoot, figures: Figures): Promise<void> {
  const { root } = place;
  const selected = bench.selectionFor(changedFiles);
  const staged = await timed(root, (system) => stage(system, { scope: 'selected', selected }));
  figures.add('clone', staged.phases.of('clone'));
  figures.add('changeset', staged.phases.of('compare'));
  const there = await timed(root, (system) => activate(system, { how: 'live' }));
  figures.add('activate', there.seconds);
  figures.add('switch', there.value.switchSeconds);
  figures.add(
    'held',
    there.value.restorePoint === null ? Number.NaN : await exclusive(place, join(place.top, '@understudy')),
  );
  await place.boot();
  figures.add('arrive', (await timed(root, recover)).seconds);
  const back = await timed(root, (system) => rollback(system));
  figures.add('rollback', back.seconds);
  await place.boot();
  figures.add('arrive', (await timed(root, recover)).seconds);
}

function rowsOf(ours: Figures, peers: Readonly<Record<string, Figures>>): BenchRow[] {
  const rows: BenchRow[] = [];
  const row = (name: string, figure: string, unit: BenchRow['unit'] = 's'): void => {
    const mine = { name: `btrfs, ${changedFiles} files: ${name}`, ours: ours.median(figure), unit };
    const others = Object.entries(peers).flatMap(([peerName, figures]) => {
      const peer = figures.median(figure);
      return Number.isNaN(peer) ? [] : [{ ...mine, peer, peerName }];
    });
    rows.push(...(others.length > 0 ? others : [mine]));
  };
  row('clone', 'clone');
  row('changeset', 'changeset');
  row('activate, theirs apt-get in what runs', 'activate');
  row('  of which the switch', 'switch');
  row('what is done at the first start', 'arrive');
  row('rollback', 'rollback');
  row('held beside the running system', 'held', 'bytes');
  return rows;
}
