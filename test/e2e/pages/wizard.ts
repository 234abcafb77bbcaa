/** The wizard, step by step, by the words that a person reads. Each method waits until its step is there. */
import type { Locator, Page } from 'playwright-core';

/** The heading of each step. */
export const titles = {
  choose: 'Choose what to update',
  check: 'Check that the update can start',
  backup: 'Keep the way back',
  rehearsing: 'Rehearsing the update',
  rehearsed: 'The rehearsal went well',
  failed: 'The rehearsal did not succeed',
  review: 'Review what would change',
  switch: 'Switch to the updated system',
  done: 'Your system is updated',
} as const;
export type Title = keyof typeof titles;

/** A rehearsal of the practice updates, with both cores at other work. */
const rehearsalMs = 240_000;

export class Wizard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async at(title: Title, timeout = 90_000): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: titles[title], exact: true }).waitFor({ timeout });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  /** A button, or a link that looks like one. */
  async press(name: string): Promise<void> {
    await this.button(name)
      .or(this.page.getByRole('main').getByRole('link', { name, exact: true }))
      .click();
  }

  /** From Home's button to the list of what waits. */
  async enter(): Promise<void> {
    await this.page.getByRole('link', { name: 'Update', exact: true }).click();
    // With a plan from before, the wizard opens where one left it.
    const steps = this.page.getByRole('navigation', { name: 'Steps of the update' });
    await steps.waitFor();
    const choose = steps.getByRole('link', { name: 'Choose' });
    if (await choose.isVisible()) await choose.click();
    await this.at('choose');
    const look = this.button('Look for updates');
    const list = this.page.getByRole('group', { name: 'What to update' });
    await look.or(list).first().waitFor();
    if (await look.isVisible()) await look.click();
    await list.waitFor();
  }

  async chooseScope(name: string): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).check();
  }

  async toCheck(): Promise<void> {
    await this.press('Continue');
    await this.at('check');
  }

  /** Where something is in the way. */
  async toCheckBlocked(): Promise<void> {
    await this.toCheck();
    await this.page.getByText('Something is in the way. Nothing was changed.').waitFor();
  }

  /** Once all checks are there and none is in the way. */
  async toBackUp(): Promise<void> {
    await this.page.getByText(/^(Nothing is in the way|You can go on)/).waitFor();
    await this.press('Continue');
    await this.at('backup');
  }

  async startRehearsal(): Promise<void> {
    await this.press('Start the rehearsal');
    await this.page
      .getByRole('heading', { level: 1, name: /^(Rehearsing the update|The rehearsal)/ })
      .waitFor();
  }

  async rehearsed(): Promise<void> {
    await this.at('rehearsed', rehearsalMs);
  }

  async toReview(): Promise<void> {
    await this.press('Review the changes');
    await this.at('review');
  }

  /** Of the configuration file that the practice system's user and its update both changed. */
  async settleConflict(choice: 'Keep mine' | 'Take the new one'): Promise<void> {
    const decisions = this.page.getByRole('region', { name: 'Your decisions' });
    await decisions.getByRole('radio', { name: choice }).check();
    await decisions.getByRole('button', { name: 'Save 1 decision' }).click();
    await decisions.getByText('All decided').waitFor({ timeout: rehearsalMs });
  }

  async toSwitch(): Promise<void> {
    await this.press('On to the switch');
    await this.at('switch');
  }

  async switchNow(): Promise<void> {
    await this.press('Switch now');
    await this.at('done', rehearsalMs);
  }

  /** From the choice to the rehearsal that went well. */
  async rehearse(scope?: string): Promise<void> {
    await this.enter();
    if (scope !== undefined) await this.chooseScope(scope);
    await this.toCheck();
    await this.toBackUp();
    await this.startRehearsal();
  }

  /** The whole way, with the user's own file kept. */
  async update(): Promise<void> {
    await this.rehearse();
    await this.rehearsed();
    await this.toReview();
    await this.settleConflict('Keep mine');
    await this.toSwitch();
    await this.switchNow();
  }
}
