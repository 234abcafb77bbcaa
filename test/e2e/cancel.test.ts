/** Stopping, in every phase of the work. The system stays as it is, nothing is left, and one can begin again. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pressingAtOnce } from './pages/press-at-once.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';

/** What a person reads in each phase of a rehearsal; what is there already is not downloaded again. */
const phases = [
  'Working out what belongs together',
  'Checking that it can begin',
  'Making a clone of the system',
  'Installing in the clone',
  'Checking the clone',
  'Comparing the clone with the system',
] as const;

inShell('stopping', (opened) => {
  const inRoot = (path: string): string => join(opened.shell.place.root, path);
  const database = (): string => readFileSync(inRoot('var/lib/dpkg/status'), 'utf8');
  const stages = (): string[] => {
    const folder = inRoot('var/lib/understudy/stages');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  test('while it looks for updates', async () => {
    const { page } = opened;
    const wizard = new Wizard(page);
    await page.getByRole('link', { name: 'Update', exact: true }).click();
    await wizard.at('choose');
    const pressed = await pressingAtOnce(page, 'Stop');
    await wizard.press('Look for updates');
    await pressed();
    await page.getByText('You stopped looking for updates. Nothing was changed.').waitFor();
  });

  test.each(phases)('in the rehearsal, as it says: %s', async (phase) => {
    const { page } = opened;
    const wizard = new Wizard(page);
    const before = database();
    await wizard.enter();
    await wizard.toCheck();
    await wizard.toBackUp();
    const pressed = await pressingAtOnce(page, 'Stop the rehearsal', phase);
    await wizard.press('Start the rehearsal');
    const missed = page.getByRole('heading', { level: 1, name: 'The rehearsal went well' });
    await Promise.race([
      pressed(),
      missed.waitFor({ timeout: 120_000 }).then(() => Promise.reject(new Error('It went by unseen.'))),
    ]);
    await page.getByText('You stopped the rehearsal.').waitFor({ timeout: 120_000 });
    expect(database()).toBe(before);
    expect(stages()).toEqual([]);
  });

  test('and afterwards everything can be begun again', async () => {
    const wizard = new Wizard(opened.page);
    await wizard.rehearse();
    await wizard.rehearsed();
    expect(stages()).toHaveLength(1);
  });
});
