/** A readiness check that blocks: it says what is in the way and what helps; once that is done, one goes on. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryLock } from '../../electron/engine/posix/lock.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';

inShell('a check that blocks', (opened) => {
  test('another package tool at work; when it is done, checking again lets one go on', async () => {
    const { page, shell } = opened;
    const wizard = new Wizard(page);
    await wizard.enter();
    // As apt holds it while it works (apt.systemd.daily, dpkg's own front ends).
    const attempt = tryLock(raw(join(shell.place.root, 'var/lib/dpkg/lock-frontend')));
    if (!('held' in attempt)) throw new Error('The lock of the practice system is taken.');
    try {
      await wizard.toCheckBlocked();
      await page.getByText('Another program is installing packages right now.').first().waitFor();
      await page.getByText(`${process.pid}`).first().waitFor();
      expect(await wizard.button('Continue').isDisabled()).toBe(true);
    } finally {
      attempt.held.release();
    }
    await wizard.button('Check again').first().click();
    await wizard.toBackUp();
    await wizard.startRehearsal();
    await wizard.rehearsed();
  });
});
