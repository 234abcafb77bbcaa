/** Quit or stay, starting at login, jumps of the clock, the desktop's bus, and where the app lies. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, PowerMonitor } from 'electron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchClock } from '../../../electron/main/clock.js';
import { hasNotificationActions, hasTrayHost, type AskBus } from '../../../electron/main/desktop-bus.js';
import { helperProgram, type Installation } from '../../../electron/main/helper-program.js';
import { autostartEntry, autostartFile, setStartAtLogin } from '../../../electron/main/login-item.js';
import { latitudeFor, ownCommand } from '../../../electron/main/place.js';
import { quitting } from '../../../electron/main/quit.js';
import { languageFor, wordsIn } from '../../../electron/main/words.js';
import { eventsOf } from './events.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('closing the window', () => {
  function closed({
    stays,
    hasTray,
    reopened = false,
  }: {
    stays: boolean;
    hasTray: boolean;
    reopened?: boolean;
  }) {
    const events = eventsOf<App['on']>();
    const did: string[] = [];
    const quit = quitting({
      app: { on: events.on, quit: () => void did.push('quit') },
      staysInTray: () => stays,
      hasTray: () => Promise.resolve(hasTray),
      isWindowOpen: () => reopened,
      onEnd: () => void did.push('end'),
    });
    return { events, did, quit };
  }

  test.each([
    ['stays, where the user wants it and a panel shows the icon', true, true, []],
    ['ends the app, where no panel shows the icon', true, false, ['quit']],
    ['ends the app, where the user wants it so', false, true, ['quit']],
  ])('%s', async (_what, stays, hasTray, expected) => {
    const { did, quit } = closed({ stays, hasTray });
    quit.onWindowClosed();
    await settled();
    expect(did).toEqual(expected);
  });

  test('ends nothing when the window was opened again meanwhile', async () => {
    const { did, quit } = closed({ stays: false, hasTray: true, reopened: true });
    quit.onWindowClosed();
    await settled();
    expect(did).toEqual([]);
  });

  test('while the app ends asks for nothing more', async () => {
    const { did, quit, events } = closed({ stays: false, hasTray: false });
    events.emit('before-quit');
    quit.onWindowClosed();
    events.emit('will-quit');
    await settled();
    expect(did).toEqual(['end']);
  });

  test('does not let Electron quit by itself', () => {
    expect(closed({ stays: true, hasTray: true }).events.count('window-all-closed')).toBe(1);
  });
});

describe('starting at login', () => {
  test('is a file of the autostart folder, which comes and goes', async () => {
    const file = autostartFile({ XDG_CONFIG_HOME: folder }, '/nowhere');
    expect(file).toBe(join(folder, 'autostart/org.understudy.Understudy.desktop'));
    await setStartAtLogin(true, ['/opt/Understudy/understudy-desktop'], file);
    expect(readFileSync(file, 'utf8')).toContain('Exec="/opt/Understudy/understudy-desktop" "--hidden"\n');
    expect(readdirSync(join(folder, 'autostart'))).toHaveLength(1);
    await setStartAtLogin(false, [], file);
    await setStartAtLogin(false, [], file);
    expect(existsSync(file)).toBe(false);
  });

  test('takes no path that is not absolute from the environment', () => {
    expect(autostartFile({ XDG_CONFIG_HOME: 'here' }, '/home/x')).toBe(
      '/home/x/.config/autostart/org.understudy.Understudy.desktop',
    );
  });

  test('quotes whatever stands in the path of the program', () => {
    const [line] = autostartEntry(['/a b/"c"/$d/`e`/\\f/100%']).match(/^Exec=.*$/m) ?? [];
    expect(line).toBe('Exec="/a b/\\\\"c\\\\"/\\\\$d/\\\\`e\\\\`/\\\\\\\\f/100%%" "--hidden"');
  });

  test('is understood by the desktop’s own validator', (context) => {
    const file = join(folder, 'org.understudy.Understudy.desktop');
    writeFileSync(file, autostartEntry(['/opt/with space/app']));
    const { error, stdout, status } = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' });
    context.skip(error !== undefined, 'needs desktop-file-validate');
    expect([stdout, status]).toEqual(['', 0]);
  });
});

describe('the clock', () => {
  function watched() {
    vi.useFakeTimers();
    const power = eventsOf<PowerMonitor['on']>();
    const time = { wall: 1_000_000, steady: 0 };
    let jumps = 0;
    const stop = watchClock({
      power: { on: power.on, off: power.off },
      onJump: () => void (jumps += 1),
      everyMs: 1000,
      clocks: { wall: () => time.wall, steady: () => time.steady },
    });
    const pass = (wall: number, steady: number): number => {
      time.wall += wall;
      time.steady += steady;
      vi.advanceTimersByTime(1000);
      return jumps;
    };
    return { power, pass, stop, jumps: () => jumps };
  }
  afterEach(() => vi.useRealTimers());

  test('that goes as it should is not told of', () => {
    const { pass, stop } = watched();
    expect([pass(1000, 1000), pass(1010, 1000), pass(60_000, 60_000)]).toEqual([0, 0, 0]);
    stop();
  });

  test.each([
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ])('that jumps %s is told of once', (_where, by) => {
    const { pass, stop } = watched();
    expect([pass(1000 + by, 1000), pass(1000, 1000)]).toEqual([1, 1]);
    stop();
  });

  test('after sleep is told of once', () => {
    const { pass, power, stop, jumps } = watched();
    pass(0, 0);
    power.emit('resume');
    expect(jumps()).toBe(1);
    expect(pass(1000, 1000)).toBe(1);
    stop();
    expect(power.count('resume')).toBe(0);
  });
});

describe('the bus of the desktop', () => {
  const says =
    (text: string): AskBus =>
    () =>
      Promise.resolve(text);
  const fails: AskBus = () => Promise.reject(new Error('no bus'));

  test.each([
    ['b true', true],
    ['b false', false],
    ['', false],
    ['s "b true"', false],
  ])('that answers %j about a panel', async (text, expected) =>
    expect(await hasTrayHost(says(text))).toBe(expected),
  );

  test.each([
    ['as 3 "body" "actions" "icon-static"', true],
    ['as 2 "body" "no-actions"', false],
    ['as 0', false],
    ['"actions"', false],
  ])('that answers %j about notifications', async (text, expected) =>
    expect(await hasNotificationActions(says(text))).toBe(expected),
  );

  test('that is not there offers nothing', async () => {
    expect([await hasTrayHost(fails), await hasNotificationActions(fails)]).toEqual([false, false]);
  });

  test('is asked without starting anything, and for no longer than the limit', async () => {
    // Without a session bus busctl(1) fails at once, with one it answers; neither may take long or throw.
    const started = performance.now();
    expect(typeof (await hasTrayHost())).toBe('boolean');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('where the app lies', () => {
  test('a package takes no development server and has no developer tools', () => {
    const environment = { UNDERSTUDY_DEV_ORIGIN: 'http://127.0.0.1:5173' };
    expect(latitudeFor(true, environment)).toEqual({ devOrigin: null, devTools: false });
    expect(latitudeFor(false, environment)).toEqual({ devOrigin: 'http://127.0.0.1:5173', devTools: true });
  });

  test.each([
    'http://evil.example',
    'http://127.0.0.1:5173/x',
    'https://127.0.0.1:1',
    'http://127.0.0.1.evil.example:1',
    '',
  ])('a checkout takes no development server at %j', (origin) =>
    expect(latitudeFor(false, { UNDERSTUDY_DEV_ORIGIN: origin }).devOrigin).toBeNull(),
  );

  test('it is started again as what it is', () => {
    const app = (isPackaged: boolean) => ({ isPackaged, getAppPath: () => '/checkout' });
    const execPath = '/opt/Understudy/understudy-desktop';
    expect(ownCommand(app(false), { env: {}, execPath })).toEqual([execPath, '/checkout']);
    expect(ownCommand(app(true), { env: {}, execPath })).toEqual([execPath]);
    expect(ownCommand(app(true), { env: { APPIMAGE: '/home/x/U.AppImage' }, execPath })).toEqual([
      '/home/x/U.AppImage',
    ]);
  });
});

describe('the helper of a package', () => {
  const installation = (more: Partial<Installation> = {}): Installation => ({
    isPackaged: true,
    resources: join(folder, 'resources'),
    version: '1.2.3',
    environment: { XDG_CACHE_HOME: join(folder, 'cache') },
    ...more,
  });
  beforeEach(() => {
    mkdirSync(join(folder, 'resources/runtime'), { recursive: true });
    mkdirSync(join(folder, 'resources/program/dist/program'), { recursive: true });
    writeFileSync(join(folder, 'resources/runtime/node'), 'node', { mode: 0o755 });
    writeFileSync(join(folder, 'resources/program/dist/program/helper.js'), 'main');
  });

  test('in a checkout is the services’ own', async () => {
    expect(await helperProgram(installation({ isPackaged: false }))).toBeUndefined();
  });

  test('lies beside the archive, with a Node of its own', async () => {
    expect(await helperProgram(installation())).toEqual({
      node: join(folder, 'resources/runtime/node'),
      main: join(folder, 'resources/program/dist/program/helper.js'),
      isElectron: false,
    });
  });

  test('of an AppImage is copied to where root can read it, once', async () => {
    const environment = { XDG_CACHE_HOME: join(folder, 'cache'), APPIMAGE: '/x' };
    const [program, again] = await Promise.all([
      helperProgram(installation({ environment })),
      helperProgram(installation({ environment })),
    ]);
    const place = join(folder, 'cache/understudy');
    expect(program).toEqual(again);
    expect(program?.node).toBe(join(place, 'helper-1.2.3/runtime/node'));
    expect(readFileSync(program!.main, 'utf8')).toBe('main');
    expect(readdirSync(place)).toEqual(['helper-1.2.3']);
    rmSync(join(folder, 'resources'), { recursive: true });
    expect(await helperProgram(installation({ environment }))).toEqual(program);
  });

  test('of an older AppImage goes after a month without use; what is not its own stays', async () => {
    const environment = { XDG_CACHE_HOME: join(folder, 'cache'), APPIMAGE: '/x' };
    const place = join(folder, 'cache/understudy');
    const before = new Date(Date.now() - 40 * 24 * 3_600_000);
    for (const name of ['helper-1.0.0', 'helper-1.1.0', 'new-abc', 'practice']) {
      mkdirSync(join(place, name), { recursive: true });
      if (name !== 'helper-1.1.0') utimesSync(join(place, name), before, before);
    }
    await helperProgram(installation({ environment }));
    expect(readdirSync(place).sort()).toEqual(['helper-1.1.0', 'helper-1.2.3', 'practice']);
  });
});

describe('the words', () => {
  test.each([
    ['system', ['de-AT', 'en'], 'de'],
    ['system', ['fr-FR', 'de'], 'de'],
    ['system', ['fr-FR'], 'en'],
    ['system', [], 'en'],
    ['en', ['de'], 'en'],
    ['de', ['en'], 'de'],
  ] as const)('chosen %s on a system of %j are %s', (chosen, system, expected) =>
    expect(languageFor(chosen, system)).toBe(expected),
  );

  test('count in either language', () => {
    expect(wordsIn('de').line('waiting', 1)).toBe('1 Aktualisierung wartet');
    expect(wordsIn('de').line('waiting', 2000)).toBe('2.000 Aktualisierungen warten');
    expect(wordsIn('en').line('waiting', 2000)).toBe('2,000 updates are waiting');
    expect(wordsIn('en').line('waiting', null)).toBe('updates are waiting');
  });
});
