/** `understudy serve` as a process of its own, on a practice system of its own, looked at with Debian's chromium. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { chromiumOptions, chromiumPath } from '../../lab/chromium.js';
import { complaintsOf } from './complaints.js';
import { privatePlace } from './private-place.js';
import { practiceObstacle } from './practice-obstacle.js';
import type { Shell } from './shell.js';

const launcher = join(import.meta.dirname, '../../../electron/cli/understudy.js');

export function browserObstacle(): string | undefined {
  return existsSync(chromiumPath) ? practiceObstacle() : 'needs chromium';
}

export async function startBrowserShell(): Promise<Shell> {
  const place = privatePlace();
  const [command, ...words] = place.within([
    process.execPath,
    launcher,
    'serve',
    '--practice',
    '--offline',
    '--json',
  ]);
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    env: place.environment,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as { type: string; url?: string };
      if (line.type === 'address' && line.url !== undefined) resolve(line.url);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`understudy serve ended with ${code}.`)));
  });
  const browser = await chromium.launch(chromiumOptions);
  const complaints: string[] = [];
  let context: BrowserContext | undefined;
  let isInvited = true;
  return {
    place,
    windows: 'any',
    async open() {
      context ??= await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' });
      context.setDefaultTimeout(90_000);
      const page = await context.newPage();
      complaintsOf(page, complaints);
      // The address lets one browser in, once; afterwards its cookie does.
      await page.goto(isInvited ? address : new URL('/', address).href);
      isInvited = false;
      await page.getByRole('main').waitFor();
      return page;
    },
    async close() {
      for (const page of context?.pages() ?? []) await page.close();
    },
    async dispose() {
      await browser.close();
      child.kill('SIGTERM');
      await ended;
      await place.remove();
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    },
  };
}
