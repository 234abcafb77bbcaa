/**
 * The renderer over its double, in chromium and without any server: it is built into a folder, and pages come from there through the
 * browser's own interception, with the content security policy of the shells. Nothing else can be reached.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type ConsoleMessage,
  type Page,
  type Route,
} from 'playwright-core';
import { chromiumOptions, chromiumPath } from '../lab/chromium.js';

const origin = 'http://understudy.invalid';
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

/** As the shells send it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Why nothing can be shown here, or null. */
export function obstacle(): string | null {
  return existsSync(chromiumPath) ? null : 'needs chromium';
}

/** One moment for all pictures. */
const moment = new Date('2026-11-20T17:30:00Z');

export class Stage {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

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
    const browser = await chromium.launch(chromiumOptions);
    return new Stage(browser, folder);
  }

  async scenes(): Promise<readonly SceneEntry[]> {
    const page = await (await this.#context({ theme: 'light', width: 800 })).newPage();
    await page.goto(`${origin}/double.html`);
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
    await page.goto(`${origin}/double.html?scene=${scene.name}&lang=${language}${scene.address}`);
    await page.locator('h1').first().waitFor();
    await page.clock.runFor(400);
    // Buttons are named in the scene's own language.
    for (const name of language === scene.language ? scene.press : []) {
      await pressable(page, name).click({ timeout: 15_000 });
      await page.clock.runFor(400);
    }
  }

  async strike(): Promise<void> {
    await this.#browser.close();
  }

  async #context({ theme, width, height = 800 }: Look): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    });
    await context.route('**/*', (route) => this.#answer(route));
    return context;
  }

  async #answer(route: Route): Promise<void> {
    const url = new URL(route.request().url());
    const path = join(this.#folder, url.pathname);
    if (url.origin !== origin || !existsSync(path)) {
      await route.abort();
      return;
    }
    await route.fulfill({
      body: readFileSync(path),
      headers: {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': policy,
      },
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
