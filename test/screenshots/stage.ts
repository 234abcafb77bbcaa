/**
 * The renderer over its double, in chromium: it is built into a folder that a server of this process offers. What was loaded once stays in the
 * browser, compiled, for the next page of the same context (an interception of requests would prevent that). Nothing else can be reached.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type ConsoleMessage, type Page } from 'playwright-core';
import { chromiumOptions, chromiumPath } from '../lab/chromium.js';
import { servePages, type PageServer } from './page-server.js';

const buildLimitMs = 240_000;

export const themes = ['light', 'dark'] as const;

export interface SceneEntry {
  readonly name: string;
  readonly address: string;
  /** Buttons to press, by their names. */
  readonly press: readonly string[];
  readonly language: string;
}

export interface Look {
  readonly theme: (typeof themes)[number];
  readonly width: number;
  readonly height?: number;
  /** Another language than the scene's own. */
  readonly language?: string;
}

/** No other name or address has a meaning for the browser, whatever it or a page asks for. */
const nothingElse = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
const axe = { path: '/axe.js', file: createRequire(import.meta.url).resolve('axe-core/axe.min.js') };

/** Why nothing can be shown here, or null. */
export function obstacle(): string | null {
  return existsSync(chromiumPath) ? null : 'needs chromium';
}

/** One moment for all pictures. */
const moment = new Date('2026-11-20T17:30:00Z');

export class Stage {
  private constructor(
    private readonly browser: Browser,
    private readonly server: PageServer,
  ) {}

  /** Builds the double into `folder`, whose content is replaced. */
  static async raise(folder: string): Promise<Stage> {
    const top = topFolder();
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        join(top, 'node_modules/vite/bin/vite.js'),
        'build',
        ...['--config', join(top, 'renderer/vite.config.ts'), '--mode', 'double'],
        ...['--outDir', folder, '--emptyOutDir', '--logLevel', 'error'],
      ],
      { cwd: top, encoding: 'utf8', timeout: buildLimitMs, env: { ...process.env, NODE_ENV: 'production' } },
    );
    if (status !== 0) throw new Error(`The double could not be built: ${stderr}`);
    const server = await servePages(folder, { [axe.path]: axe.file });
    const args = [...chromiumOptions.args, nothingElse];
    return new Stage(await chromium.launch({ ...chromiumOptions, args }), server);
  }

  async scenes(): Promise<readonly SceneEntry[]> {
    const page = await (await this.#context({ theme: 'light', width: 800 })).newPage();
    await page.goto(`${this.server.origin}/double.html`);
    await page.waitForFunction('window.scenes !== undefined');
    const scenes = await page.evaluate<readonly SceneEntry[]>('window.scenes');
    await page.context().close();
    return scenes;
  }

  /**
   * The scene in a page of its own, settled; close the page's context. Throws where the page reported an error or a breach of
   * its policy.
   */
  async show(scene: SceneEntry, look: Look): Promise<Page> {
    const page = await this.open(look);
    await this.play(page, scene, look.language);
    return page;
  }

  /** A page for one scene after another. */
  async open(look: Look): Promise<Page> {
    const page = await (await this.#context(look)).newPage();
    await page.clock.install({ time: moment });
    return page;
  }

  /** Loads the page anew with this scene, at the same moment as every other; nothing is left of the one before. Throws as `show` does. */
  async play(page: Page, scene: SceneEntry, language = scene.language): Promise<void> {
    const complaints: string[] = [];
    const onError = (error: Error): void => void complaints.push(error.message);
    const onMessage = (message: ConsoleMessage): void => {
      if (message.type() === 'error') complaints.push(message.text());
    };
    page.on('pageerror', onError).on('console', onMessage);
    try {
      await this.#load(page, scene, language);
    } finally {
      page.off('pageerror', onError).off('console', onMessage);
    }
    if (complaints.length > 0) throw new Error(`${scene.name}: ${complaints.join('; ')}`);
  }

  async #load(page: Page, scene: SceneEntry, language: string): Promise<void> {
    await page.clock.setSystemTime(moment);
    await page.goto(`${this.server.origin}/double.html?scene=${scene.name}&lang=${language}${scene.address}`);
    await page.locator('h1').first().waitFor();
    await page.clock.runFor(400);
    // Buttons are named in the scene's own language.
    for (const name of language === scene.language ? scene.press : []) {
      await pressable(page, name).click({ timeout: 15_000 });
      await page.clock.runFor(400);
    }
  }

  async strike(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }

  /** Brings axe into the page, unless it is there. */
  async bringAxe(page: Page): Promise<void> {
    if (!(await page.evaluate<boolean>("'axe' in window"))) await page.addScriptTag({ url: axe.path });
  }

  #context({ theme, width, height = 800 }: Look): Promise<BrowserContext> {
    return this.browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    });
  }
}

function pressable(page: Page, name: string) {
  return page
    .getByRole('button', { name, exact: true })
    .or(page.getByRole('switch', { name, exact: true }))
    .or(page.getByRole('radio', { name, exact: true }))
    .or(page.getByRole('tab', { name, exact: true }))
    .first();
}

/** From the sources and from dist/ alike. */
function topFolder(): string {
  const near = join(import.meta.dirname, '../..');
  return existsSync(join(near, 'package.json')) ? near : join(near, '..');
}
