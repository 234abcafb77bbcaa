/**
 * Staging real updates of Debian against plain apt-get in a plain chroot: the same packages, fetched beforehand on both sides,
 * each time in a fresh copy of the tree.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activate } from '../../electron/engine/activate.js';
import { plan } from '../../electron/engine/plan.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { debianRoot, debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { ownBytesOf, restorePointFolder } from './own-bytes.js';
import { Figures, seconds, type Bench, type BenchRow } from './row.js';
import { timed } from './verbs.js';

const minutes = 60_000;

export const benchStaging: Bench = {
  name: 'staging',
  impossible: debianRootImpossible,
  async run({ quick, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-staging-'));
    const source = await debianRoot({ suites: ['security'], include: ['systemd', 'udev'] });
    const figures = new Figures();
    const at = (name: string): string => join(folder, name);
    try {
      say('fetching the updates, once for both sides');
      await prefetch(source);
      for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
        for (const side of ['apt', 'ours'] as const) {
          say(`staging, run ${turn + 1}, ${side === 'apt' ? 'plain apt-get' : 'understudy'}`);
          await runOrFault(['cp', '-a', source, at(side)], { timeoutMs: 5 * minutes });
          await runOrFault(['sync', '--file-system', folder], { timeoutMs: 5 * minutes });
          await (side === 'apt' ? peer(at(side), figures) : ours(at(side), figures));
          rmSync(at(side), { recursive: true, force: true });
        }
      }
    } finally {
      removeRoot(source);
      rmSync(folder, { recursive: true, force: true });
    }
    return rowsOf(figures);
  },
};

/** Fills the package caches of both sides by what each of them does itself. */
async function prefetch(root: string): Promise<void> {
  await aptGet(root, 'update');
  await aptGet(root, '--download-only', '-o', 'APT::Keep-Downloaded-Packages=true', 'dist-upgrade');
  // A staging fetches before it rehearses; its clone is thrown away.
  const staged = await timed(root, (system) => stage(system, { scope: 'all' }));
  rmSync(join(root, 'var/lib/understudy/stages', staged.value.stage), { recursive: true });
}

async function peer(root: string, figures: Figures): Promise<void> {
  figures.add('peer update', await seconds(() => aptGet(root, 'update')));
  figures.add('peer upgrade', await seconds(() => aptGet(root, 'dist-upgrade')));
}

async function ours(root: string, figures: Figures): Promise<void> {
  const planned = await timed(root, (system) => plan(system, { scope: 'all', selected: [] }));
  figures.add('packages', planned.value.changes.length);
  const staged = await timed(root, (system) => stage(system, { scope: 'all' }));
  figures.add('stage', staged.seconds);
  figures.add('stage without index', staged.seconds - staged.phases.of('refresh'));
  figures.add('rehearse', staged.phases.of('rehearse'));
  figures.add('update', staged.value.bytes);
  const switched = await timed(root, (system) => activate(system, { how: 'live' }));
  figures.add('activate', switched.seconds);
  figures.add('cost', ownBytesOf(restorePointFolder(root, switched.value.restorePoint ?? '')));
  figures.add('rollback', (await timed(root, (system) => rollback(system))).seconds);
}

/** As an administrator would in a chroot: with /proc, in namespaces that end with the command. */
async function aptGet(root: string, ...argv: readonly string[]): Promise<void> {
  mkdirSync(join(root, 'proc'), { recursive: true });
  const result = await run(
    [
      'unshare',
      ...['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`],
      ...['chroot', root, 'apt-get', '-y', ...argv],
    ],
    { timeoutMs: 10 * minutes, environment: { DEBIAN_FRONTEND: 'noninteractive' } },
  );
  if (result.ended !== 'exit' || result.status !== 0)
    throw new Error(`apt-get ${argv.join(' ')}: ${result.stdout.slice(-500)}${result.stderr.slice(-1000)}`);
}

function rowsOf(figures: Figures): BenchRow[] {
  const of = (name: string): number => figures.median(name);
  const target = { atMost: 1.15, of: 'ratio' } as const;
  const about = `${of('packages')} packages`;
  const upgrade = { peer: of('peer upgrade'), peerName: 'apt-get dist-upgrade', unit: 's' } as const;
  return [
    { name: `staging ${about}: the rehearsal alone`, ours: of('rehearse'), ...upgrade, target },
    { name: '  with clone, proofs and seal', ours: of('stage without index'), ...upgrade, target },
    {
      name: '  the whole verb stage, index renewed',
      ours: of('stage'),
      peer: of('peer update') + of('peer upgrade'),
      peerName: 'apt-get update, dist-upgrade',
      unit: 's',
      target,
    },
    { name: `activate ${about}, the whole verb`, ours: of('activate'), unit: 's' },
    { name: `rollback ${about}, the whole verb`, ours: of('rollback'), unit: 's' },
    {
      name: `restore point's own cost, ${about}`,
      ours: of('cost'),
      peer: of('update'),
      peerName: 'the update',
      unit: 'bytes',
    },
  ];
}
