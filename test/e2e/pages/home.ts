/** Home, as a person uses it: the sentence, the button, the way back. */
import type { Locator, Page } from 'playwright-core';
import { RollbackDialog } from './rollback-dialog.js';

export class Home {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get sentence(): Locator {
    return this.#page.getByRole('heading', { level: 1 });
  }

  /** Until Home says so. */
  async says(sentence: string | RegExp, timeout = 60_000): Promise<void> {
    await this.#page.getByRole('heading', { level: 1, name: sentence }).waitFor({ timeout });
  }

  /** Once the practice system is there: making it copies some hundred packages of this machine. */
  async isReady(): Promise<void> {
    const main = this.#page.getByRole('main');
    const failed = this.sentence.filter({ hasText: 'Something went wrong' });
    await this.sentence
      .filter({ hasText: 'Ready to look for updates' })
      .or(failed)
      .waitFor({ timeout: 240_000 });
    if (!(await failed.isVisible())) return;
    await main.getByRole('button', { name: 'Details' }).click();
    throw new Error(await main.innerText());
  }

  async go(): Promise<this> {
    await this.#page.getByRole('link', { name: 'Home', exact: true }).click();
    return this;
  }

  /** The one button. */
  async press(name: string): Promise<void> {
    await this.#page.getByRole('main').getByText(name, { exact: true }).click();
  }

  async rollBack(): Promise<RollbackDialog> {
    await this.#page.getByRole('button', { name: 'Roll back the last update…' }).click();
    return RollbackDialog.opened(this.#page);
  }
}
