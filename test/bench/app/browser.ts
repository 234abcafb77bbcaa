/** Chromium, and pages in it that are let in by a server of the browser shell on the built renderer. */
import { dirname } from 'node:path';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { startServer, type Services } from '../../../electron/browser/server.js';
import { readBuiltFiles } from '../../../electron/services/page/built-files.js';
import { chromiumOptions } from '../../lab/chromium.js';
import { builtPage } from './size.js';

const idleMs = 30 * 60_000;

export function launchChromium(): Promise<Browser> {
  return chromium.launch(chromiumOptions);
}

export interface Visit {
  readonly page: Page;
  readonly devtools: CDPSession;
  readonly address: string;
  /** Throws where the page had an error. */
  readonly leave: () => Promise<void>;
}

export interface Served {
  /** A browser of its own that was let in; its page is still empty. */
  visit(): Promise<Visit>;
  close(): Promise<void>;
}

export async function served(browser: Browser, services: Services): Promise<Served> {
  const server = await startServer({
    services,
    files: await readBuiltFiles(dirname(builtPage)),
    port: 0,
    idleMs,
    onIdle: () => undefined,
    users: new Set([process.getuid?.() ?? 0]),
  });
  const address = `http://127.0.0.1:${server.port}/`;
  return {
    async visit() {
      const context = await browser.newContext({
        viewport: { width: 1024, height: 768 },
        locale: 'en-GB',
        colorScheme: 'light',
      });
      context.setDefaultTimeout(60_000);
      // The token becomes a cookie; no page of the app is opened by that.
      const entered = await context.request.get(server.invite());
      if (!entered.ok()) throw new Error(`The server let nobody in: ${entered.status()}`);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      return {
        page,
        devtools: await context.newCDPSession(page),
        address,
        leave: async () => {
          await context.close();
          if (complaints.length > 0) throw new Error(`The page failed: ${complaints.join('; ')}`);
        },
      };
    },
    close: () => server.close(),
  };
}

/** Calls a function of the page, given as its text, with an element; awaits what it promises. */
export function withElement<T>(page: Page, selector: string, text: string): Promise<T> {
  return page.evaluate<T>(`(${text})(document.querySelector(${JSON.stringify(selector)}))`);
}

/** Scrolls an element from one end to the other in so many frames. */
export async function scrollThrough(page: Page, selector: string, frames: number): Promise<void> {
  const left = await withElement<number>(
    page,
    selector,
    `(node) => new Promise((resolve) => {
      let frame = 0;
      const next = () => {
        const way = node.scrollHeight - node.clientHeight;
        node.scrollTop = way * frame / ${frames};
        frame += 1;
        if (frame > ${frames}) resolve(way === 0 ? Infinity : way - node.scrollTop);
        else requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    })`,
  );
  if (!(left < 2)) throw new Error(`${selector} was not scrolled to its end.`);
}
