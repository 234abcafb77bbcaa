/**
 * Every scene in chromium: accessible by WCAG 2.2 AA in both themes, nothing cut off at the sides from 480 to 3840 px in either
 * language, and without a breach of the content security policy (the stage throws at one).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import '../../../renderer/double/tools.js';
import { preferences } from '../../../renderer/double/records.js';
import { scenes } from '../../../renderer/double/scenes/all.js';
import { obstacle, Stage, type SceneEntry } from '../../screenshots/stage.js';

const entries = scenes.map(({ name, address, press = [], language = 'en' }): SceneEntry => ({
  name,
  address,
  press,
  language,
}));
const rules = {
  type: 'tag' as const,
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
};
const colours = { type: 'rule' as const, values: ['color-contrast'] };
const missing = obstacle();
const folder = mkdtempSync(join(tmpdir(), 'understudy-double-'));
let stage: Stage | undefined;

beforeAll(async () => {
  if (missing === null) stage = await Stage.raise(folder);
}, 300_000);

afterAll(async () => {
  await stage?.strike();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * What axe says of these rules, one line a finding. It runs in the page at once: a page has no frames, for which axe's builder would go about it
 * in many steps and twice the time.
 */
async function findings(page: Page, runOnly: typeof rules | typeof colours): Promise<string[]> {
  await stage!.bringAxe(page);
  expect(page.frames()).toHaveLength(1);
  return linesOf(
    await page.evaluate(async (only) => {
      const { axe } = window as unknown as { axe: typeof Axe };
      return (await axe.run(document, { runOnly: only, resultTypes: ['violations'] })).violations;
    }, runOnly),
  );
}

function linesOf(violations: readonly Axe.Result[]): string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

/** What is wider than its place. Scrolling sideways is for nobody, but where a part is made for it. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, main *, [role=dialog], [role=dialog] *')]
      .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => {
        const { overflowX, display } = getComputedStyle(element);
        return overflowX !== 'hidden' && overflowX !== 'clip' && display !== 'inline';
      })
      .filter((element) => !element.closest('pre, .for-screen-readers, [data-sideways]'))
      .map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)
      .slice(0, 5),
  );
}

/** A new width takes a moment to be drawn everywhere. */
async function expectNoOverflow(page: Page, when: string): Promise<void> {
  await vi.waitFor(async () => expect(await overflowing(page), when).toEqual([]), { timeout: 5_000 });
}

describe.skipIf(missing !== null)(`every scene${missing === null ? '' : ` (${missing})`}`, () => {
  // One page for all: to load it anew takes half of what a new one takes.
  let page: Page;
  beforeAll(async () => {
    page = await stage!.open({ theme: 'light', width: 1024 });
  });
  afterAll(() => page.context().close());

  test.each(entries.map((scene) => [scene.name, scene] as const))('%s', async (_name, scene) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1024, height: 800 });
    await stage!.play(page, scene);
    expect(await findings(page, rules), 'in light').toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await findings(page, colours), 'in dark').toEqual([]);
    for (const width of [3840, 640, 480]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoOverflow(page, `at ${String(width)} px`);
    }
    await page.evaluate((german) => window.understudyEmits?.({ kind: 'preferences', preferences: german }), {
      ...preferences,
      language: 'de' as const,
    });
    await page.locator('html[lang=de]').waitFor({ state: 'attached' });
    await expectNoOverflow(page, 'in German at 480 px');
  });
});

