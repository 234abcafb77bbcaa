import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../shared/errors.js';
import { defaultSystemSettings, type SystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import { helper, moment, planned, staged, status, switched } from '../services/status.js';
import { bad, good, understudy, type RunOptions } from './double.js';
import { rootTree, type RootTree } from './root-tree.js';
import * as values from './values.js';

let tree: RootTree;
beforeEach(() => {
  tree = rootTree({ store: false });
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(moment(60)) });
});
afterEach(() => {
  vi.useRealTimers();
  tree.remove();
});
const on = (argv: string[], engine: RunOptions['engine'] = {}) =>
  understudy(['--root', tree.path, ...argv], { engine });

const always: SystemSettings = {
  ...defaultSystemSettings,
  automatic: { ...defaultSystemSettings.automatic, fromHour: 0, toHour: 0, onlyWhenIdle: false },
};
const calm = {
  ...values.machine,
  power: { onMains: true, batteryPercent: null },
  network: { connected: true, metered: false, source: 'kernel' as const },
};
const engine = (told: Partial<Status> = {}, settings = always): NonNullable<RunOptions['engine']> => ({
  status: () => good(status(told)),
  settings: () => good(settings),
  inspect: () => good(calm),
});

describe('understudy status', () => {
  test('the state in a sentence, the next step, the schedule in words, who looked', async () => {
    const { stdout, exitCode } = await on(['status'], engine({ staged: staged() }));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stage-0001 is ready to switch to, by soft-reboot, in about 20 s.');
    expect(stdout).toMatch(/^Next: understudy --root \S+ review$/m);
    expect(stdout).toContain('The newest update is staged already. It is looked at again at 2026-11-21');
    expect(stdout).toContain('by this command itself, no helper runs');
  });

  test.each([
    [{}, 'Automatic staging is due.'],
    [{ helper: { ...helper, privileged: false } }, 'Without root nothing is staged automatically from here.'],
    [{ automatic: { lastAttempt: moment(50), lastSuccess: null, failures: 1 } }, 'The last attempt failed'],
  ])('the schedule: %j', async (told, words) => {
    expect((await on(['status'], engine(told))).stdout).toContain(words);
  });

  test('what a start could not bring over is told as long as it is the newest switch', async () => {
    const told = { latest: switched({ arrival: values.arrival }) };
    const { stdout } = await on(['status'], engine(told));
    expect(stdout).toContain('The environment that runs could not take over everything.\n');
    expect(stdout).toContain('/var/lib/understudy/kept/point-1, under their own paths:');
    expect(stdout).toContain('Files kept aside\n  /etc/motd\n');
    expect(stdout).toContain('passwd: anna could log in before, and could not any more.');
  });

  test('a live patch that is held back is told', async () => {
    const told = { heldBack: [{ release: '6.1.0-49-amd64', name: 'fix_net', since: moment(1) }] };
    const { stdout } = await on(['status'], engine(told));
    expect(stdout).toContain('The live patch fix_net for 6.1.0-49-amd64 is held back');
    expect(stdout).toMatch(/livepatch"/);
  });

  test('power and network have their say', async () => {
    const onBattery = {
      ...engine(),
      inspect: () => good({ ...calm, power: { onMains: false, batteryPercent: 80 } }),
    };
    expect((await on(['status'], onBattery)).stdout).toContain('The machine runs on battery');
    // What does not depend on them needs no inspection.
    const off = { ...always, automatic: { ...always.automatic, enabled: false } };
    const blind = { ...engine({}, off), inspect: () => Promise.reject(new Error('inspected')) };
    expect((await on(['status'], blind)).stdout).toContain('Automatic staging is switched off.');
  });

  test('settings that cannot be read are those that come with it', async () => {
    const damaged = { ...engine({ staged: staged() }), settings: () => bad('SETTINGS_DAMAGED') };
    expect((await on(['status'], damaged)).stdout).toContain('staged already');
  });

  test('for programs', async () => {
    const { stdout } = await on(['status', '--json'], engine({ plan: planned() }));
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      value: {
        update: { state: 'planned', plan: 'plan-0001', changes: 5 },
        connection: 'in-process',
        schedule: { reason: 'due' },
        status: { plan: { id: 'plan-0001' } },
      },
    });
  });

  test('what this user may not read is said', async () => {
    const unseen = [{ what: 'What was done so far', why: 'This needs root.' }];
    expect((await on(['status'], engine({ unseen }))).stdout).toContain(
      'What was done so far: This needs root.',
    );
  });

  test('a code of a newer helper is shown with its own sentence', async () => {
    const reason = { ...problem('INTERNAL'), code: 'OF_TOMORROW' as 'INTERNAL', sentence: 'It is new.' };
    const told = await on(['status'], engine({ problem: reason }));
    expect(told.stdout).toContain('It is new. [OF_TOMORROW]');
    const failed = await on(['history'], { history: () => Promise.resolve({ ok: false, problem: reason }) });
    expect([failed.exitCode, failed.stderr.includes('It is new.')]).toEqual([1, true]);
  });
});

