import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { reporter, silent } from '../../../electron/engine/report.js';
import { Fault } from '../../../electron/engine/fault.js';
import { areaOf } from '../../../electron/engine/review/area.js';
import { isReady, makeReview, type ReviewInput } from '../../../electron/engine/review/make-review.js';
import { verifyStage } from '../../../electron/engine/review/verify-stage.js';
import { reviewSchema, type Conflict, type Proof } from '../../../shared/changeset.js';
import { progressEventSchema, type ProgressEvent } from '../../../shared/progress.js';
import {
  changesBetween,
  samplePackages,
  samplePair,
  samplePlan,
  stageOf,
  type SampleTree,
} from './sample-tree.js';

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => {
  ({ before, after, clean } = samplePair());
  for (const tree of [before, after])
    tree.file('etc/passwd', 'root:x:0:0::/:/bin/sh\n').file('etc/group', 'root:x:0:\n');
});
afterEach(() => clean());

const passed: Proof = { id: 'packages', result: 'pass', sentence: 'Fine.', details: [] };
const review = (parts: Partial<ReviewInput> = {}) =>
  makeReview({
    stage: 'stage-1',
    plan: samplePlan,
    changes: changesBetween(before, after),
    packages: samplePackages(),
    conflicts: [],
    proofs: [passed],
    system: { root: raw(before.root), isRunning: false, signal: new AbortController().signal },
    ...parts,
  });

describe('a review', () => {
  it('sums up the files by area, sorted, and fits its schema', async () => {
    before.file('usr/bin/gone', '12345').file('etc/same', 'x').file('var/lib/dpkg/status', 'old');
    after
      .file('usr/bin/new', '123')
      .file('usr/lib/link-target', 'ab')
      .link('usr/lib/link', 'link-target')
      .file('etc/same', 'xy')
      .file('boot/vmlinuz-1', 'kernel')
      .file('var/lib/dpkg/status', 'newer')
      .file('var/lib/other', 's')
      .file('srv/www/index', '');
    const made = await review();
    expect(reviewSchema.parse(made)).toEqual(made);
    const paths = made.files.map((file) => file.path);
    expect(paths).toEqual([...paths].sort());
    const totals = Object.fromEntries(made.totals.map(({ area, ...rest }) => [area, rest]));
    expect(totals).toMatchObject({
      programs: { added: 4, changed: 0, removed: 1, bytes: 5 },
      configuration: { added: 0, changed: 1, removed: 0, bytes: 2 },
      boot: { added: 2, bytes: 6 },
      'package database': { changed: 1, bytes: 5 },
      state: { added: 1, bytes: 1 },
      other: { added: 3, bytes: 0 },
    });
    expect(made).toMatchObject({
      stage: 'stage-1',
      plan: samplePlan,
      packages: [],
      conflicts: [],
      services: [],
      ready: true,
    });
  });

  it('carries conflicts, and is not ready when a proof failed or none was made', async () => {
    const conflict: Conflict = {
      id: 'conflict-0123456789abcdef',
      path: 'etc/a',
      package: 'a',
      beside: 'etc/a.old',
      kept: 'theirs',
      decided: true,
      mine: 'mine',
      theirs: 'theirs',
    };
    const failed: Proof = { ...passed, result: 'fail' };
    const made = await review({ conflicts: [conflict], proofs: [passed, failed] });
    expect(made.conflicts).toEqual([conflict]);
    expect(made.ready).toBe(false);
    expect(isReady([])).toBe(false);
    expect(
      isReady([
        { ...passed, result: 'warn' },
        { ...passed, result: 'skipped' },
      ]),
    ).toBe(true);
  });

  it('looks at running programs only where the tree is the running system', async () => {
    mkdirSync(before.at('usr/bin'), { recursive: true });
    copyFileSync('/bin/cat', before.at('usr/bin/daemon'));
    const child = spawn(before.at('usr/bin/daemon'), [], { stdio: 'pipe' });
    try {
      child.stdin.write('ready\n');
      await once(child.stdout, 'data');
      expect((await review()).services).toEqual([]);
      const system = { root: raw(before.root), isRunning: true, signal: new AbortController().signal };
      expect((await review({ system })).services).toMatchObject([{ pid: child.pid, process: 'daemon' }]);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('knows the area of every path', () => {
    const database = ['var/lib/dpkg', 'var/lib/apt/extended_states'] as RawPath[];
    const area = (path: string) => areaOf(path as RawPath, database);
    expect(['usr', 'usr/bin/x', 'opt/x', 'lib64', 'bin'].map(area)).toEqual(Array(5).fill('programs'));
    expect([area('etc'), area('etc/x'), area('etcetera')]).toEqual([
      'configuration',
      'configuration',
      'other',
    ]);
    expect([area('boot/grub/grub.cfg'), area('vmlinuz')]).toEqual(['boot', 'boot']);
    expect([
      area('var/lib/dpkg/status'),
      area('var/lib/dpkg-x'),
      area('var/lib/apt/extended_states'),
    ]).toEqual(['package database', 'state', 'package database']);
  });
});

describe('verifying a staged environment', () => {
  it('makes every proof in order and reports its progress as one phase', async () => {
    const events: ProgressEvent[] = [];
    const proofs = await verifyStage(
      stageOf(before, after),
      reporter((event) => events.push(event)),
    );
    expect(proofs.map((proof) => `${proof.id} ${proof.result}`)).toEqual([
      'packages pass',
      'libraries pass',
      'kernels pass',
      'units pass',
      'identity pass',
    ]);
    expect(
      events.every((event) => progressEventSchema.safeParse(event).success && event.phase === 'verify'),
    ).toBe(true);
    expect(events.at(0)?.type).toBe('phase-started');
    expect(events.at(-2)).toMatchObject({ type: 'progress', done: 5, total: 5, unit: 'steps' });
    expect(events.at(-1)?.type).toBe('phase-ended');
  });

  it('makes a failed proof of a package manager that cannot answer, and goes on', async () => {
    const packages = samplePackages({
      audit: () => Promise.reject(new Fault('COMMAND_FAILED', 'dpkg --audit: status 2')),
    });
    const proofs = await verifyStage(stageOf(before, after, { packages }), silent);
    expect(proofs).toHaveLength(5);
    expect(proofs[0]).toMatchObject({
      id: 'packages',
      result: 'fail',
      details: ['A system command failed.', 'dpkg --audit: status 2'],
    });
  });

  it('makes a failed proof of a tree that cannot be read', async () => {
    const broken = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    const packages = samplePackages({
      installed: () => {
        throw broken;
      },
    });
    const [proof] = await verifyStage(stageOf(before, after, { packages }), silent);
    expect(proof).toMatchObject({
      result: 'fail',
      sentence: 'It could not be proved that the package database is consistent.',
      details: [broken.message],
    });
  });

  it('does not hide a bug, and stops when it is cancelled', async () => {
    const packages = samplePackages({ audit: () => Promise.reject(new TypeError('a bug')) });
    await expect(verifyStage(stageOf(before, after, { packages }), silent)).rejects.toThrow('a bug');
    const signal = AbortSignal.abort();
    await expect(verifyStage(stageOf(before, after, { signal }), silent)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const stop = new AbortController();
    const stopping = samplePackages({
      audit: () => {
        stop.abort();
        return Promise.reject(new Fault('CANCELLED'));
      },
    });
    await expect(
      verifyStage(stageOf(before, after, { packages: stopping, signal: stop.signal }), silent),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
