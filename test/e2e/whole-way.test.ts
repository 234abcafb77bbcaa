/** The main job, as a person does it: from what waits to the updated system and back, on a real practice system. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Home } from './pages/home.js';
import { RollbackDialog } from './pages/rollback-dialog.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';
import { versionIn } from './shell/private-place.js';

const name = 'understudy-practice-settings';
const conffile = 'etc/understudy-practice/settings.conf';

inShell('the whole way', (opened) => {
  const version = () => versionIn(opened.shell.place.root, name);
  const settings = () => readFileSync(join(opened.shell.place.root, conffile), 'utf8');

  test('from Choose to Done; the user’s own file stays in use', async () => {
    const { page } = opened;
    const wizard = new Wizard(page);
    await wizard.enter();
    await expect.poll(() => page.getByText('understudy-practice-library').count()).toBeGreaterThan(0);
    await wizard.toCheck();
    await wizard.toBackUp();
    await page.getByText('A restore point is not a backup').waitFor();
    await wizard.startRehearsal();
    await wizard.rehearsed();
    expect(version()).toBe('1.0-1');
    await wizard.toReview();
    await page.getByText('What the rehearsal proved').waitFor();
    expect(await wizard.button('On to the switch').isDisabled()).toBe(true);
    await wizard.settleConflict('Keep mine');
    await wizard.toSwitch();
    await page.getByText('On the practice system no program is running').waitFor();
    await wizard.switchNow();
    expect(version()).toBe('1.1-1');
    expect(settings()).toContain('added by the user');
    await wizard.press('Done');
  });

  test('Home knows that nothing is waiting any more, and one click there takes it back', async () => {
    const home = new Home(opened.page);
    await home.says('Your system is up to date');
    const dialog = await home.rollBack();
    await dialog.confirm();
    await home.says('You are back on the system before');
    expect(version()).toBe('1.0-1');
    await home.press('Done');
    await home.says(/updates are waiting/);
  });

  test('the new file where the user wants it; and one click in History takes it back', async () => {
    const { page } = opened;
    const wizard = new Wizard(page);
    await wizard.rehearse();
    await wizard.rehearsed();
    await wizard.toReview();
    await wizard.settleConflict('Take the new one');
    await wizard.toSwitch();
    await wizard.switchNow();
    expect(settings()).not.toContain('added by the user');
    await wizard.press('Done');

    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page
      .getByRole('link', { name: /The system was updated/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Roll back to before this…' }).click();
    await (await RollbackDialog.opened(page)).confirm();
    await new Home(page).says('You are back on the system before');
    expect(version()).toBe('1.0-1');
    expect(settings()).toContain('added by the user');
  });
});
