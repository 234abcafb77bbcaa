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
    await this.says(/updates are waiting|Ready to look for updates/, 240_000).catch(
      async (error: unknown) => {
        throw new Error(await this.#page.getByRole('main').innerText(), { cause: error });
      },
    );
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
