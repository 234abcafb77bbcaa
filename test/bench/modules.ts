/**
 * Keeping the modules of the running kernel over a transaction, beside the practice on Arch: rsync makes a copy before, and brings back after
 * what is not there any more. Both on the same tree, on a file system of their own; between the two the whole folder is removed.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { debianRoot, debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { diskImpossible, openDisks } from '../lab/disk-image.js';
import { guestPackages } from '../lab/guest/guest.js';
import { script } from '../lab/kernel-modules.js';
import { Figures, seconds, type Bench, type BenchRow } from './row.js';

const limit = { timeoutMs: 300_000 };

export const benchModules: Bench = {
  name: 'modules',
  impossible: async () => {
    if ((await run(['rsync', '--version'], limit)).ended !== 'exit') return 'needs rsync';
    return (await debianRootImpossible()) ?? (await diskImpossible('ext4'));
  },
  async run({ quick, say }) {
    say('making a tree of modules');
    const disks = openDisks();
    const [ours, rsync] = [new Figures(), new Figures()];
    try {
      const root = join(disks.folder, 'root');
      await disks.mount('ext4', root, 2048);
      const top = join(root, 'usr/lib/modules');
      const release = await modulesIn(top);
      const sides = [
        { figures: ours, before: keep(root, release), after: bringBack(root, release) },
        { figures: rsync, before: copy(top, release), after: copyBack(top, release) },
      ];
      for (let round = 0; round < (quick ? 1 : 5); round++)
        for (const { figures, before, after } of sides) {
          await runOrFault(['sync', '-f', top], limit);
          const used = await bytesIn(top);
          let time = await seconds(() => runOrFault(before, limit));
          figures.add('bytes', (await bytesIn(top)) - used);
          rmSync(join(top, release), { recursive: true });
          await runOrFault(['sync', '-f', top], limit);
          time += await seconds(() => runOrFault(after, limit));
          figures.add('seconds', time);
          rmSync(join(top, 'backup'), { recursive: true, force: true });
        }
    } finally {
      await disks.dispose();
    }
    return rows(ours, rsync);
  },
};

type Argv = [string, ...string[]];
const keep = (root: string, release: string): Argv => [script, '--root', root, '--release', release, 'keep'];
const bringBack = (root: string, release: string): Argv => [
  script,
  '--root',
  root,
  '--release',
  release,
  'restore',
];
const copy = (top: string, release: string): Argv => [
  'rsync',
  '-AHXal',
  '--delete-after',
  join(top, release),
  join(top, 'backup/'),
];
const copyBack = (top: string, release: string): Argv => [
  'rsync',
  '-AHXal',
  '--ignore-existing',
  join(top, 'backup', release),
  top,
];

/** Those of a Debian kernel; answers its release. */
async function modulesIn(top: string): Promise<string> {
  const debian = await debianRoot({ variant: 'minbase', include: guestPackages });
  try {
    mkdirSync(top, { recursive: true });
    const from = join(debian, 'usr/lib/modules');
    cpSync(from, top, { recursive: true, verbatimSymlinks: true });
    return readdirSync(from)[0] ?? '';
  } finally {
    removeRoot(debian);
  }
}

/** What the disk holds, each file once, whatever its names. */
async function bytesIn(folder: string): Promise<number> {
  const { stdout } = await runOrFault(['du', '--summarize', '--block-size=1', folder], limit);
  return Number(stdout.split('\t')[0]);
}

function rows(ours: Figures, rsync: Figures): BenchRow[] {
  const row = (name: string, figure: string, unit: BenchRow['unit'], atMost: number): BenchRow => ({
    name,
    ours: ours.median(figure),
    peer: rsync.median(figure),
    peerName: 'rsync -AHXal',
    unit,
    target: { of: 'ratio', atMost },
  });
  return [
    row('keeping modules over a removal: bytes on the disk', 'bytes', 'bytes', 0.01),
    row('keeping modules over a removal: time before and after', 'seconds', 's', 0.1),
  ];
}
