/** A package whose script fails does so in the rehearsal: it is named, its words are in the log, and the system is as it was. */
import { expect, test } from 'vitest';
import { addSecondArchive, buildInto, offerSecond } from '../lab/second-archive.js';
import { Home } from './pages/home.js';
import { Wizard } from './pages/wizard.js';
import { inShell } from './shell/in-shell.js';
import { versionIn } from './shell/private-place.js';

const name = 'understudy-practice-service';

inShell('a package that fails', (opened) => {
  test('is named in the wizard and on Home; nothing was harmed, and the rest can be chosen', async () => {
    const { page, shell } = opened;
    const { root } = shell.place;
    addSecondArchive(root);
    const failing = await buildInto(root, {
      name,
      version: '2.0-1',
      architecture: 'all',
      entries: [{ path: 'usr/share/understudy-practice/service', content: 'version 2\n' }],
      scripts: { postinst: 'echo "the service says no" >&2\nexit 3' },
    });
    offerSecond(root, [failing]);

    const wizard = new Wizard(page);
    await wizard.rehearse();
    await wizard.at('failed', 240_000);
    await page.getByText('A package failed to install in the rehearsal.').first().waitFor();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByText(`package ${name}`, { exact: true }).waitFor();
    expect(versionIn(root, name)).toBe('1.0-1');

    const home = await new Home(page).go();
    await home.says('Something went wrong, and nothing was changed');
    await page.getByRole('button', { name: 'Log' }).click();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('the service says no');
    await page.getByRole('list', { name: 'Log' }).getByText('the service says no').waitFor();
    await home.press('Not now');

    await wizard.enter();
    await wizard.chooseScope('Security updates only');
    await wizard.toCheck();
    await wizard.toBackUp();
    await wizard.startRehearsal();
    await wizard.rehearsed();
    expect(versionIn(root, 'understudy-practice-library')).toBe('1.0-1');
  });
});
