/**
 * The wizard in chromium, over the double: by the keyboard alone, with what the helper would tell in between. Which step is shown
 * follows from the state, and the focus is never lost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppState } from '../../../../shared/app.js';
import '../../../../renderer/double/tools.js';
import { during } from '../../../../renderer/double/scene.js';
import { scenes } from '../../../../renderer/double/scenes/all.js';
import { reportWith } from '../../../../renderer/double/scenes/wizard-records.js';
import {
  lastRun,
  planned,
  progress,
  ready,
  run,
  said,
  stage as stageId,
  staged,
  staging,
  waiting,
  withStage,
} from '../../../../renderer/double/scenes/wizard-states.js';
import { obstacle, Stage } from '../../../screenshots/stage.js';

const missing = obstacle();
const folder = mkdtempSync(join(tmpdir(), 'understudy-wizard-'));
let stage: Stage | undefined;

beforeAll(async () => {
  if (missing === null) stage = await Stage.raise(folder);
}, 300_000);

afterAll(async () => {
  await stage?.strike();
  rmSync(folder, { recursive: true, force: true });
});

/** A scene in a page, perhaps at another address and without what it presses. */
async function opened(name: string, address?: string): Promise<Page> {
  const { address: usual, language = 'en' } = scenes.find((scene) => scene.name === name)!;
  return stage!.show(
    { name, address: address ?? usual, press: [], language },
    { theme: 'light', width: 1024 },
  );
}

async function told(page: Page, state: AppState): Promise<void> {
  await page.evaluate((next) => window.understudyEmits?.({ kind: 'state', state: next }), state);
  await page.clock.runFor(300);
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });
const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement?.textContent ?? '').replace(/\s+/g, ' ').trim());

