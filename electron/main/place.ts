/** Where and as what the app runs: from a package or a checkout. Invariant: a package takes nothing from its environment. */
import type { App } from 'electron';
import type { Latitude } from './hardening.js';

/** Only a checkout has developer tools, and a development server that `npm run dev` names. */
export function latitudeFor(
  isPackaged: boolean,
  { UNDERSTUDY_DEV_ORIGIN: origin }: NodeJS.ProcessEnv,
): Latitude {
  if (isPackaged) return { devOrigin: null, devTools: false };
  const isLocal = origin !== undefined && /^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(origin);
  return { devOrigin: isLocal ? origin : null, devTools: true };
}

/** What starts this app again. An AppImage is started by its file, not by what it is mounted as. */
export function ownCommand(
  app: Pick<App, 'getAppPath' | 'isPackaged'>,
  { env, execPath }: Pick<NodeJS.Process, 'env' | 'execPath'>,
): readonly string[] {
  if (!app.isPackaged) return [execPath, app.getAppPath()];
  return [env['APPIMAGE'] ?? execPath];
}
