/** What a page complains about: breaches of its policy, missing files, exceptions. */
import type { Page } from 'playwright-core';

export function complaintsOf(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
}
