/**
 * The proofs on a clone of this very machine: an overlay over `/` in namespaces of its own, changed by commands that run inside
 * it, verified by the machine's own systemd-analyze. Nothing outside the private folder is ever written.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../../electron/engine/environments/session/open-session.js';
import type { Session } from '../../../electron/engine/environments/environment.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { changesOf } from '../../../electron/engine/environments/tree/overlay-changes.js';
import { overlayView, type Layer } from '../../../electron/engine/environments/tree/overlay-view.js';
import { outsideEnvironment } from '../../../electron/engine/environments/areas.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { makeReview } from '../../../electron/engine/review/make-review.js';
import type { StageToVerify } from '../../../electron/engine/review/verify-stage.js';
import { verifyStage } from '../../../electron/engine/review/verify-stage.js';
import { silent } from '../../../electron/engine/report.js';
import { reviewSchema, type Proof } from '../../../shared/changeset.js';
import { samplePackages, samplePlan } from '../../unit/review/sample-tree.js';

const isRoot = process.getuid?.() === 0;
const hasAnalyze = existsSync('/usr/bin/systemd-analyze');

let folder: string;
let layers: Layer[];
let session: Session;

beforeEach(async () => {
  if (!isRoot) return;
  folder = mkdtempSync(join(tmpdir(), 'understudy-clone-'));
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
  layers = [{ mount: '' as RawPath, kind: 'overlay', lower: raw('/'), upper: raw(join(folder, 'upper')) }];
  session = await openSession({
    layers: [
      { mount: '', kind: 'overlay', lower: '/', upper: join(folder, 'upper'), work: join(folder, 'work') },
    ],
    binds: [],
    mountPoint: join(folder, 'root'),
    network: 'none',
    hidden: [],
    userNamespace: false,
  });
});
afterEach(async () => {
  if (!isRoot) return;
  await session.close();
  rmSync(folder, { recursive: true, force: true });
});

const inside = async (...argv: [string, ...string[]]): Promise<void> => {
  const result = await session.run(argv, { timeoutMs: 30_000 });
  expect(result, argv.join(' ')).toMatchObject({ ended: 'exit', status: 0 });
};
const write = async (path: string, content: string): Promise<void> => {
  const result = await session.run(['tee', path], { timeoutMs: 30_000, input: content, keepBytes: 1 });
  expect(result, path).toMatchObject({ ended: 'exit', status: 0 });
};
const stage = (): StageToVerify => ({
  view: overlayView(layers),
  before: plainView(raw('/')),
  changes: changesOf(layers, outsideEnvironment),
  session,
  packages: samplePackages(),
  plan: samplePlan,
  runningKernel: null,
  signal: new AbortController().signal,
});
const proofs = async (): Promise<Record<string, Proof>> =>
  Object.fromEntries((await verifyStage(stage(), silent)).map((proof) => [proof.id, proof]));

describe.skipIf(!isRoot)('a clone of this machine (needs root)', () => {
  it('passes when nothing was changed, and makes a review that fits its schema', async () => {
    const made = await verifyStage(stage(), silent);
    expect(made.filter((proof) => proof.result !== 'pass')).toEqual([]);
    await write('/etc/understudy-test.conf', 'x\n');
    const { changes, packages, plan, signal } = stage();
    const system = { root: raw('/'), isRunning: true, signal };
    const review = await makeReview({
      stage: 'stage-1',
      plan,
      changes,
      packages,
      conflicts: [],
      proofs: made,
      system,
    });
    expect(reviewSchema.parse(review)).toMatchObject({ ready: true });
    expect(review.files.map((file) => file.path)).toContain('etc/understudy-test.conf');
  });

  it('fails when a library is removed that programs outside the update need', async () => {
    const libraries = readdirSync('/usr/lib')
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join('/usr/lib', name));
    const link = libraries.map((path) => join(path, 'liblzma.so.5')).find((path) => existsSync(path));
    expect(link).toBeDefined();
    await inside('rm', link!, realpathSync(link!));
    const { libraries: proof } = await proofs();
    expect(proof?.result).toBe('fail');
    // xz itself, or libarchive, or whatever else this machine has: each named program fails to start in the clone
    expect(proof?.details.length).toBeGreaterThan(0);
    const program = proof?.details
      .map((detail) => detail.split(':')[0])
      .find((path) => path?.startsWith('usr/bin/'));
    if (program === undefined) return;
    const started = await session.run([`/${program}`, '--version'], { timeoutMs: 30_000 });
    expect(started.stderr).toContain('liblzma.so.5: cannot open shared object file');
  });

  it('fails for damaged account files', async () => {
    await write('/etc/group', 'root:x:0\n');
    expect((await proofs())['identity']).toMatchObject({ result: 'fail' });
  });

  it.skipIf(!hasAnalyze)('verifies changed units with the real systemd-analyze (needs systemd)', async () => {
    const units = '/etc/systemd/system';
    await write(`${units}/good.service`, '[Unit]\nDescription=good\n[Service]\nExecStart=/usr/bin/sleep 1\n');
    await write(`${units}/good@.service`, '[Service]\nExecStart=/usr/bin/sleep %i\n');
    await write(`${units}/good.timer`, '[Timer]\nOnCalendar=daily\n');
    await write(`${units}/good.path`, '[Path]\nPathExists=/etc/x\n');
    await write(`${units}/good.target`, '[Unit]\nDescription=good\nRequires=no-such.service\n');
    await inside('ln', '-s', '/dev/null', `${units}/masked.service`);
    expect((await proofs())['units']).toMatchObject({
      result: 'pass',
      sentence: '5 changed units verified by systemd-analyze.',
    });

    await write(
      `${units}/remark.service`,
      '[Unit]\nFoo=bar\n[Service]\nExecStart=/usr/bin/sleep 1\nUMask=zz\n',
    );
    const remarks = (await proofs())['units'];
    expect(remarks).toMatchObject({
      result: 'warn',
      details: [expect.stringContaining('Foo'), expect.stringContaining('zz')],
    });

    await write(`${units}/absent.service`, '[Service]\nExecStart=/usr/bin/absent-program\n');
    await write(`${units}/template@.service`, '[Service]\nExecStart=/usr/bin/absent-program %i\n');
    await write(`${units}/nothing.service`, '[Service]\nType=simple\n');
    await write(`${units}/syntax.service`, '[Service\nExecStart=/usr/bin/sleep 1\n');
    await write(`${units}/never.timer`, '[Timer]\nOnCalendar=rubbish\n');
    const failed = (await proofs())['units'];
    expect(failed?.result).toBe('fail');
    for (const name of [
      'absent.service',
      'template@.service',
      'nothing.service',
      'syntax.service',
      'never.timer',
    ])
      expect(
        failed?.details.some((detail) => detail.startsWith(`${name}: `)),
        `${name} in ${failed?.details.join('\n')}`,
      ).toBe(true);
    expect(failed?.details.some((detail) => detail.startsWith('good'))).toBe(false);
  });

  it.skipIf(!hasAnalyze)(
    "finds none of this machine's own units worse than before when all of them change (needs systemd)",
    async () => {
      const folders = ['/usr/lib/systemd/system', '/lib/systemd/system']
        .filter((path) => existsSync(path))
        .slice(0, 1);
      // a comment more in every unit file; masked (empty) ones and links stay as they are
      const found = await session.run(['find', ...folders, '-maxdepth', '1', '-type', 'f', '-size', '+0'], {
        timeoutMs: 30_000,
      });
      const files = found.stdout.trim().split('\n');
      const result = await session.run(['sed', '-i', '1i # changed', ...files], { timeoutMs: 60_000 });
      expect(result.status).toBe(0);
      const proof = (await proofs())['units'];
      expect(proof?.details.filter((detail) => !detail.includes('as before the update'))).toEqual([]);
      expect(proof?.result).not.toBe('fail');
      expect(Number(/^\d+/.exec(proof?.sentence ?? '')?.[0])).toBeGreaterThan(20);
    },
  );

  it.skipIf(!hasAnalyze)(
    'only warns for a refused unit that was refused before the update (needs systemd)',
    async () => {
      const refused = ['[Service]\nType=simple\n', '[Service]\nType=simple\n# changed\n'] as const;
      const unit = '/etc/systemd/system/understudy-refused.service';
      await write(unit, refused[1]);
      expect((await proofs())['units']?.result).toBe('fail');
      // a tree before the update that has the same fault: this machine's, with one unit file more
      const before = plainView(raw('/'));
      await write('/etc/understudy-old-unit', refused[0]);
      const old = raw(join(folder, 'upper/etc/understudy-old-unit'));
      const path = unit.slice(1);
      const withUnit = {
        ...before,
        locate: (each: RawPath) => (each === path ? old : before.locate(each)),
        resolve: (each: RawPath) => (each === path ? old : before.resolve(each)),
      };
      const made = await verifyStage({ ...stage(), before: withUnit }, silent);
      expect(made.find((proof) => proof.id === 'units')).toMatchObject({ result: 'warn' });
    },
  );
});
