/**
 * The tray: its menu leads to the rollback, and one click there takes the update back. The tray's own handler and the app's services are
 * the real ones, over the helper of a real practice system; what would draw the icon is a double, and the page is that of the
 * browser shell, which hears the same services.
 */
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { startServer } from '../../electron/browser/server.js';
import { connect } from '../../electron/helper/client/connect.js';
import { startDesktop } from '../../electron/main/desktop.js';
import { firstState } from '../../electron/main/window-place.js';
import { createApp } from '../../electron/services/app.js';
import { keepConnected } from '../../electron/services/connection/connection.js';
import { readBuiltFiles } from '../../electron/services/page/built-files.js';
import { createScheduler } from '../../electron/services/schedule/scheduler.js';
import { openStores } from '../../electron/services/store/stores.js';
import { electronDouble } from '../unit/main/electron-double.js';
import { Home } from './pages/home.js';
import { RollbackDialog } from './pages/rollback-dialog.js';
import { Wizard } from './pages/wizard.js';
import { chromiumOptions } from '../lab/chromium.js';
import { inShell } from './shell/in-shell.js';
import { versionIn } from './shell/private-place.js';

const top = join(import.meta.dirname, '../..');
const user = process.getuid?.() ?? 0;

inShell('the tray', (opened) => {
  test('says that all is well, and its menu takes the last update back', async (context) => {
    context.skip(opened.shell.windows === 'one', 'no way to press an icon of the desktop in this shell');
    const { place } = opened.shell;
    await new Wizard(opened.page).update();
    expect(versionIn(place.root, 'understudy-practice-settings')).toBe('1.1-1');

    const folder = mkdtempSync(join(tmpdir(), 'understudy-tray-'));
    const connection = keepConnected({
      places: [{ kind: 'own', path: place.socket, trust: 'root-or-self' }],
      connect,
    });
    const scheduler = createScheduler({ connection, everyMs: null, mayAct: () => false });
    const stores = openStores({ folders: { config: folder, state: folder }, practice: true });
    const can = { tray: true, startAtLogin: false, notify: false };
    const app = createApp({
      connection,
      stores,
      scheduler,
      can,
      elevate: null,
      practice: true,
      version: '0',
    });
    const files = await readBuiltFiles(join(top, 'dist/renderer'));
    const { electron, double } = electronDouble();
    const server = await startServer({
      services: app,
      files,
      port: 0,
      idleMs: 600_000,
      onIdle: () => undefined,
      users: new Set([user]),
    });
    const browser = await chromium.launch(chromiumOptions);
    try {
      await startDesktop(electron, {
        opened: { app, stores, connection, scheduler },
        files,
        latitude: { devOrigin: null, devTools: false },
        preload: '/preload.cjs',
        icons: '/icons',
        desktop: 'KDE',
        windowMemory: { value: () => firstState, write: () => true },
        setStartAtLogin: () => Promise.resolve(),
        hasTray: () => Promise.resolve(true),
        hasNotificationActions: () => Promise.resolve(false),
        hidden: true,
      });
      const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
      page.setDefaultTimeout(90_000);
      await page.goto(server.invite());
      // A page hears what is shown from the moment on at which it is there.
      await new Home(page).says(/^Your system is up(dated| to date)$/);
      const tray = () => double.trays.at(-1);
      await expect
        .poll(() => tray()?.toolTip, { timeout: 60_000 })
        .toMatch(/Practice.*: (Updated|Up to date)/);

      tray()?.choose('Roll back last update…');
      await (await RollbackDialog.opened(page)).confirm();
      await new Home(page).says('You are back on the system before');
      await expect.poll(() => tray()?.toolTip, { timeout: 60_000 }).toMatch(/Rolled back/);
      expect(versionIn(place.root, 'understudy-practice-settings')).toBe('1.0-1');
    } finally {
      await browser.close();
      await server.close();
      electron.app.quit();
      app.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
