/**
 * The shells in which the same tests run, each as a vitest project of its own: the app in a browser, and in Electron wherever its
 * program is there. A test knows pages, never which shell shows them.
 */
import type { Page } from 'playwright-core';
import { browserObstacle, startBrowserShell } from './browser-shell.js';
import { electronObstacle, startElectronShell } from './electron-shell.js';
import type { PrivatePlace } from './private-place.js';

export interface Shell {
  readonly place: PrivatePlace;
  /** The app's page. Answers another one after `close`. */
  open(): Promise<Page>;
  /** Whether a second window can be opened beside the first. */
  readonly windows: 'one' | 'any';
  /** Closes the window; the shell itself goes on. */
  close(): Promise<void>;
  /** Ends the shell and its helper, and removes the practice system. Throws what the pages complained of. */
  dispose(): Promise<void>;
}

export interface ShellKind {
  readonly name: string;
  /** Why it cannot be started here. */
  readonly obstacle: string | undefined;
  start(): Promise<Shell>;
}

const kinds: Readonly<Record<string, ShellKind>> = {
  browser: { name: 'in a browser', obstacle: browserObstacle(), start: startBrowserShell },
  electron: { name: 'in Electron', obstacle: electronObstacle(), start: startElectronShell },
};

/** The shell of this project (vitest.config.js). */
export function theShell(): ShellKind {
  const name = process.env['UNDERSTUDY_TEST_SHELL'] ?? 'browser';
  const kind = kinds[name];
  if (!kind) throw new Error(`There is no shell ${name}.`);
  return kind;
}
