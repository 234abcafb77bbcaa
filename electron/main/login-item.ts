/**
 * Starting at login, by the Desktop Application Autostart Specification: a file in the user's own autostart folder. Invariant: the
 * file is whole or not there, and no other file in the folder is touched.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const appId = 'org.understudy.Understudy';
/** With this option the app starts into the tray, without its window. */
export const hiddenOption = '--hidden';

export function autostartFile(environment: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const { XDG_CONFIG_HOME: given } = environment;
  // XDG Base Directory Specification: a path that is not absolute is ignored.
  const folder = given?.startsWith('/') === true ? given : join(home, '.config');
  return join(folder, 'autostart', `${appId}.desktop`);
}

/** `argv` is what starts the app, without the option for a hidden start. */
export async function setStartAtLogin(wanted: boolean, argv: readonly string[], file: string): Promise<void> {
  if (!wanted) {
    await rm(file, { force: true });
    return;
  }
  await mkdir(join(file, '..'), { recursive: true });
  const beside = `${file}.new`;
  await writeFile(beside, autostartEntry(argv), { mode: 0o644 });
  await rename(beside, file);
}

export function autostartEntry(argv: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Understudy',
    'Icon=org.understudy.Understudy',
    `Exec=${[...argv, hiddenOption].map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * An argument of the `Exec` key, Desktop Entry Specification: quoted with four characters escaped; then a backslash is escaped once
 * more as in every string value, and a percent sign doubled, for it would begin a field code.
 */
function quoted(argument: string): string {
  const inQuotes = `"${argument.replace(/["`$\\]/g, String.raw`\$&`)}"`;
  return inQuotes.replaceAll('\\', String.raw`\\`).replaceAll('%', '%%');
}
