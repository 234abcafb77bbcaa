/**
 * Check, back up, switch and roll back by the keyboard alone; and what a screen reader is told on the way: each step has one heading,
 * which has the focus when one arrives, and every control has a name.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Home } from './pages/home.js';
import { titles, Wizard, type Title } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';
import { versionIn } from './shell/private-place.js';

/** Far more than there are controls on any page. */
const mostTabs = 80;

/** What has the focus, as a screen reader would say it. */
const focused = `(() => {
  const one = document.activeElement;
  const label = one?.getAttribute('aria-labelledby');
  const name = label
    ? label.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
    : (one?.getAttribute('aria-label') ?? one?.textContent ?? '');
  return name.replace(/\\s+/g, ' ').trim();
})()`;

/** Tab until the control has the focus; a page that never gives it the focus fails. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let count = 0; count < mostTabs; count += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate<string>(focused)) === name) return;
  }
  throw new Error(`The keyboard never came to ${name}.`);
}

async function press(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name, exact: true, disabled: false })
    .or(page.getByRole('link', { name, exact: true }))
    .first()
    .waitFor();
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

async function arrived(page: Page, title: Title): Promise<void> {
  await new Wizard(page).at(title, 240_000);
  // Who cannot see the page is brought to its heading, and reads on from there.
  await expect.poll(() => page.evaluate<string>(focused), { timeout: 10_000 }).toBe(titles[title]);
}

/** The accessibility tree of the page, as text. */
async function heard(page: Page): Promise<string> {
  return page.locator('body').ariaSnapshot();
}

inShell('with the keyboard and a screen reader', (opened) => {
  test('the whole way and back, without a pointer', async () => {
    const { page, shell } = opened;
    const version = () => versionIn(shell.place.root, 'understudy-practice-settings');
    await press(page, 'Look for updates');
    await arrived(page, 'choose');
    await page.getByRole('group', { name: 'What to update' }).waitFor();
    expect(await heard(page)).toMatch(/heading "Choose what to update" \[level=1\]/);
    await press(page, 'Continue');

    await arrived(page, 'check');
    await page.getByText(/^(Nothing is in the way|You can go on)/).waitFor();
    const checks = await heard(page);
    expect(checks).toMatch(/- status:[\s\S]{0,60}(Nothing is in the way|You can go on)/);
    expect(checks).toMatch(/Passes:[\s\S]{0,40}Power/);
    await press(page, 'Continue');

    await arrived(page, 'backup');
    await press(page, 'Start the rehearsal');
    await arrived(page, 'rehearsed');
    await press(page, 'Review the changes');

    await arrived(page, 'review');
    expect(await heard(page)).toMatch(/radio "Keep mine"/);
    await tabTo(page, 'Keep mine');
    await page.keyboard.press('Space');
    await press(page, 'Save 1 decision');
    await page.getByText('All decided').waitFor({ timeout: 120_000 });
    await press(page, 'On to the switch');

    await arrived(page, 'switch');
    await press(page, 'Switch now');
    await arrived(page, 'done');
    expect(version()).toBe('1.1-1');

    await press(page, 'Roll back…');
    const dialog = page.getByRole('dialog', { name: 'Roll back to before this update?' });
    await dialog.getByRole('heading', { name: 'What stays' }).waitFor();
    expect(await heard(page)).toMatch(/dialog "Roll back to before this update\?"/);
    await press(page, 'Roll back');
    await new Home(page).says('You are back on the system before', 120_000);
    expect(version()).toBe('1.0-1');
  });
});
