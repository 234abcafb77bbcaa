/**
 * From the request for the page to what can be seen: anything at all, and the first true sentence of Home. The status comes from a
 * real helper over a small root tree, through the real services and the real server; each time in a browser that knows nothing.
 */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { connect } from '../../../electron/helper/client/connect.js';
import { createApp, type App } from '../../../electron/services/app.js';
import { keepConnected } from '../../../electron/services/connection/connection.js';
import { createScheduler } from '../../../electron/services/schedule/scheduler.js';
import { openStores } from '../../../electron/services/store/stores.js';
import { privateFolder, startHelper } from '../../lab/helper-process.js';
import { smallRoot } from '../../lab/helper-root.js';
import { median, type BenchOptions, type BenchRow } from '../row.js';
import { served } from './browser.js';

export async function measureOpening(browser: Browser, { quick }: BenchOptions): Promise<BenchRow[]> {
  const root = smallRoot();
  const folder = privateFolder();
  const helper = await startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: 0 });
  const app = appOver(helper.socket, folder.path);
  const server = await served(browser, app);
  const painted: number[] = [];
  const told: number[] = [];
  try {
    await settled(app);
    for (let turn = 0; turn < (quick ? 3 : 11); turn += 1) {
      const { page, address, leave } = await server.visit();
      await page.addInitScript(watchFirstWords);
      await page.goto(address);
      told.push(await page.evaluate<number>('globalThis.firstTrueWords'));
      painted.push(
        await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
      );
      await leave();
    }
  } finally {
    await server.close();
    app.close();
    await helper.stop();
    folder.remove();
    root.remove();
  }
  return [
    { name: 'app, request to first contentful paint', ours: median(painted), unit: 'ms' },
    {
      name: 'app, request to the first true status on Home (real helper, small root tree)',
      ours: median(told),
      unit: 'ms',
    },
  ];
}

/** The services over the helper at `path`, as a shell has them, with records of their own. */
export function appOver(path: string, folder: string): App {
  const connection = keepConnected({ places: [{ kind: 'demand', path, trust: 'root' }], connect });
  return createApp({
    connection,
    stores: openStores({ folders: { config: folder, state: folder }, practice: false }),
    scheduler: createScheduler({ connection, mayAct: () => false }),
    can: { tray: false, startAtLogin: false, notify: false },
    elevate: null,
    practice: false,
    version: '0.0.0',
  });
}

/** Resolves when the helper has told how it is. */
export function settled(app: App): Promise<void> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    let isOver = false;
    stop = app.listen((event) => {
      if (isOver || event.kind !== 'state' || event.state.status === null) return;
      isOver = true;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** When the heading of Home first said something else than that it is being looked. Two frames later it is on the screen. */
const watchFirstWords = `globalThis.firstTrueWords = new Promise((resolve) => {
  const watcher = new MutationObserver(() => {
    const words = document.querySelector('.face h1')?.textContent ?? '';
    if (words === '' || words === 'Looking at your system') return;
    watcher.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  });
  watcher.observe(document, { childList: true, subtree: true, characterData: true });
})`;
