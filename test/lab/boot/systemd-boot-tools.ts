/**
 * bootctl from Debian's package systemd-boot, unpacked and not installed: to install it makes systemd-boot the boot loader of the machine.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../electron/engine/process/run.js';

const limit = { timeoutMs: 60_000 };

/** The unpacked tree below `folder`; undefined where it cannot be had. */
export async function systemdBootTools(
  folder: string,
  packages: readonly string[] = ['systemd-boot'],
): Promise<string | undefined> {
  const [debs, tree] = [join(folder, 'debs'), join(folder, 'tree')];
  for (const path of [debs, tree]) mkdirSync(path, { recursive: true });
  const argv = ['apt-get', '-o', 'APT::Sandbox::User=root', 'download', ...packages] as const;
  if ((await run([...argv], { ...limit, cwd: debs })).status !== 0) return undefined;
  for (const name of readdirSync(debs))
    if ((await run(['dpkg-deb', '--extract', join(debs, name), tree], limit)).status !== 0) return undefined;
  return tree;
}
