/** The timer of systemd for a switch at a moment, judged by systemd itself. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { hasHourTimer, timerCommand } from '../../../electron/engine/hour-timer.js';

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const calendarOf = (at: string): string =>
  timerCommand(at)
    .find((argument) => argument.startsWith('--on-calendar='))
    ?.slice('--on-calendar='.length) ?? '';

test('starts the helper, and nothing else', () => {
  expect(timerCommand('2026-11-26T22:00:00.000Z')).toEqual([
    'systemd-run',
    '--quiet',
    '--unit=understudy-helper.service',
    '--on-calendar=2026-11-26 22:00:00 UTC',
    '--timer-property=AccuracySec=1s',
  ]);
});

test('never comes before the moment', () => {
  expect(calendarOf('2026-12-31T23:59:59.001Z')).toBe('2027-01-01 00:00:00 UTC');
});

describe.skipIf(!hasAnalyze)('systemd-analyze calendar (needs systemd)', () => {
  test('understands it as this one moment', () => {
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['calendar', '--iterations=3', calendarOf('2099-11-26T22:00:00.000Z')],
      { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } },
    );
    expect(status).toBe(0);
    expect(stdout).toContain('Next elapse: Thu 2099-11-26 22:00:00 UTC');
    expect(stdout).not.toContain('Iteration #2');
  });
});

test('a system that does not run has none', async () => {
  expect(await hasHourTimer({ isRunning: false, signal: new AbortController().signal })).toBe(false);
});
