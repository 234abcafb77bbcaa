/** The work is the helper's: a window that is closed stops nothing, and one that is opened finds it again; two show the same. */
import { expect, test } from 'vitest';
import { Home } from './pages/home.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';

inShell('closing and opening again', (opened) => {
  test('a rehearsal goes on while nobody looks, and is found again', async () => {
    const first = new Wizard(opened.page);
    await first.rehearse();
    await opened.shell.close();
    opened.page = await opened.shell.open();
    // Still going on, or just done: whichever it is, this window did not begin it.
    await new Home(opened.page).says(/^(Rehearsing the update|One decision is yours to make)$/);
    await new Home(opened.page).says('One decision is yours to make', 240_000);
    await new Home(opened.page).press('Decide');
    const second = new Wizard(opened.page);
    await second.at('review');
    await second.settleConflict('Keep mine');
  });

  test('two windows show the same, and what one does, the other sees', async (context) => {
    context.skip(opened.shell.windows === 'one', 'no second window: this shell has one');
    const other = await opened.shell.open();
    await new Home(other).says('Ready to switch');
    const wizard = new Wizard(opened.page);
    await wizard.toSwitch();
    await wizard.switchNow();
    await new Home(other).says('Your system is updated');
    // What was acknowledged in one window is acknowledged.
    await new Home(other).press('Done');
    await new Home(other).says('Your system is up to date');
    await (await new Home(opened.page).go()).says('Your system is up to date');
    await other.close();
    expect(opened.page.isClosed()).toBe(false);
  });
});
