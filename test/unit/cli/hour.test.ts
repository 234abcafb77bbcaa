/** How people say when: read in local time, told to the engine in UTC. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readHour } from '../../../electron/cli/text/hour.js';
import { bad, understudy, type RunOptions } from './double.js';
import { rootTree, type RootTree } from './root-tree.js';
import * as values from './values.js';

const now = new Date(2026, 10, 26, 20, 15);

describe('a time', () => {
  test.each([
    ['22:30', new Date(2026, 10, 26, 22, 30)],
    ['6:05', new Date(2026, 10, 27, 6, 5)],
    ['20:15', new Date(2026, 10, 27, 20, 15)],
    ['2026-11-30T06:00', new Date(2026, 10, 30, 6, 0)],
    ['2026-11-30 06:00', new Date(2026, 10, 30, 6, 0)],
    ['2026-11-26T21:00:00Z', new Date('2026-11-26T21:00:00Z')],
  ])('%s', (text, expected) => {
    expect(readHour(text, now)).toBe(expected.toISOString());
  });

  test.each([
    '',
    'tonight',
    '24:00',
    '22:60',
    '2026-02-31T06:00',
    '2026-13-01T06:00',
    '22',
    '*:00',
    '1e3:00',
  ])('is not "%s"', (text) => {
    expect(readHour(text, now)).toBeUndefined();
  });
});

describe('activate', () => {
  let tree: RootTree;
  beforeEach(() => {
    tree = rootTree({ store: true });
  });
  afterEach(() => tree.remove());
  const on = (argv: string[], options: RunOptions = {}) =>
    understudy(['--root', tree.path, ...argv], options);

  test('--at asks with the moment, and passes it on in UTC', async () => {
    const at = new Date(2099, 0, 31, 22, 30).toISOString();
    const { exitCode, stderr, calls } = await on(['activate', '--at', '2099-01-31T22:30'], { typed: 'y\n' });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Switch at 2099-01-31 22:30?');
    expect(calls).toContainEqual(['activate', { stage: values.review.stage, at }]);
  });

  test('what is set says when, and how to take it back', async () => {
    const at = new Date(2099, 0, 31, 22, 30).toISOString();
    const { stdout } = await on(['activate', '--at', '22:30', '--yes'], {
      engine: {
        activate: () =>
          Promise.resolve({
            ok: true,
            value: { ...values.activated, restorePoint: null, scheduled: true, at, how: 'reboot' },
          }),
      },
    });
    expect(stdout).toContain(`${values.activated.stage} is switched to at 2099-01-31 22:30.`);
    expect(stdout).toContain('activate --cancel');
  });

  test('--cancel takes it back and asks nothing', async () => {
    const { exitCode, stdout, calls } = await on(['activate', '--cancel']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('It stays ready.');
    expect(calls.map(([name]) => name)).toEqual(['recover', 'unschedule']);
  });

  test.each([
    [['--at', 'soon'], '--at takes a time'],
    [['--at', '22:30', '--how', 'shutdown'], 'exclude each other'],
    [['--cancel', '--at', '22:30'], 'stands alone'],
    [['--cancel', 'stage-1234'], 'stands alone'],
  ])('%j is not understood', async (argv, words) => {
    const { exitCode, stderr, calls } = await on(['activate', ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(calls).toEqual([]);
  });

  test('where nobody would be there to do it, it says so', async () => {
    const { exitCode, stderr } = await on(['activate', '--at', '22:30', '--yes'], {
      engine: { activate: () => bad('HOUR_UNATTENDED') },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--how shutdown');
  });
});
