/**
 * The same update as anybody would do it with other tools: a snapshot before, the update in the running tree, and all of it undone. What is called
 * `activate` is then apt-get itself: the system that runs is the old one before it, the new one after it, and something of both meanwhile.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import type { BtrfsSystem } from '../lab/btrfs-system.js';
import { seconds, type Figures } from './row.js';
import { withTimeshift, type TimeshiftMode } from './timeshift.js';

const limit = { timeoutMs: 600_000 };

/** The update: what it is called, and how many files it changes. */
export interface PeerUpdate {
  readonly place: BtrfsSystem;
  readonly packages: readonly string[];
  readonly files: number;
}

async function refresh({ place: { root } }: PeerUpdate): Promise<void> {
  await runOrFault(['chroot', root, 'apt-get', 'update', '-q'], limit);
}

async function update({ place: { root }, packages }: PeerUpdate): Promise<void> {
  await runOrFault(['chroot', root, 'apt-get', 'install', '--yes', '-q', ...packages], limit);
}

async function takeBack({ place: { root } }: PeerUpdate, copy: string): Promise<void> {
  const exclude = ['--exclude=/var/lib/understudy', '--exclude=/.snapshots', '--exclude=/home'];
  await runOrFault(['rsync', '-aAXH', '--delete', ...exclude, `${copy}/`, `${root}/`], limit);
}

/** Throws where a file of the update has the content of another version: nothing was measured then. */
function requireVersion({ place: { root } }: PeerUpdate, version: string, story = ''): void {
  const file = join(root, 'usr/share/understudy-bench-a/folder-0/file-1.txt');
  if (!readFileSync(file, 'utf8').includes(`.txt ${version}\n`))
    throw new Error(`${file} is not ${version}\n${story}`);
}

/** Puts snapper's configuration into the tree; false where there is no snapper. */
export async function withSnapper(root: string): Promise<boolean> {
  if ((await run(['snapper', '--version'], { timeoutMs: 10_000 })).ended !== 'exit') return false;
  mkdirSync(join(root, 'etc/snapper/configs'), { recursive: true });
  mkdirSync(join(root, 'etc/default'), { recursive: true });
  writeFileSync(join(root, 'etc/default/snapper'), 'SNAPPER_CONFIGS="root"\n');
  copyFileSync('/usr/share/snapper/config-templates/default', join(root, 'etc/snapper/configs/root'));
  // It is none any more in a root that was made of a snapshot; the commands say what is one.
  const folder = join(root, '.snapshots');
  if ((await run(['btrfs', 'subvolume', 'show', folder], limit)).status === 0) return true;
  rmSync(folder, { recursive: true, force: true });
  await runOrFault(['btrfs', 'subvolume', 'create', folder], limit);
  return true;
}

export async function measureSnapper(what: PeerUpdate, figures: Figures): Promise<void> {
  const { root } = what.place;
  const snapper = (...words: readonly string[]): string =>
    execFileSync('snapper', ['--no-dbus', '--root', root, ...words], {
      maxBuffer: 2 ** 28,
      encoding: 'utf8',
    }).trim();
  const create = (...more: readonly string[]): string => snapper('create', '--print-number', ...more);
  await refresh(what);
  let [before, after, listed] = ['', '', ''];
  figures.add('clone', await seconds(() => void (before = create('--type', 'pre'))));
  const done = async (): Promise<void> => {
    await update(what);
    after = create('--type', 'post', '--pre-number', before);
  };
  figures.add('activate', await seconds(done));
  requireVersion(what, '2');
  figures.add('changeset', await seconds(() => void (listed = snapper('status', `${before}..${after}`))));
  if (listed.split('\n').length < what.files)
    throw new Error(`snapper saw no update: ${listed.slice(0, 500)}`);
  figures.add('held', await exclusive(what.place, join(root, '.snapshots', before, 'snapshot')));
  // `undochange` looks at the root of the machine, whatever `--root` says: there is no figure, and the tree is made what it was.
  await takeBack(what, join(root, '.snapshots', before, 'snapshot'));
  requireVersion(what, '1');
  snapper('delete', `${before}-${after}`);
}

export async function measureTimeshift(
  what: PeerUpdate,
  mode: TimeshiftMode,
  figures: Figures,
): Promise<void> {
  const { place } = what;
  await refresh(what);
  await withTimeshift(place, mode, async ({ create, restore, folder, story, clear }) => {
    const requireCopies = (count: number): void => {
      const found = readdirSync(folder).length;
      if (found !== count) throw new Error(`timeshift has ${found} copies instead of ${count}\n${story()}`);
    };
    // Those after the first are what one has day by day: with rsync they are links to the one before.
    if (mode === 'rsync') {
      figures.add('first', await seconds(create));
      await nextMoment();
    }
    figures.add('clone', await seconds(create));
    requireCopies(mode === 'rsync' ? 2 : 1);
    figures.add('activate', await seconds(() => update(what)));
    requireVersion(what, '2');
    if (mode === 'btrfs') figures.add('held', await exclusive(place, folder));
    else figures.add('held', await ownBytes(folder));
    await nextMoment();
    figures.add('rollback', await seconds(restore));
    if (mode === 'btrfs') await place.boot();
    requireVersion(what, '1', story());
    await clear();
  });
}

/** timeshift names its copies by the second. */
const nextMoment = (): Promise<void> => wait(1100);

/** Bytes that nothing else shares, as `btrfs filesystem du` counts the exclusive ones. */
export async function exclusive({ root }: BtrfsSystem, folder: string): Promise<number> {
  await runOrFault(['sync', '--file-system', root], limit);
  const argv = ['btrfs', 'filesystem', 'du', '--summarize', '--raw', folder] as const;
  const { stdout } = await runOrFault(argv, limit);
  return Number(stdout.trim().split('\n').at(-1)?.trim().split(/\s+/)[1]);
}

/** Of copies, which share nothing but with each other. */
async function ownBytes(folder: string): Promise<number> {
  const { stdout } = await runOrFault(['du', '--summarize', '--block-size=1', folder], limit);
  return parseInt(stdout, 10);
}
