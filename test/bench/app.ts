/**
 * The desktop app: what its page weighs, how soon it shows something and something true, whether long lists scroll smoothly, how long
 * news takes to the screen, and what a page keeps that walks the wizard again and again. In chromium, through the browser shell.
 */
import { existsSync } from 'node:fs';
import { chromiumPath } from '../lab/chromium.js';
import { launchChromium } from './app/browser.js';
import { measureFrames } from './app/frames.js';
import { measureLatency } from './app/latency.js';
import { measureOpening } from './app/opening.js';
import { builtPage, measureSize } from './app/size.js';
import { measureWizard } from './app/wizard.js';
import type { Bench, BenchRow } from './row.js';

export const benchApp: Bench = {
  name: 'app',
  impossible() {
    if (!existsSync(chromiumPath)) return Promise.resolve('needs chromium');
    if (!existsSync(builtPage)) return Promise.resolve('needs the built renderer: npm run build');
    // The helper that tells the status, and what is told of it, are root's as on a real system.
    return Promise.resolve(process.getuid?.() === 0 ? undefined : 'needs root');
  },
  async run(options) {
    const { say } = options;
    const rows: BenchRow[] = [...measureSize()];
    const browser = await launchChromium();
    try {
      say('opening it');
      rows.push(...(await measureOpening(browser, options)));
      say('scrolling long lists');
      rows.push(...(await measureFrames(browser, options)));
      say('telling it news');
      rows.push(...(await measureLatency(browser, options)));
      say('walking through the wizard');
      rows.push(...(await measureWizard(browser, options)));
    } finally {
      await browser.close();
    }
    return rows;
  },
};
