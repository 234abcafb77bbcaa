/**
 * The main job through the command line on a real Debian tree with real pending updates, a new kernel among them: made
 * from the main suite alone, with the security suite switched on afterwards.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { run } from '../../electron/engine/process/run.js';
import type { CheckReport } from '../../shared/check.js';
import { reviewSchema } from '../../shared/changeset.js';
import type { Activated, RolledBack, Staged } from '../../shared/history.js';
import type { Plan } from '../../shared/plan.js';
import { debianRoot, debianRootImpossible } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';
import { inTree } from '../lab/practice-system.js';
import { differences, manifestOf } from '../lab/tree-difference.js';

const impossible = await debianRootImpossible();
const launcher = new URL('../../electron/cli/understudy.js', import.meta.url).pathname;

describe.skipIf(impossible)(`the main job on a Debian tree (${impossible ?? 'runs'})`, () => {
  let root = '';
  let before: ManifestEntry[] = [];
  let planned: Plan;

  /** The value of the verb's result, in JSON; the exit code is checked. */
  async function understudy<T>(...words: string[]): Promise<T> {
    const result = await run([process.execPath, launcher, '--root', root, '--json', ...words], {
      timeoutMs: 900_000,
    });
    expect(result.status, result.stdout.slice(-2000) + result.stderr).toBe(0);
    const last = result.stdout.trimEnd().split('\n').at(-1) ?? '';
    const answer = JSON.parse(last) as { type: string; ok: boolean; value: T };
    expect(answer).toMatchObject({ type: 'result', ok: true });
    return answer.value;
  }

  beforeAll(async () => {
    root = await debianRoot({
      variant: 'minbase',
      include: ['linux-image-amd64', 'systemd-sysv', 'udev', 'openssl', 'openssh-server'],
      suites: ['security'],
    });
    before = await manifestOf(root);
  }, 900_000);
  afterAll(() => removeRoot(root));

  it('checks', { timeout: 120_000 }, async () => {
    const report = await understudy<CheckReport>('check');
    expect(report.result).not.toBe('block');
    expect(report.checks.length).toBeGreaterThan(8);
  });

  it('plans', { timeout: 300_000 }, async () => {
    planned = await understudy<Plan>('plan', '--scope', 'all');
    expect(planned.changes.length).toBeGreaterThan(5);
    expect(planned.changes.some((change) => change.kernel && change.action === 'install')).toBe(true);
    expect(planned.downloadBytes).toBeGreaterThan(10e6);
    expect(await differences(before, await manifestOf(root))).toEqual([]);
  });

  it('stages, and the tree does not change at any moment', { timeout: 900_000 }, async () => {
    let done = false;
    const staging = understudy<Staged>('stage').finally(() => (done = true));
    let looks = 0;
    while (!done) {
      expect(await differences(before, await manifestOf(root))).toEqual([]);
      looks += 1;
    }
    const staged = await staging;
    expect(staged.ready).toBe(true);
    expect(looks).toBeGreaterThan(3);
    expect(await differences(before, await manifestOf(root))).toEqual([]);
  });

  it('reviews, with the new kernel proved', { timeout: 300_000 }, async () => {
    const review = reviewSchema.parse(await understudy('review'));
    expect(review.ready).toBe(true);
    expect(review.proofs.find(({ id }) => id === 'kernels')).toMatchObject({ result: 'pass' });
    expect(review.files.some(({ path, kind }) => path.includes('boot/vmlinuz-') && kind === 'added')).toBe(
      true,
    );
  });

  it(
    'activates: the package database is clean and the versions are the new ones',
    { timeout: 300_000 },
    async () => {
      const activated = await understudy<Activated>('activate', '--how', 'live', '--yes');
      console.log(`activated in ${activated.seconds} s, the switch itself ${activated.switchSeconds} s`);
      expect((await inTree(root, ['dpkg', '--audit'])).trim()).toBe('');
      expect((await inTree(root, ['dpkg', '--verify'])).trim()).toBe('');
      const versions = new Map(
        (await inTree(root, ['dpkg-query', '-W', '-f', '${Package}:${Architecture} ${Version}\n']))
          .trim()
          .split('\n')
          .map((line) => line.split(' ') as [string, string]),
      );
      for (const { name, architecture, to } of planned.changes) {
        if (to !== null) expect(versions.get(`${name}:${architecture}`), name).toBe(to);
      }
      expect(readdirSync(join(root, 'boot')).filter((name) => name.startsWith('vmlinuz-')).length).toBe(2);
    },
  );

  it('rolls back: the tree is the one before, byte for byte', { timeout: 300_000 }, async () => {
    const back = await understudy<RolledBack>('rollback', '--yes');
    console.log(`rolled back, the switch itself ${back.switchSeconds} s`);
    expect(await differences(before, await manifestOf(root))).toEqual([]);
  });
});
