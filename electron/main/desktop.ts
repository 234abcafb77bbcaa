/**
 * The app on a desktop: puts window, tray, notifications and the app's services together. It decides nothing itself. Invariant: every
 * part of Electron that is used comes in through `DesktopElectron`, so that a double can stand for it.
 */
import type {
  App,
  BrowserWindowConstructorOptions,
  IpcMain,
  MenuItemConstructorOptions,
  NotificationConstructorOptions,
  PowerMonitor,
  Protocol,
  Screen,
} from 'electron';
import type { OpenedApp } from '../services/open-app.js';
import type { BuiltFiles } from '../services/page/built-files.js';
import type { StoredRecord } from '../services/store/open-record.js';
import { watchClock } from './clock.js';
import {
  allowedRequests,
  hardenContents,
  hardenedPreferences,
  hardenSession,
  type HardenedContents,
  type HardenedSession,
  type Latitude,
} from './hardening.js';
import { serveIpc, type Page as IpcPage } from './ipc.js';
import { windowMenu } from './menu.js';
import { notifier, type Page, type ShownNotification } from './notifications.js';
import { quitting } from './quit.js';
import { isOurs, pageUrl, serveScheme } from './scheme.js';
import { trayRoom, type TrayElectron } from './tray.js';
import type { WindowState } from './window-place.js';
import { windows, type Window } from './window.js';
import { languageFor, wordsIn } from './words.js';

/** The app may tell of any web contents; those of the window also carry the page's requests. */
export type DesktopWindow = Window & { readonly webContents: Window['webContents'] & IpcPage };

export interface DesktopElectron<W extends DesktopWindow, Menu> {
  readonly app: Pick<App, 'getPreferredSystemLanguages' | 'on' | 'quit'>;
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>;
  readonly screen: Pick<Screen, 'getAllDisplays' | 'getPrimaryDisplay'>;
  readonly session: HardenedSession & { readonly protocol: Pick<Protocol, 'handle'> };
  readonly powerMonitor: Pick<PowerMonitor, 'off' | 'on'>;
  readonly onContents: (listener: (contents: HardenedContents) => void) => void;
  readonly makeWindow: (options: BrowserWindowConstructorOptions) => W;
  readonly focusedWindow: () => object | null;
  readonly makeNotification: (options: NotificationConstructorOptions) => ShownNotification;
  readonly tray: TrayElectron<Menu>;
  readonly setMenu: (template: MenuItemConstructorOptions[]) => void;
}

export interface DesktopOptions {
  readonly opened: OpenedApp;
  readonly files: BuiltFiles;
  readonly latitude: Latitude;
  /** The bundled bridge. */
  readonly preload: string;
  /** Folder of the icons. */
  readonly icons: string;
  /** Names of the desktop, as in `XDG_CURRENT_DESKTOP`. */
  readonly desktop: string;
  readonly windowMemory: Pick<StoredRecord<WindowState>, 'value' | 'write'>;
  readonly setStartAtLogin: (wanted: boolean) => Promise<void>;
  readonly hasTray: () => Promise<boolean>;
  readonly hasNotificationActions: () => Promise<boolean>;
  /** Starts into the tray, as at login; where there is none, the window opens all the same. */
  readonly hidden: boolean;
}

export interface Desktop {
  /** Another start of the app. */
  readonly openWindow: () => void;
}

export async function startDesktop<W extends DesktopWindow, Menu>(
  electron: DesktopElectron<W, Menu>,
  options: DesktopOptions,
): Promise<Desktop> {
  const { opened, latitude, icons } = options;
  const { app, stores } = opened;
  const { devOrigin } = latitude;
  const isOurPage = (address: string): boolean =>
    isOurs(address) || (devOrigin !== null && address.startsWith(`${devOrigin}/`));
  const preferences = () => stores.preferences.value();
  const words = () =>
    wordsIn(languageFor(preferences().language, electron.app.getPreferredSystemLanguages()));

  electron.onContents((contents) => hardenContents(contents, latitude));
  hardenSession(electron.session, allowedRequests(isOurs, latitude));
  serveScheme(electron.session.protocol, options.files);
  const ipc = serveIpc(electron.ipcMain, (name, params) => app.answer(name, params), isOurPage);

  const window = windows<W>({
    make: electron.makeWindow,
    screen: electron.screen,
    webPreferences: hardenedPreferences(options.preload, latitude),
    address: devOrigin === null ? pageUrl : `${devOrigin}/`,
    icon: `${icons}/app/256.png`,
    title: 'Understudy',
    memory: options.windowMemory,
    onMade: ({ webContents }) => ipc.attach(webContents),
    onClosed: () => quit.onWindowClosed(),
  });
  const quit = quitting({
    app: electron.app,
    staysInTray: () => preferences().stayInTray,
    hasTray: options.hasTray,
    isWindowOpen: window.isOpen,
    onEnd: () => {
      stopClock();
      tray.close();
      notifications.close();
      ipc.close();
      app.close();
    },
  });
  const show = (page: Page): void => {
    window.open();
    app.show({ kind: 'show', page });
  };
  const pauseUntil = async (moment: string | null): Promise<void> => {
    const outcome = await app.handlers.change({ settings: { automatic: { pausedUntil: moment } } });
    // Why it could not be, the page can say.
    if (!outcome.ok) show('settings');
  };
  const tray = trayRoom(electron.tray, {
    icons: `${icons}/tray`,
    desktop: options.desktop,
    words,
    choices: {
      open: window.open,
      update: () => show('wizard'),
      rollBack: () => show('rollback'),
      pause: () => void pauseUntil(inADay()),
      resume: () => void pauseUntil(null),
      quit: quit.quit,
    },
  });
  const notifications = notifier({
    make: electron.makeNotification,
    icon: `${icons}/app/256.png`,
    words,
    isWanted: () => preferences().notifications,
    isLookedAt: () => electron.focusedWindow() !== null,
    hasActions: options.hasNotificationActions,
    memory: {
      value: () => stores.memory.value().told,
      write: (told) => stores.memory.write({ ...stores.memory.value(), told }),
    },
    onChosen: show,
  });
  const stopClock = watchClock({
    power: electron.powerMonitor,
    onJump: () => {
      void opened.connection.attempt();
      void opened.scheduler.look();
    },
  });
  const applyPreferences = (): void => {
    electron.setMenu(windowMenu(words(), quit.quit));
    tray.show(app.state);
    // A home that cannot be written to: the preference stays, and the next start tries again.
    options.setStartAtLogin(preferences().startAtLogin).catch(() => undefined);
  };

  app.listen((event) => {
    ipc.send(event);
    if (event.kind === 'preferences') applyPreferences();
    if (event.kind !== 'state') return;
    tray.show(event.state);
    notifications.take(event.state);
  });
  applyPreferences();
  if (!options.hidden || !(await options.hasTray())) window.open();
  return { openWindow: window.open };
}

function inADay(): string {
  return new Date(Date.now() + 24 * 3_600_000).toISOString();
}
