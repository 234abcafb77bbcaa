/**
 * What the desktop of this session offers, asked on its bus with busctl(1). Invariant: a bus that is missing, slow or strange means
 * "it does not offer that", and is waited for no longer than the limit.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Answers the words of a reply, without its type; rejects when there is none. */
export type AskBus = (...words: readonly string[]) => Promise<string>;

const limitMs = 3_000;

export const sessionBus: AskBus = async (...words) => {
  const argv = ['--user', '--auto-start=no', '--timeout=2', ...words];
  const { stdout } = await promisify(execFile)('busctl', argv, { timeout: limitMs, maxBuffer: 64 * 1024 });
  return stdout.trim();
};

/** Somebody shows icons in a panel: StatusNotifierWatcher of the StatusNotifierItem specification. */
export async function hasTrayHost(ask: AskBus = sessionBus): Promise<boolean> {
  const watcher = 'org.kde.StatusNotifierWatcher';
  try {
    const said = await ask(
      'get-property',
      watcher,
      '/StatusNotifierWatcher',
      watcher,
      'IsStatusNotifierHostRegistered',
    );
    return said === 'b true';
  } catch {
    return false;
  }
}

/** The server of notifications shows buttons: `actions` of the Desktop Notifications Specification. */
export async function hasNotificationActions(ask: AskBus = sessionBus): Promise<boolean> {
  const server = 'org.freedesktop.Notifications';
  try {
    const said = await ask('call', server, '/org/freedesktop/Notifications', server, 'GetCapabilities');
    return /^as \d+ /.test(said) && said.split(' ').includes('"actions"');
  } catch {
    return false;
  }
}
