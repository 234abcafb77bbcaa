/** The question before a rollback. */
import type { Locator, Page } from 'playwright-core';

export class RollbackDialog {
  readonly dialog: Locator;

  private constructor(page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Roll back to before this update?' });
  }

  /** Once it says what would be lost. */
  static async opened(page: Page): Promise<RollbackDialog> {
    const opened = new RollbackDialog(page);
    await opened.dialog.getByRole('heading', { name: 'What stays' }).waitFor();
    return opened;
  }

  async confirm(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}
