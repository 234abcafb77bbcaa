import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withStoreLock } from '../../../electron/engine/journal/lock.js';
import { changeSettings, settings } from '../../../electron/engine/settings.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import type { Problem } from '../../../shared/errors.js';
import { defaultSystemSettings, type SettingsChange } from '../../../shared/settings.js';

let folder: string;
let root: string;
let file: string;
let system: System;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-settings-'));
  root = join(folder, 'root');
  for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, name), { recursive: true });
  file = join(root, 'etc/understudy/settings.json');
  system = openSystem(root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const given = (content: string | Buffer): void => {
  mkdirSync(join(root, 'etc/understudy'), { recursive: true });
  writeFileSync(file, content);
};
const text = (other: object = {}): string => JSON.stringify({ ...defaultSystemSettings, ...other });
const codeOf = async (outcome: Promise<{ ok: boolean; problem?: Problem }>): Promise<string | undefined> =>
  (await outcome).problem?.code;

describe('the settings of a system', () => {
  it('are those that come with Understudy where none were made, and reading makes none', async () => {
    expect(await settings(system)).toEqual({ ok: true, value: defaultSystemSettings });
    expect(readdirSync(join(root, 'etc'))).toEqual([]);
    expect(system.settings).toMatchObject({ keepRestorePoints: 3, batteryPercent: 30 });
  });

  it('that a file of before does not name are those that come with Understudy', async () => {
    const before = (key: string, value: unknown): unknown =>
      ['rehearsalBoot', 'keepModulesDays', 'installOnReboot', 'upgradeOnReboot'].includes(key)
        ? undefined
        : value;
    given(JSON.stringify(defaultSystemSettings, before));
    expect(await settings(system)).toEqual({ ok: true, value: defaultSystemSettings });
    given(text({ rehearsalBoot: 'always' }));
    expect(openSystem(root).settings.rehearsalBoot).toBe('always');
    // What is not named in a change stays.
    await changeSettings(system, { batteryPercent: 20 });
    expect(openSystem(root).settings).toMatchObject({ rehearsalBoot: 'always', batteryPercent: 20 });
  });

  it('of the file hold for every verb, unless the caller says otherwise', () => {
    given(text({ keepRestorePoints: 7, restorePointBytes: 1024 ** 3, batteryPercent: 55 }));
    expect(openSystem(root).settings).toMatchObject({
      keepRestorePoints: 7,
      restorePointBytes: 1024 ** 3,
      batteryPercent: 55,
    });
    expect(openSystem(root, { settings: { batteryPercent: 0 } }).settings).toMatchObject({
      keepRestorePoints: 7,
      batteryPercent: 0,
    });
  });

  const damages: [string, () => void][] = [
    ['is empty', () => given('')],
    ['is torn', () => given(text().slice(0, 60))],
    ['is no JSON', () => given(Buffer.from([0xff, 0x00]))],
    ['is of another shape', () => given('[]')],
    ['has a value out of range', () => given(text({ keepRestorePoints: 0 }))],
    ['has a field too many', () => given(text({ command: 'reboot' }))],
    ['lacks a field', () => given('{"version":1}')],
    ['is too large', () => given(text().padEnd(70_000))],
    ['is a folder', () => mkdirSync(file, { recursive: true })],
    [
      'is a link',
      () => {
        given('');
        rmSync(file);
        writeFileSync(join(folder, 'elsewhere'), text({ keepRestorePoints: 9 }));
        symlinkSync(join(folder, 'elsewhere'), file);
      },
    ],
    [
      'is a fifo',
      () => {
        given('');
        rmSync(file);
        execFileSync('mkfifo', [file]);
      },
    ],
  ];
  it.each(damages)(
    'are the ones that come with Understudy, and it says so, when the file %s',
    async (_, harm) => {
      harm();
      expect(await codeOf(settings(system))).toBe('SETTINGS_DAMAGED');
      const told: Problem[] = [];
      expect(await settings(system, { onProblem: (problem) => void told.push(problem) })).toEqual({
        ok: true,
        value: defaultSystemSettings,
      });
      expect(told.map(({ code }) => code)).toEqual(['SETTINGS_DAMAGED']);
      expect(openSystem(root).settings.keepRestorePoints).toBe(3);
    },
  );

  it('of a newer Understudy are not guessed at', async () => {
    given(JSON.stringify({ version: 2, keepRestorePoints: { newest: 4 } }));
    expect(await codeOf(settings(system))).toBe('STATE_NEWER');
    expect(openSystem(root).settings.keepRestorePoints).toBe(3);
  });

  it('are not read through a link in place of the folder', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere/settings.json'), text({ keepRestorePoints: 9 }));
    symlinkSync(join(folder, 'elsewhere'), join(root, 'etc/understudy'));
    expect(await codeOf(settings(system))).toBe('SETTINGS_DAMAGED');
    expect(openSystem(root).settings.keepRestorePoints).toBe(3);
  });
});

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)('changing settings (needs root)', () => {
  const change = (wanted: SettingsChange) => changeSettings(system, wanted);

  it('changes what was named and nothing else', async () => {
    await change({ keepRestorePoints: 5, automatic: { enabled: false } });
    const outcome = await change({ batteryPercent: 20, automatic: { fromHour: 22 } });
    const wanted = {
      ...defaultSystemSettings,
      keepRestorePoints: 5,
      batteryPercent: 20,
      automatic: { ...defaultSystemSettings.automatic, enabled: false, fromHour: 22 },
    };
    expect(outcome).toEqual({ ok: true, value: wanted });
    expect(await settings(system)).toEqual({ ok: true, value: wanted });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(wanted);
    expect(readdirSync(join(root, 'etc/understudy'))).toEqual(['settings.json']);
  });

  it('leaves a file that everyone may read and root alone may write, and the time of the folder above', async () => {
    const before = statSync(join(root, 'etc'), { bigint: true }).mtimeNs;
    const mask = process.umask(0o077);
    try {
      await change({ keepRestorePoints: 5 });
    } finally {
      process.umask(mask);
    }
    expect(statSync(file).mode & 0o7777).toBe(0o644);
    expect(statSync(join(root, 'etc/understudy')).mode & 0o7777).toBe(0o755);
    expect([statSync(file).uid, statSync(file).gid]).toEqual([0, 0]);
    expect(statSync(join(root, 'etc'), { bigint: true }).mtimeNs).toBe(before);
  });

  it('keeps a damaged file beside the new one', async () => {
    given('{"version":1,"keepRestorePoints":99}');
    expect(await change({ batteryPercent: 10 })).toMatchObject({
      ok: true,
      value: { batteryPercent: 10, keepRestorePoints: 3 },
    });
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe('{"version":1,"keepRestorePoints":99}');
    await change({ batteryPercent: 11 });
    expect(readFileSync(`${file}.damaged`, 'utf8')).toContain('99');
  });

  it('writes nothing over the file of a newer Understudy', async () => {
    given('{"version":2}');
    expect(await codeOf(change({ batteryPercent: 10 }))).toBe('STATE_NEWER');
    expect(readFileSync(file, 'utf8')).toBe('{"version":2}');
    expect(readdirSync(join(root, 'etc/understudy'))).toEqual(['settings.json']);
  });

  it('follows no link that was planted for it', async () => {
    const bait = join(folder, 'bait');
    writeFileSync(bait, 'mine');
    given('');
    rmSync(file);
    symlinkSync(bait, file);
    symlinkSync(bait, `${file}.new`);
    expect((await change({ batteryPercent: 10 })).ok).toBe(true);
    expect(readFileSync(bait, 'utf8')).toBe('mine');
    expect(lstatSync(file).isFile()).toBe(true);
    expect(lstatSync(`${file}.damaged`).isSymbolicLink()).toBe(true);

    rmSync(join(root, 'etc/understudy'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(root, 'etc/understudy'));
    expect((await change({ batteryPercent: 10 })).ok).toBe(false);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a value out of range', { keepRestorePoints: 51 }],
    ['an hour that is none', { automatic: { toHour: 24 } }],
    ['a field that is none', { command: 'reboot' }],
    ['a prototype', JSON.parse('{"__proto__":{"keepRestorePoints":5}}')],
  ])('refuses %s and writes nothing', async (_, wanted) => {
    expect(await codeOf(change(wanted as SettingsChange))).toBe('USAGE');
    expect(existsSync(join(root, 'etc/understudy'))).toBe(false);
  });

  it('waits for nobody: it is refused while another Understudy works', async () => {
    await withStoreLock(system, async () => {
      expect(await codeOf(change({ batteryPercent: 10 }))).toBe('BUSY_UNDERSTUDY');
    });
    expect(existsSync(file)).toBe(false);
  });

  it('is refused to an ordinary user, who may read them', async () => {
    await change({ keepRestorePoints: 5 });
    for (const path of [folder, root]) chmodSync(path, 0o755);
    const module = new URL('../../../dist/electron/engine/', import.meta.url).pathname;
    const script = `
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const { openSystem } = await import('${module}system.js');
      const { settings, changeSettings } = await import('${module}settings.js');
      const system = openSystem(${JSON.stringify(root)});
      console.log(JSON.stringify([await settings(system), await changeSettings(system, { keepRestorePoints: 6 })]));`;
    const [read, written] = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        timeout: 30_000,
      }),
    ) as [{ value: { keepRestorePoints: number } }, { problem: Problem }];
    expect(read.value.keepRestorePoints).toBe(5);
    expect(written.problem.code).toBe('NOT_ROOT');
  });
});