/** Goes to a button with the tabulator alone, from where the focus is, and presses it. */
async function pressByKeyboard(page: Page, role: 'button' | 'link', name: string): Promise<void> {
  const target = page.getByRole(role, { name, exact: true });
  for (let step = 0; step < 80; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Enter');
      await page.clock.runFor(300);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached with the tabulator.`);
}

describe.skipIf(missing !== null)(`the wizard${missing === null ? '' : ` (${missing})`}`, () => {
  test('is walked from Choose to Done by the keyboard alone', async () => {
    const page = await opened('wizard-choose');
    await pressByKeyboard(page, 'button', 'Continue');
    // Not before the helper says that there is a plan.
    await heading(page, 'Choose what to update').waitFor();
    await told(page, during(planned));
    await heading(page, 'Check that the update can start').waitFor();
    expect(await focused(page)).toBe('Check that the update can start');
    await pressByKeyboard(page, 'button', 'Continue');
    await heading(page, 'Keep the way back').waitFor();
    await pressByKeyboard(page, 'button', 'Start the rehearsal');
    await heading(page, 'Rehearsing the update').waitFor();
    expect(await focused(page)).toBe('Rehearsing the update');
    await told(page, withStage(ready));
    await heading(page, 'The rehearsal went well').waitFor();
    await pressByKeyboard(page, 'link', 'Review the changes');
    await heading(page, 'Review what would change').waitFor();
    await pressByKeyboard(page, 'button', 'On to the switch');
    await heading(page, 'Switch to the updated system').waitFor();
    await pressByKeyboard(page, 'button', 'Switch and restart now');
    await heading(page, 'Switching to the updated system').waitFor();
    expect(await page.getByRole('main').getByRole('link').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Cancel|Stop|Back/ }).count()).toBe(0);
    await told(page, during({ state: 'done', stage: stageId, restorePoint: 'restore-c41' }));
    await heading(page, 'Your system is updated').waitFor();
    expect(await focused(page)).toBe('Your system is updated');
    await pressByKeyboard(page, 'button', 'Roll back…');
    await page.getByRole('dialog', { name: 'Roll back to before this update?' }).waitFor();
    await page.context().close();
  });

  test('sets the switch for an hour, and takes it back', async () => {
    const page = await opened('wizard-switch');
    await page.getByRole('radio', { name: 'At an hour' }).check();
    const field = page.getByLabel('Hour', { exact: true });
    await field.fill('');
    expect(await page.getByRole('button', { name: 'Switch at this hour' }).isDisabled()).toBe(true);
    await field.fill('23:59');
    await pressByKeyboard(page, 'button', 'Switch at this hour');
    await page.getByRole('heading', { level: 1, name: /^The switch is set for today, / }).waitFor();
    await pressByKeyboard(page, 'button', 'Cancel the switch');
    await heading(page, 'Switch to the updated system').waitFor();
    await page.context().close();
  });

  test('that is opened in the middle of a rehearsal is at the rehearsal, and an early step leads back to it', async () => {
    const page = await opened('wizard-rehearse', '#/wizard');
    await heading(page, 'Rehearsing the update').waitFor();
    const steps = page.getByRole('navigation', { name: 'Steps of the update' });
    expect(await steps.locator('[aria-current=step]').innerText()).toContain('Rehearse');
    await steps.getByRole('link', { name: 'Back up passed' }).click();
    await heading(page, 'Keep the way back').waitFor();
    expect(await page.getByRole('button', { name: 'Start the rehearsal' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Show the rehearsal' }).click();
    await heading(page, 'Rehearsing the update').waitFor();
    await page.context().close();
  });

  test('a rehearsal is stopped with one button, and says that it was clean', async () => {
    const page = await opened('wizard-rehearse');
    await page.getByRole('button', { name: 'Stop the rehearsal' }).click();
    await told(page, during(staging(progress({}), true)));
    await heading(page, 'Stopping the rehearsal').waitFor();
    expect(await page.getByRole('button', { name: 'Stopping…' }).isDisabled()).toBe(true);
    await told(page, during(planned, { status: { last: lastRun('stage', said('CANCELLED')) } }));
    await heading(page, 'Keep the way back').waitFor();
    await page.getByRole('status').filter({ hasText: 'You stopped the rehearsal.' }).waitFor();
    await page.context().close();
  });

  test('checks arrive one by one, and going on waits for the last', async () => {
    const page = await opened('wizard-check-running');
    await page.getByText('No earlier work of Understudy is open.').waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    // What the helper says besides does not begin them anew.
    await told(page, during(planned, { status: { unseen: [{ what: 'a thing', why: 'a reason' }] } }));
    await page.getByText('No earlier work of Understudy is open.').waitFor();
    const last = reportWith().checks.at(-1)!;
    const title = 'Start in a virtual machine';
    expect(await page.getByText(title).count()).toBe(0);
    await page.evaluate((result) => window.understudyEmits?.({ kind: 'checked', result }), last);
    await page.getByText(title).waitFor();
    await page.context().close();
  });

  test('what is in the way stops the way on, and can be helped from there', async () => {
    const page = await opened('wizard-check-free-space');
    await page.getByText('Something is in the way. Nothing was changed.').waitFor();
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Free space…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove old restore points?' });
    await dialog.getByText('2 restore points go').waitFor();
    await dialog.getByRole('button', { name: 'Remove and check again' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('2,000 updates cost few rows, and are selected with the arrow keys and the space bar', async () => {
    const page = await opened('wizard-choose-many');
    await page.getByRole('radio', { name: 'Chosen packages' }).check();
    expect(await page.getByRole('checkbox').count()).toBeLessThan(60);
    const first = page.getByRole('checkbox').first();
    await first.focus();
    await page.keyboard.press('Space');
    await page.getByText('1,999 of 2,000 selected').waitFor();
    // Further than the rows that existed at first.
    for (let step = 0; step < 70; step += 1) {
      await page.keyboard.press('ArrowDown');
      await page.clock.runFor(20);
    }
    await page.keyboard.press('Space');
    await page.getByText('1,998 of 2,000 selected').waitFor();
    await page.getByRole('button', { name: 'Skip the list' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatch(/^Continue|^Back/);
    await page.context().close();
  });

  test('conflicts are decided with the arrow keys, and saved together', async () => {
    const page = await opened('wizard-review-conflicts');
    const onward = page.getByRole('button', { name: 'On to the switch' });
    expect(await onward.isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: /^Save/ }).count()).toBe(0);
    const choice = (path: string) => page.getByRole('group', { name: `Which one to use: ${path}` });
    await choice('/etc/ssh/sshd_config').getByRole('radio', { name: 'Keep mine' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(
      await choice('/etc/ssh/sshd_config').getByRole('radio', { name: 'Take the new one' }).isChecked(),
    ).toBe(true);
    await choice('/etc/cups/cups-browsed.conf').getByRole('radio', { name: 'Keep mine' }).focus();
    await page.keyboard.press('Space');
    await pressByKeyboard(page, 'button', 'Save 2 decisions');
    await page.getByText('All decided').waitFor();
    await told(page, withStage(ready, { staged: { ...staged, conflicts: 3 } }));
    expect(await onward.isEnabled()).toBe(true);
    await page.context().close();
  });

  test('a difference says in words which side a line is from', async () => {
    const page = await opened('wizard-review-conflicts');
    const cell = page.getByRole('cell', { name: 'only in yours: Port 2222' });
    await cell.waitFor();
    await page.getByRole('radio', { name: 'In one text' }).check();
    await cell.waitFor({ state: 'detached' });
    expect(
      await page.getByRole('listitem').filter({ hasText: 'only in the new one:' }).count(),
    ).toBeGreaterThan(0);
    await page.context().close();
  });

  test('100,000 files are filtered, and cost few rows', async () => {
    const page = await opened('wizard-review-many');
    await page.getByRole('button', { name: 'Show every file' }).click();
    const files = page.getByRole('list', { name: 'Files that would change' }).getByRole('listitem');
    await files.first().waitFor();
    expect(await files.count()).toBeLessThan(60);
    expect(await files.first().getAttribute('aria-setsize')).toBe('100000');
    await page.getByRole('searchbox', { name: 'Search files' }).fill('module-99998');
    await page.getByText('1 found').waitFor();
    expect(await files.count()).toBe(1);
    await page.context().close();
  });

  test('a question for the password that was closed leaves one where one was, and asks again', async () => {
    const page = await opened('wizard-backup-dismissed');
    await pressByKeyboard(page, 'button', 'Start the rehearsal');
    const alert = page.getByRole('alert').filter({ hasText: 'The question for your password was closed.' });
    await alert.waitFor();
    await alert.getByRole('button', { name: 'Try again' }).waitFor();
    await pressByKeyboard(page, 'button', 'Not now');
    await alert.waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Keep the way back');
    await page.context().close();
  });

  test('a rehearsal that went stale offers a new one and no switch', async () => {
    const page = await opened('wizard-switch-stage-stale');
    expect(await page.getByRole('button', { name: /^Switch/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Rehearse again' }).click();
    await page.clock.runFor(300);
    await heading(page, 'Rehearsing the update').waitFor();
    await page.context().close();
  });

  test('a helper that is lost in the middle leaves the step, and it is found again', async () => {
    const page = await opened('wizard-rehearse');
    await told(
      page,
      during(
        { state: 'unknown' },
        { app: { status: null, connection: { state: 'connecting', problem: null } } },
      ),
    );
    await heading(page, 'Looking at your system').waitFor();
    await told(page, during(staging(progress({ phase: 'verify' }))));
    await heading(page, 'Rehearsing the update').waitFor();
    await page.context().close();
  });

  test('a name that is HTML or turns the writing around is text', async () => {
    const page = await opened('wizard-strange-updates');
    await page.getByText('<b>bold</b>').first().waitFor();
    expect(await page.getByText('libsafe⟨202E⟩gpj.exe').count()).toBeGreaterThan(0);
    expect(await page.locator('main img, main b').count()).toBe(0);
    await page.context().close();
  });

  test('nothing begins while something else goes on', async () => {
    const page = await opened('wizard-backup');
    await told(
      page,
      during(planned, {
        status: {
          run: {
            id: run,
            kind: 'prune',
            started: '2026-11-20T17:30:00Z',
            uid: 0,
            cancelling: false,
            subject: null,
            progress: null,
            inhibiting: false,
          },
        },
      }),
    );
    expect(await page.getByRole('button', { name: 'Start the rehearsal' }).isDisabled()).toBe(true);
    await told(page, during(waiting));
    await heading(page, 'Choose what to update').waitFor();
    await page.context().close();
  });
});
