/**
 * Opens the system's browser: as a window of its own where a browser that can do so is there, else in the usual one. Invariant: only
 * an argument vector, and only with a desktop to open it on.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Browsers that know `--app`, in the order in which they are tried. */
const appBrowsers = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
  'vivaldi-stable',
];

export interface Desktop {
  readonly environment: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
}

export type Opening =
  | { readonly argv: readonly [string, ...string[]] }
  | { readonly reason: 'no-display' | 'root' | 'no-browser' };

/** What would be run. A browser refuses to run as root, and should. */
export function howToOpen(
  address: string,
  { environment, isRoot }: Desktop,
  isProgram: (path: string) => boolean = isExecutable,
): Opening {
  if (!hasDisplay(environment)) return { reason: 'no-display' };
  if (isRoot) return { reason: 'root' };
  const folders = (environment['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find(isProgram);
  for (const name of appBrowsers) {
    const program = find(name);
    if (program !== undefined) return { argv: [program, `--app=${address}`] };
  }
  const opener = find('xdg-open');
  return opener === undefined ? { reason: 'no-browser' } : { argv: [opener, address] };
}

export function hasDisplay(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY']);
}

/** Answers whether it was started; what becomes of it is its own business. */
export function openBrowser([program, ...words]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
