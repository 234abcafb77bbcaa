/** The helper is killed in the middle, as by a power cut: the app says so, finds another one, and tells what became of the work. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Home } from './pages/home.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';
import { gone } from './shell/private-place.js';

inShell('a helper that is killed', (opened) => {
  test('in a rehearsal: what was begun is cleared away, and that is said once', async () => {
    const { page, shell } = opened;
    const database = () => readFileSync(join(shell.place.root, 'var/lib/dpkg/status'), 'utf8');
    const before = database();
    const wizard = new Wizard(page);
    await wizard.rehearse();
    await page.locator('[role=progressbar][aria-valuetext^="Installing in the clone"]').waitFor();
    const pid = shell.place.helper();
    if (pid === undefined) throw new Error('No helper has the practice system.');
    process.kill(pid, 'SIGKILL');
    await gone(pid);

    const home = await new Home(page).go();
    await home.says('Recovered after an interruption', 120_000);
    await page.getByText('The rehearsal was cleared away. Your running system was never touched.').waitFor();
    expect(database()).toBe(before);
    expect(shell.place.helper()).not.toBe(pid);
    await home.press('Done');
    await home.says(/ready to rehearse|updates are waiting/);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByRole('link', { name: /An interrupted rehearsal was recovered/ }).waitFor();
  });
});
