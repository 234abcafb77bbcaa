/**
 * The Electron main process: gives Electron's own parts to the desktop, once Electron is ready. Invariant: what has to be settled before that
 * (sandbox, switches, scheme, the single instance) is settled before the first `await`.
 */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  Tray,
} from 'electron';
import Store from 'electron-store';
import { openApp } from '../services/open-app.js';
import { readBuiltFiles } from '../services/page/built-files.js';
import { storeFolders } from '../services/store/folders.js';
import { openRecord } from '../services/store/open-record.js';
import { hasNotificationActions, hasTrayHost } from './desktop-bus.js';
import { startDesktop } from './desktop.js';
import { hardenApp } from './hardening.js';
import { helperProgram } from './helper-program.js';
import { appId, autostartFile, hiddenOption, setStartAtLogin } from './login-item.js';
import { latitudeFor, ownCommand } from './place.js';
import { privileges } from './scheme.js';
import { firstState, windowStateSchema } from './window-place.js';
import { isFirst } from './window.js';

const isPractice = app.commandLine.hasSwitch('practice');
const isOffline = app.commandLine.hasSwitch('offline');
const latitude = latitudeFor(app.isPackaged, process.env);
const folders = storeFolders();
/** Compiled, this file lies in dist/electron/main; the archive of a package has the same folders. */
const top = join(import.meta.dirname, '../../..');

hardenApp(app, latitude);
protocol.registerSchemesAsPrivileged([privileges]);
// What connects windows, notifications and the entry in the menu of the desktop.
app.setDesktopName(`${appId}.desktop`);
// Chromium's files are no preferences; a practice system has its own, so that both can be open at once.
app.setPath('userData', join(folders.state, isPractice ? 'window-practice' : 'window'));

let openWindow = (): void => undefined;
if (isFirst(app, () => openWindow())) start().catch(giveUp);
else app.quit();

async function start(): Promise<void> {
  const [files, hasTray, program] = await Promise.all([
    readBuiltFiles(join(top, 'dist/renderer')),
    hasTrayHost(),
    helperProgram({
      isPackaged: app.isPackaged,
      resources: process.resourcesPath,
      version: app.getVersion(),
      environment: process.env,
    }),
    app.whenReady(),
  ]);
  const opened = openApp({
    mode: isPractice ? 'practice' : 'system',
    offline: isOffline,
    can: { tray: hasTray, startAtLogin: true, notify: Notification.isSupported() },
    Store,
    ...(program === undefined ? {} : { program }),
  });
  const desktop = await startDesktop(
    {
      app,
      ipcMain,
      screen,
      session: session.defaultSession,
      powerMonitor,
      onContents: (listener) => void app.on('web-contents-created', (_event, contents) => listener(contents)),
      makeWindow: (options) => new BrowserWindow(options),
      focusedWindow: () => BrowserWindow.getFocusedWindow(),
      makeNotification: (options) => new Notification(options),
      tray: {
        makeTray: (icon) => new Tray(icon),
        buildMenu: (template) => Menu.buildFromTemplate(template),
        theme: nativeTheme,
      },
      setMenu: (template) => Menu.setApplicationMenu(Menu.buildFromTemplate(template)),
    },
    {
      opened,
      files,
      latitude,
      preload: join(top, 'dist/electron/preload/preload.cjs'),
      icons: join(top, 'build/icons'),
      desktop: process.env['XDG_CURRENT_DESKTOP'] ?? '',
      windowMemory: openRecord({
        folder: folders.state,
        name: 'window',
        version: 1,
        schema: windowStateSchema,
        defaults: firstState,
        Store,
      }),
      setStartAtLogin: (wanted) =>
        setStartAtLogin(wanted && !isPractice, ownCommand(app, process), autostartFile()),
      hasTray: hasTrayHost,
      hasNotificationActions,
      hidden: app.commandLine.hasSwitch(hiddenOption.slice(2)),
    },
  );
  openWindow = () => desktop.openWindow();
}

function giveUp(error: unknown): void {
  dialog.showErrorBox('Understudy', error instanceof Error ? error.message : String(error));
  app.exit(1);
}
