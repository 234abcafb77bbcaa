/** What the page said when a test failed, so that the failure can be understood from the log alone. */
import type { Page } from 'playwright-core';
import { onTestFailed } from 'vitest';

/** For use at the beginning of a test. */
export function toldOnFailure(page: () => Page | undefined): void {
  onTestFailed(async () => {
    const text = await page()
      ?.locator('body')
      .innerText({ timeout: 5_000 })
      .catch((error: unknown) => String(error));
    console.error(`The page said:\n${text ?? 'nothing'}`);
  });
}
