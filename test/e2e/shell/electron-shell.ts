/** The app in Electron itself, wherever its program is there: the npm package brings none and fetches it from elsewhere. */
import { join } from 'node:path';
import { _electron as electron, type ElectronApplication } from 'playwright-core';
import { complaintsOf } from './complaints.js';
import { practiceObstacle } from './practice-obstacle.js';
import { privatePlace } from './private-place.js';
import type { Shell } from './shell.js';

const top = join(import.meta.dirname, '../../..');
/** A module of the build is JavaScript; this is what is used of it. */
const { installedElectron } = (await import(join(top, 'build/start/electron-program.js'))) as {
  installedElectron: () => string | null;
};

export function electronObstacle(): string | undefined {
  if (installedElectron() === null) return "needs Electron's program, which the npm registry does not have";
  if (process.getuid?.() === 0) return 'needs an ordinary user: Electron opens no window as root';
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!DISPLAY && !WAYLAND_DISPLAY) return 'needs a display';
  return practiceObstacle();
}

export function startElectronShell(): Promise<Shell> {
  const place = privatePlace();
  const complaints: string[] = [];
  let app: ElectronApplication | undefined;
  const start = (): Promise<ElectronApplication> =>
    electron.launch({
      executablePath: installedElectron() ?? '',
      args: ['.', '--practice', '--offline'],
      cwd: top,
      locale: 'en-GB',
      env: { ...displayOf(process.env), ...place.environment },
    });
  return Promise.resolve({
    place,
    windows: 'one',
    async open() {
      app ??= await start();
      const page = await app.firstWindow();
      page.setDefaultTimeout(90_000);
      complaintsOf(page, complaints);
      await page.getByRole('main').waitFor();
      return page;
    },
    async close() {
      await app?.close();
      app = undefined;
    },
    async dispose() {
      await app?.close();
      await place.remove();
      if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
    },
  });
}

/** How the display of this session is reached. */
function displayOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