describe('understudy settings', () => {
  const changes: unknown[] = [];
  const changing = {
    ...engine(),
    change: (_system: unknown, change: unknown) => {
      changes.push(change);
      return good(defaultSystemSettings);
    },
  };
  beforeEach(() => void changes.splice(0));

  test('shows every one under its name', async () => {
    const { stdout } = await on(['settings']);
    const { automatic, ...own } = defaultSystemSettings;
    for (const name of Object.keys(own).filter((key) => key !== 'version')) expect(stdout).toContain(name);
    for (const name of Object.keys(automatic)) expect(stdout).toContain(`automatic.${name}`);
  });

  test('changes several at once', async () => {
    const { exitCode } = await on(
      [
        'settings',
        'keepRestorePoints=5',
        'restorePointBytes=20GB',
        'rehearsalBoot=off',
        'automatic.enabled=no',
        'automatic.scope=security',
        'automatic.pausedUntil=none',
      ],
      changing,
    );
    expect(exitCode).toBe(0);
    expect(changes).toEqual([
      {
        keepRestorePoints: 5,
        restorePointBytes: 20_000_000_000,
        rehearsalBoot: 'off',
        automatic: { enabled: false, scope: 'security', pausedUntil: null },
      },
    ]);
  });

  test.each([
    'keepRestorePoints=0',
    'keepRestorePoints=1.5',
    'keepRestorePoints=',
    'keepRestorePoints',
    'batteryPercent=101',
    'rehearsalBoot=no',
    'restorePointBytes=5',
    'automatic.fromHour=24',
    'automatic.enabled=maybe',
    'automatic.pausedUntil=tomorrow',
    'automatic={}',
    'version=2',
    'unknown=1',
    '__proto__=1',
    'automatic.__proto__=1',
    '=1',
  ])('%s is refused with the reason', async (pair) => {
    const { exitCode, stderr } = await on(
      ['settings', 'keepRestorePoints=5', pair].slice(pair.startsWith('keep') ? 1 : 0),
      changing,
    );
    expect([exitCode, changes]).toEqual([2, []]);
    expect(stderr).toContain('[USAGE]');
  });

  test('the same one twice is refused', async () => {
    expect((await on(['settings', 'batteryPercent=5', 'batteryPercent=6'], changing)).exitCode).toBe(2);
  });
});

describe('understudy stage --automatic', () => {
  const staging = (told: Partial<Status> = {}, settings = always) => {
    const asked: unknown[] = [];
    const all = {
      ...engine(told, settings),
      stage: (_system: unknown, options: unknown) => {
        asked.push(options);
        return good(values.staged);
      },
    };
    return { asked, all };
  };

  test('stages in the background when it is due', async () => {
    const { asked, all } = staging({}, { ...always, automatic: { ...always.automatic, scope: 'security' } });
    const { exitCode, stdout } = await on(['stage', '--automatic'], all);
    expect([exitCode, asked]).toEqual([0, [{ scope: 'security', selected: [], background: true }]]);
    expect(stdout).toContain('Staged stage-aaaa1111');
  });

  test('says why not, and succeeds, when it is not', async () => {
    const { asked, all } = staging({ staged: staged() });
    const { exitCode, stdout } = await on(['stage', '--automatic'], all);
    expect([exitCode, asked]).toEqual([0, []]);
    expect(stdout).toContain('Nothing was staged.\nThe newest update is staged already.');
  });

  test('does not stage again what is staged and still the newest', async () => {
    const old = staged({ created: moment(-3 * 24 * 60), plan: values.plan.id });
    const same = staging({ staged: old });
    expect((await on(['stage', '--automatic'], same.all)).stdout).toContain('staged already');
    expect(same.asked).toEqual([]);
    const other = staging({ staged: { ...old, plan: 'plan-0009' } });
    await on(['stage', '--automatic'], other.all);
    expect(other.asked).toHaveLength(1);
  });

  test('takes no plan and no scope', async () => {
    expect((await on(['stage', '--automatic', 'plan-0001'])).exitCode).toBe(2);
    expect((await on(['stage', '--automatic', '--scope', 'all'])).exitCode).toBe(2);
  });
});

test('--elevate has no meaning for another root tree', async () => {
  expect((await on(['--elevate', 'stage'])).exitCode).toBe(2);
});