describe.skipIf(missing !== null)(
  `with keyboard and screen reader${missing === null ? '' : ` (${missing})`}`,
  () => {
    const scene = (name: string) => entries.find((entry) => entry.name === name)!;

    test('a rollback is asked for, read and left by the keyboard alone', async () => {
      const page = await stage!.show(scene('home-waiting'), { theme: 'light', width: 1024 });
      const offer = page.getByRole('button', { name: 'Roll back the last update…' });
      await offer.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Roll back to before this update?' });
      await dialog.waitFor();
      await dialog.getByText('gimp 2.10.34-1+deb12u3').waitFor();
      // What would be lost stands before the button that loses it.
      const text = (await dialog.innerText()).replace(/\s+/g, ' ');
      expect(text.indexOf('What you would lose')).toBeLessThan(text.lastIndexOf('Roll back'));
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.waitForFunction(() =>
        document.activeElement?.textContent.includes('Roll back the last update…'),
      );
      await page.context().close();
    });

    test('confirming it with the keyboard shows how it goes on Home', async () => {
      const page = await stage!.show(scene('home-rollback'), { theme: 'light', width: 1024 });
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Roll back', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.clock.runFor(500);
      await page.getByRole('heading', { level: 1, name: 'Going back to the system before' }).waitFor();
      await dialog.waitFor({ state: 'detached' });
      await page.context().close();
    });

    test('a dialog fits a small window: its buttons stay in sight', async () => {
      const page = await stage!.show(scene('strange-losses'), { theme: 'light', width: 640, height: 400 });
      const box = await page.getByRole('button', { name: 'Roll back', exact: true }).boundingBox();
      expect(box!.y + box!.height).toBeLessThanOrEqual(400);
      await page.context().close();
    });

    test('who comes to a page is at its heading', async () => {
      const page = await stage!.show(scene('home-waiting'), { theme: 'light', width: 1024 });
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
      await page.clock.runFor(100);
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('History');
      expect(await page.title()).toBe('History – Understudy');
      await page.context().close();
    });

    test('a setting is changed with the space bar, and shows what the services answered', async () => {
      const page = await stage!.show(scene('settings'), { theme: 'light', width: 1024 });
      const control = page.getByRole('switch', { name: 'Only on mains power' });
      expect(await control.getAttribute('aria-checked')).toBe('true');
      await control.press('Space');
      await page.clock.runFor(100);
      expect(await control.getAttribute('aria-checked')).toBe('false');
      await page.getByLabel('Language', { exact: true }).selectOption({ label: 'Deutsch' });
      await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
      await page.context().close();
    });

    test('a setting that was refused stays as it was, and says why', async () => {
      const page = await stage!.show(scene('settings-refused'), { theme: 'light', width: 1024 });
      const control = page.getByRole('switch', { name: 'Only on mains power' });
      expect(await control.getAttribute('aria-checked')).toBe('true');
      await page.getByRole('alert').getByText('You may not do this on this system.').waitFor();
      await page.context().close();
    });
  },
);

describe.skipIf(missing !== null)(`what nobody expects${missing === null ? '' : ` (${missing})`}`, () => {
  const scene = (name: string) => entries.find((entry) => entry.name === name)!;

  test('HTML in a name is text', async () => {
    const page = await stage!.show(scene('strange-names'), { theme: 'light', width: 1024 });
    await page.getByText('<img src=x onerror="document.title=1"><b>bold</b>').waitFor();
    expect(await page.locator('main img, main b').count()).toBe(0);
    await page.getByText('libsafe⟨202E⟩gpj.exe⟨202C⟩').waitFor();
    await page.context().close();
  });

  test('a code of a newer helper is shown with its own sentence and hint', async () => {
    const page = await stage!.show(scene('strange-code'), { theme: 'light', width: 1024 });
    const alert = page.getByRole('alert');
    await alert.getByText('The moon stands in the way.').waitFor();
    await alert.getByText('Wait until it has set.').waitFor();
    await alert.getByText('MOON_IN_THE_WAY').waitFor();
    await page.context().close();
  });

  test('a shell that breaks its contract leads to a problem, not to an empty page', async () => {
    const page = await stage!.show(scene('strange-answers'), { theme: 'light', width: 1024 });
    await page.getByRole('alert').getByText('Something unexpected happened.').waitFor();
    await page.context().close();
  });

  test('of 100,000 rows only those in sight exist, and all can be reached', async () => {
    const page = await stage!.show(scene('strange-losses'), { theme: 'light', width: 1024 });
    const list = page.getByRole('list', { name: /100,000 files/ });
    expect(await list.getByRole('listitem').count()).toBeLessThan(60);
    await list.evaluate((element) => element.parentElement?.scrollTo(0, 9_999_999));
    await list.getByText('/etc/many/99999').waitFor();
    const last = list.getByRole('listitem').last();
    expect(await last.getAttribute('aria-posinset')).toBe('100000');
    expect(await last.getAttribute('aria-setsize')).toBe('100000');
    await page.context().close();
  });

  test('a log of 20,000 lines is searched', async () => {
    const page = await stage!.show(scene('strange-log'), { theme: 'light', width: 1024 });
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('line 19999');
    await page.getByText('1 found').waitFor();
    await page.getByText('line 19999', { exact: true }).waitFor();
    await page.context().close();
  });
});
