/** `understudy changelog`: the words of a package's makers, harmless. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bad, good, understudy, type RunOptions } from './double.js';
import { rootTree, type RootTree } from './root-tree.js';
import * as values from './values.js';

let tree: RootTree;
beforeEach(() => {
  tree = rootTree({ store: true });
});
afterEach(() => tree.remove());
const on = (argv: string[], options: RunOptions = {}) => understudy(['--root', tree.path, ...argv], options);

test('is shown line by line, with the versions and where it is from', async () => {
  const { exitCode, stdout, calls } = await on(['changelog', 'openssl']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('openssl 3.0.17-1~deb12u2 → 3.0.17-1~deb12u3 (from the staged environment)');
  expect(stdout).toContain('\n  * Fix a read beyond the end.\n');
  expect(calls).toContainEqual(['changelog', { name: 'openssl' }]);
});

test('reaches a terminal as text alone', async () => {
  const text = 'openssl (2) a; b\n\u001b[31m  * red\u202e\n';
  const { stdout } = await on(['changelog', 'openssl', '2'], {
    engine: { changelog: () => good({ ...values.changelog, text, cut: true }) },
  });
  expect(stdout).toContain('\n  * red\n');
  for (const control of ['\u001b', '\u202e']) expect(stdout).not.toContain(control);
  expect(stdout).toContain('The rest is left out.');
});

test.each([
  [[], 'is missing'],
  [['--', '-o'], 'is no package name'],
  [['../x'], 'is no package name'],
  [['openssl', '1 2'], 'is no version'],
  [['openssl', '1', '2'], 'Nothing is expected'],
])('%j is not understood', async (argv, words) => {
  const { exitCode, stderr, calls } = await on(['changelog', ...argv]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(words);
  expect(calls).toEqual([]);
});

test('one that cannot be found says so', async () => {
  const { exitCode, stderr } = await on(['changelog', 'openssl'], {
    engine: { changelog: () => bad('CHANGELOG_UNAVAILABLE') },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('understudy stage');
});
