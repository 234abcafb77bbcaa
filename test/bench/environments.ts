/**
 * Boot environments on btrfs beside the tools that people use for the same on the same root and the same update: snapper with snapshots,
 * and timeshift's way without them: rsync with hard links to the copy before (`--link-dest`).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { activate } from '../../electron/engine/activate.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../lab/btrfs-system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { diskImpossible } from '../lab/disk-image.js';
import { benchRoot, type BenchRoot } from './bench-root.js';
import { Figures, seconds, type Bench, type BenchRow } from './row.js';
import { timed } from './verbs.js';

const layout = btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'];
const limit = { timeoutMs: 300_000 };
const changedFiles = 1000;

export const benchEnvironments: Bench = {
  name: 'environments',
  impossible: async () => (await debianRootImpossible()) ?? (await diskImpossible('btrfs')),
  async run({ quick, say }) {
    const runs = quick ? 1 : 3;
    return switching(runs, say);
  },
};

async function switching(runs: number, say: (text: string) => void): Promise<BenchRow[]> {
  say('making a tree with 10,000 files of packages on btrfs');
  const bench = await benchRoot();
  let place: BtrfsSystem | undefined;
  const [ours, snapper, rsync] = [new Figures(), new Figures(), new Figures()];
  try {
    place = await btrfsSystem(
      layout,
      async (root) => {
        await runOrFault(['cp', '-a', `${bench.root}/.`, root], limit);
      },
      4000,
    );
    const hasSnapper = await withSnapper(place.root);
    for (let turn = 1; turn <= runs; turn++) {
      say(`update of ${changedFiles} files, run ${turn}`);
      await measureOurs(place, bench, ours);
      await measurePeers(place, bench, { snapper: hasSnapper ? snapper : undefined, rsync });
    }
    return rowsOf(ours, hasSnapper ? snapper : undefined, rsync);
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
  figures.add('held', there.value.restorePoint === null ? Number.NaN : await heldBy(place));
  await place.boot();
  figures.add('arrive', (await timed(root, recover)).seconds);
  const back = await timed(root, (system) => rollback(system));
  figures.add('rollback', back.seconds);
  await place.boot();
  figures.add('arrive', (await timed(root, recover)).seconds);
}

/** Bytes that are neither in the running tree nor shared with it, as `btrfs filesystem du` counts the exclusive ones. */
async function heldBy({ root, top }: BtrfsSystem): Promise<number> {
  await runOrFault(['sync', '--file-system', root], limit);
  const { stdout } = await runOrFault(
    ['btrfs', 'filesystem', 'du', '--summarize', '--raw', join(top, '@understudy')],
    limit,
  );
  return Number(stdout.trim().split('\n').at(-1)?.trim().split(/\s+/)[1]);
}

/** The same update as anybody would do it with them: a snapshot before, the update in the running tree, and all of it undone. */
async function measurePeers(
  place: BtrfsSystem,
  bench: BenchRoot,
  { snapper, rsync }: { readonly snapper: Figures | undefined; readonly rsync: Figures },
): Promise<void> {
  const { root, top } = place;
  const update = ['chroot', root, 'apt-get', 'install', '--yes', '-q', ...bench.selectionFor(changedFiles)];
  await runOrFault(['chroot', root, 'apt-get', 'update', '-q'], limit);
  const copies = join(top, 'timeshift');
  const copy = async (name: string, ...more: readonly string[]): Promise<void> => {
    await runOrFault(
      ['rsync', '-aAXH', '--one-file-system', '--delete', ...more, `${root}/`, join(copies, name)],
      limit,
    );
  };
  mkdirSync(copies);
  await copy('first');
  rsync.add('clone', await seconds(() => copy('before', `--link-dest=${join(copies, 'first')}`)));
  const asked = ['--no-dbus', '--root', root] as const;
  const create = (...more: readonly string[]): string =>
    execFileSync('snapper', [...asked, 'create', '--print-number', ...more], { encoding: 'utf8' }).trim();
  let number = '';
  snapper?.add('clone', await seconds(() => void (number = create('--type', 'pre'))));
  await runOrFault(update as [string, ...string[]], { timeoutMs: 600_000 });
  if (snapper) {
    let after = '';
    snapper.add(
      'activate',
      await seconds(() => void (after = create('--type', 'post', '--pre-number', number))),
    );
    const between = `${number}..${after}`;
    let listed = '';
    const changes = (): void => {
      listed = execFileSync('snapper', [...asked, 'status', between], {
        maxBuffer: 2 ** 28,
        encoding: 'utf8',
      });
    };
    snapper.add('changeset', await seconds(changes));
    if (listed.split('\n').length < changedFiles)
      throw new Error(`snapper saw no update: ${listed.slice(0, 500)}`);
    execFileSync('snapper', [...asked, 'delete', between.replace('..', '-')]);
  }
  const back = ['rsync', '-aAXH', '--one-file-system', '--delete', `${join(copies, 'before')}/`, `${root}/`];
  const exclude = ['--exclude=/var/lib/understudy', '--exclude=/.snapshots', '--exclude=/@understudy'];
  const restore = [...back, ...exclude] as [string, ...string[]];
  requireVersion(root, '2');
  rsync.add('rollback', await seconds(() => runOrFault(restore, limit)));
  requireVersion(root, '1');
  rmSync(copies, { recursive: true });
}

/** Throws where a file of the update has the content of another version: nothing was measured then. */
function requireVersion(root: string, version: string): void {
  const file = join(root, 'usr/share/understudy-bench-a/folder-0/file-1.txt');
  if (!readFileSync(file, 'utf8').includes(`.txt ${version}\n`)) throw new Error(`${file} is not ${version}`);
}

/** Puts snapper's configuration into the tree; false where there is no snapper. */
async function withSnapper(root: string): Promise<boolean> {
  if ((await run(['snapper', '--version'], { timeoutMs: 10_000 })).ended !== 'exit') return false;
  mkdirSync(join(root, 'etc/snapper/configs'), { recursive: true });
  mkdirSync(join(root, 'etc/default'), { recursive: true });
  writeFileSync(join(root, 'etc/default/snapper'), 'SNAPPER_CONFIGS="root"\n');
  copyFileSync('/usr/share/snapper/config-templates/default', join(root, 'etc/snapper/configs/root'));
  if (!existsSync(join(root, '.snapshots')))
    await runOrFault(['btrfs', 'subvolume', 'create', join(root, '.snapshots')], limit);
  return true;
}

function rowsOf(ours: Figures, snapper: Figures | undefined, rsync: Figures): BenchRow[] {
  const rows: BenchRow[] = [];
  const row = (name: string, figure: string, unit: BenchRow['unit'] = 's'): void => {
    const mine = { name: `btrfs, ${changedFiles} files: ${name}`, ours: ours.median(figure), unit };
    const peers = [
      { figures: snapper, peerName: 'snapper' },
      { figures: rsync, peerName: "timeshift's rsync" },
    ].flatMap(({ figures, peerName }) => {
      const peer = figures?.median(figure) ?? Number.NaN;
      return Number.isNaN(peer) ? [] : [{ ...mine, peer, peerName }];
    });
    rows.push(...(peers.length > 0 ? peers : [mine]));
  };
  row('clone', 'clone');
  row('changeset', 'changeset');
  row('the whole verb activate', 'activate');
  row('  of which the switch', 'switch');
  row('what is done at the first start', 'arrive');
  row('rollback', 'rollback');
  row('held beside the running system', 'held', 'bytes');
  return rows;
}
