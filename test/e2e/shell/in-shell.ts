/** A group of tests around one shell of the app, on a practice system of its own. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { Home } from '../pages/home.js';
import { theShell, type Shell } from './shell.js';
import { toldOnFailure } from './told-on-failure.js';

export interface Opened {
  readonly shell: Shell;
  /** The newest one. */
  page: Page;
}

/** `tests` may use what it is given from the first hook or test on. The reason why there is no shell here stands in the title. */
export function inShell(subject: string, tests: (opened: Opened) => void): void {
  const kind = theShell();
  describe.skipIf(kind.obstacle !== undefined)(`${subject} (${kind.obstacle ?? kind.name})`, () => {
    let shell: Shell | undefined;
    const opened = {} as { shell: Shell; page: Page };
    beforeAll(async () => {
      shell = await kind.start();
      opened.shell = shell;
      opened.page = await shell.open();
      await new Home(opened.page).isReady();
    });
    beforeEach(() => toldOnFailure(() => opened.page));
    afterAll(() => shell?.dispose());
    tests(opened);
  });
}
