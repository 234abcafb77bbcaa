/**
 * From a progress event of the engine to the screen: a real helper process reports at a real pace, and its events come through its
 * socket, the services, the server and the WebSocket to the page of Home. The event carries the time at which the engine reported it; in
 * the page the clock is read in the second frame after the change, by when it is on the screen.
 */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { privateFolder, startProgram } from '../../lab/helper-process.js';
import { smallRoot } from '../../lab/helper-root.js';
import { median, quantile, type BenchOptions, type BenchRow } from '../row.js';
import { served } from './browser.js';
import { appOver, settled } from './opening.js';

const everyMs = 230;

export async function measureLatency(browser: Browser, { quick }: BenchOptions): Promise<BenchRow[]> {
  const count = quick ? 15 : 100;
  const root = smallRoot();
  const folder = privateFolder();
  const helper = await startProgram({
    root: root.path,
    socket: join(folder.path, 'socket'),
    allow: ['inspect', 'stage'],
    news: { count, everyMs },
  });
  const app = appOver(helper.socket, folder.path);
  const server = await served(browser, app);
  const reported = new Map<string, number>();
  const silence = app.listen((event) => {
    if (event.kind === 'progress' && event.event.type === 'progress')
      reported.set(event.event.text ?? '', event.event.time);
  });
  const times: number[] = [];
  try {
    await settled(app);
    const { page, address, leave } = await server.visit();
    await page.addInitScript(watchNews);
    await page.goto(address);
    await page.locator('.face h1').waitFor();
    const outcome = await app.answer('renew', {});
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
    await page.locator('.face .progress').waitFor({ state: 'hidden' });
    for (const [text, time] of await page.evaluate<[string, number][]>('[...globalThis.news]')) {
      const since = reported.get(text);
      if (since !== undefined) times.push(time - since);
    }
    await leave();
  } finally {
    silence();
    await server.close();
    app.close();
    await helper.stop();
    folder.remove();
    root.remove();
  }
  if (times.length < count * 0.8) throw new Error(`Of ${count} events only ${times.length} were seen.`);
  return [
    { name: 'app, engine event to pixel (real helper), median', ours: median(times), unit: 'ms' },
    { name: 'app, engine event to pixel (real helper), p95', ours: quantile(times, 0.95), unit: 'ms' },
  ];
}

const watchNews = `(() => {
  globalThis.news = new Map();
  let shown = '';
  new MutationObserver(() => {
    const text = /News number \\d+/.exec(document.querySelector('.face')?.textContent ?? '')?.[0] ?? '';
    if (text === '' || text === shown) return;
    shown = text;
    requestAnimationFrame(() => requestAnimationFrame(() => globalThis.news.set(text, Date.now())));
  }).observe(document, { childList: true, subtree: true, characterData: true });
})()`;
