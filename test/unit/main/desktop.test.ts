/** The whole desktop over a double of Electron: what is chosen anywhere arrives at the real services, and what happens there shows. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionFacts } from '../../../electron/services/connection/connection.js';
import { startDesktop, type Desktop } from '../../../electron/main/desktop.js';
import { pageUrl } from '../../../electron/main/scheme.js';
import { firstState } from '../../../electron/main/window-place.js';
import { readBuiltFiles } from '../../../electron/services/page/built-files.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import { problem, type Outcome } from '../../../shared/errors.js';
import { doubledApp, pageFolder, type DoubledApp, type HelperAnswer } from '../../lab/app-double.js';
import { staged, status } from '../services/status.js';
import { electronDouble, type ElectronDouble } from './electron-double.js';

const restorePoint = { id: 'point-1', created: '2026-11-20T10:00:00Z', title: 'Before the update' };
let app: DoubledApp;
let page: ReturnType<typeof pageFolder>;
let double: ElectronDouble;
let electron: ReturnType<typeof electronDouble>['electron'];
let answer: HelperAnswer;
let logins: boolean[];
let hasTray: boolean;
let looks: string[];

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  answer = (verb) =>
    Promise.resolve<Outcome<unknown>>(
      verb === 'change'
        ? { ok: true, value: defaultSystemSettings }
        : { ok: false, problem: problem('HELPER_UNREACHABLE') },
    );
  app = doubledApp((verb, params) => answer(verb, params), { practice: false });
  page = pageFolder();
  ({ double, electron } = electronDouble());
  [logins, hasTray, looks] = [[], true, []];
});
afterEach(() => {
  electron.app.quit();
  app.close();
  page.remove();
});

async function start(more: { hidden?: boolean } = {}): Promise<Desktop> {
  const { app: services, stores, connection, scheduler } = app;
  const noted = <T>(name: string, value: T) => {
    looks.push(name);
    return Promise.resolve(value);
  };
  return startDesktop(electron, {
    opened: {
      app: services,
      stores,
      connection: { ...connection, attempt: () => noted('attempt', connection.facts) },
      scheduler: { ...scheduler, look: () => noted('look', scheduler.current) },
    },
    files: await readBuiltFiles(page.folder),
    latitude: { devOrigin: null, devTools: false },
    preload: '/preload.cjs',
    icons: '/icons',
    desktop: 'KDE',
    windowMemory: { value: () => firstState, write: () => true },
    setStartAtLogin: (wanted) => {
      logins.push(wanted);
      return Promise.resolve();
    },
    hasTray: () => Promise.resolve(hasTray),
    hasNotificationActions: () => Promise.resolve(true),
    hidden: false,
    ...more,
  });
}

const events = () => double.windows.at(-1)!.contents.sent.map(([, event]) => event);

test('opens a hardened window on the app’s own page', async () => {
  await start();
  const [window] = double.windows;
  expect(window!.did).toEqual([`load ${pageUrl}`]);
  expect(window!.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    preload: '/preload.cjs',
  });
  expect(window!.contents.windowOpen).toBeDefined();
  expect(double.session.permissionRequest).toBeDefined();
  expect(double.session.isCancelled('https://example.org/')).toBe(true);
  expect(double.session.isCancelled(pageUrl)).toBe(false);
  expect([...double.session.schemes.keys()]).toEqual(['understudy']);
});

test('the page asks, and hears what happens', async () => {
  await start();
  expect(await double.invoke('state')).toMatchObject({ ok: true, value: { practice: false } });
  await double.invoke('prefer', { change: { language: 'de' } });
  expect(events()).toContainEqual(expect.objectContaining({ kind: 'preferences' }));
});

describe('the tray', () => {
  test('shows the state from the first moment on', async () => {
    await start();
    expect(double.trays).toHaveLength(1);
    expect(double.trays[0]!.toolTip).toContain('The helper is not running');
  });

  test('leads to the rollback, to the wizard and to the window', async () => {
    await start();
    await double.invoke('state');
    app.tellStatus(status({ restorePoint }));
    const [tray] = double.trays;
    tray!.choose('Roll back last update…');
    tray!.choose('Update…');
    tray!.choose('Open Understudy');
    expect(events().filter((event) => (event as { kind: string }).kind === 'show')).toEqual([
      { kind: 'show', page: 'rollback' },
      { kind: 'show', page: 'wizard' },
    ]);
    expect(double.windows).toHaveLength(1);
  });

  test('leads there also when the window was closed', async () => {
    await start();
    await double.invoke('state');
    double.windows[0]!.window.close();
    app.tellStatus(status({ restorePoint }));
    double.trays[0]!.choose('Roll back last update…');
    expect(double.windows).toHaveLength(2);
    expect(events()).toEqual([]);
    await double.invoke('state');
    expect(events()).toEqual([{ kind: 'show', page: 'rollback' }]);
  });

  test('pauses for a day, and resumes', async () => {
    await start();
    app.tellStatus(status());
    double.trays[0]!.choose('Pause for a day');
    await settled();
    const [, given] = app.calls.find(([verb]) => verb === 'change')!;
    const { pausedUntil } = (given as { settings: { automatic: { pausedUntil: string } } }).settings
      .automatic;
    expect(Math.abs(Date.parse(pausedUntil) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    app.schedule({ reason: 'paused', next: pausedUntil });
    double.trays[0]!.choose('Resume');
    await settled();
    expect(app.calls.at(-1)).toEqual(['change', { settings: { automatic: { pausedUntil: null } } }]);
  });

  test('shows the settings when it may not pause', async () => {
    await start();
    await double.invoke('state');
    app.tellStatus(status());
    answer = () => Promise.resolve({ ok: false, problem: problem('AUTHORISATION_DISMISSED') });
    double.trays[0]!.choose('Pause for a day');
    await settled();
    expect(events()).toContainEqual({ kind: 'show', page: 'settings' });
  });

  test('quits, and everything is taken down', async () => {
    await start();
    double.trays[0]!.choose('Quit');
    await settled();
    expect(double.quits).toBe(1);
    expect(double.trays[0]!.destroyed).toBe(true);
    expect(double.channels.size).toBe(0);
    expect(double.powerEvents.count('resume')).toBe(0);
  });
});

describe('closing the window', () => {
  test('leaves the app in the tray, and it opens again', async () => {
    const desktop = await start();
    double.windows[0]!.window.close();
    await settled();
    expect(double.quits).toBe(0);
    desktop.openWindow();
    desktop.openWindow();
    expect(double.windows).toHaveLength(2);
    expect(await double.invoke('state')).toMatchObject({ ok: true });
  });

  test('ends the app where no panel shows an icon, or the user wants it so', async () => {
    hasTray = false;
    await start();
    double.windows[0]!.window.close();
    await settled();
    expect(double.quits).toBe(1);
  });

  test('ends the app where the user wants it so', async () => {
    await start();
    await double.invoke('prefer', { change: { stayInTray: false } });
    double.windows[0]!.window.close();
    await settled();
    expect(double.quits).toBe(1);
  });
});

describe('a hidden start', () => {
  test('opens no window where a panel shows the icon', async () => {
    await start({ hidden: true });
    expect(double.windows).toEqual([]);
  });

  test('opens it where none does', async () => {
    hasTray = false;
    await start({ hidden: true });
    expect(double.windows).toHaveLength(1);
  });
});

test('a preference takes effect at once', async () => {
  await start();
  expect(logins).toEqual([false]);
  await double.invoke('prefer', { change: { startAtLogin: true, language: 'de' } });
  expect(logins).toEqual([false, true]);
  expect(double.trays[0]!.menu?.at(-1)?.label).toBe('Beenden');
  expect(double.menus.at(-1)?.[1]?.label).toBe('Ansicht');
});

test('a notification opens the window where it leads', async () => {
  await start({ hidden: true });
  app.tellStatus(status({ staged: staged() }));
  await settled();
  expect(double.notifications.map(({ options }) => options.title)).toEqual(['An update is ready']);
  double.notifications[0]!.events.emit('click');
  await double.invoke('state');
  expect(events()).toEqual([{ kind: 'show', page: 'wizard' }]);
});

test('after sleep the helper and the schedule are looked at', async () => {
  await start();
  double.powerEvents.emit('resume');
  expect(looks).toEqual(['attempt', 'look']);
});

test('a helper that is lost shows in the tray', async () => {
  await start();
  const facts: ConnectionFacts = { state: 'absent', problem: problem('HELPER_LOST'), place: null };
  app.tellStatus(status());
  expect(double.trays[0]!.toolTip).toContain('Up to date');
  app.tell({ kind: 'connection', facts });
  expect(double.trays[0]!.toolTip).toContain('The helper is not running');
});
