/** `npm start` on a machine without a display: it prints an address, and the wizard there does the main job on the practice system. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { Home } from './pages/home.js';
import { Wizard } from './pages/wizard.js';
import { chromiumOptions } from '../lab/chromium.js';
import { browserObstacle } from './shell/browser-shell.js';
import { privatePlace, versionIn } from './shell/private-place.js';

const top = join(import.meta.dirname, '../..');

test(`npm start prints an address, and the wizard there updates (${browserObstacle() ?? 'in a browser'})`, async (context) => {
  context.skip(browserObstacle() !== undefined, browserObstacle());
  context.skip(process.env['UNDERSTUDY_TEST_SHELL'] === 'electron', 'no part of Electron');
  const place = privatePlace();
  const argv = place.within(['npm', 'start', '--prefix', top, '--', '--offline']);
  const child = spawn(argv[0], argv.slice(1), {
    cwd: top,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...place.environment, DISPLAY: '', WAYLAND_DISPLAY: '' },
    detached: true, // npm, its script, and the app: ended together
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const browser = await chromium.launch(chromiumOptions);
  try {
    let said = '';
    let complained = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\/enter\/[\w-]+/.exec(said);
        if (found) resolve(found[0]);
      });
      child.once('close', (code) => reject(new Error(`npm start ended with ${code}: ${said}${complained}`)));
    });
    await expect.poll(() => said).toContain('ssh -L');
    expect(complained).toContain('There is no display here, so the app is served to a browser.\n');
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    page.setDefaultTimeout(90_000);
    await page.goto(address);
    await new Home(page).isReady();
    await new Wizard(page).update();
    expect(versionIn(place.root, 'understudy-practice-settings')).toBe('1.1-1');
  } finally {
    await browser.close();
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
    await place.remove();
  }
});
