/** `understudy backup`: what is kept, whether it is good, and who came back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as values from './backup-values.js';
import { good, understudy, type RunOptions } from './double.js';
import { rootTree } from './root-tree.js';

let tree: ReturnType<typeof rootTree>;
beforeAll(() => {
  tree = rootTree({ store: false });
});
afterAll(() => tree.remove());

const on = (argv: string[], options: RunOptions = {}) => understudy(['--root', tree.path, ...argv], options);
const shown = async (argv: string[], options: RunOptions = {}) => (await on(argv, options)).stdout;

test('what is kept, whether it is good, and who came back', async () => {
  const text = await shown(['backup']);
  expect(text).toContain('Backups of the accounts in /recovery/understudy-identity');
  expect(text).toMatch(/identity-20261127-120000-abcdef +good .*made before a restore/);
  expect(text).toMatch(/identity-20261126-120000-abcdef +DAMAGED +shadow is missing/);
  expect(await shown(['backup', 'list'])).toBe(text);
  expect(await shown(['backup', 'identity'])).toContain('Removed the old backup identity-20260101');
  const verified = await on(['backup', 'verify', 'identity-20261127-120000-abcdef']);
  expect(verified.stdout).toContain('Missing here:\n  user eve\n  group eve\n');
  expect(verified.calls).toEqual([['verifyBackup', { id: 'identity-20261127-120000-abcdef' }]]);
  const damaged = { ...values.backupVerified, missing: [], problems: ['shadow is missing'] };
  expect(await on(['backup', 'verify'], { engine: { verifyBackup: () => good(damaged) } })).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(/DAMAGED .*\n {2}shadow is missing/),
  });
  expect(await shown(['backup', 'restore'])).toContain('Came back:\n  user eve');
  const would = await on(['backup', 'restore', '--dry-run']);
  expect(would.stdout).toContain('Would come back:\n  user eve');
  expect(would.calls).toEqual([['restoreIdentity', { dryRun: true }]]);
});
