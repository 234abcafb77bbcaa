/**
 * The hooks of the system and its packages (alpm-hooks(5)) run in the rehearsal too: they make the initramfs, the modules of DKMS and the
 * caches of an update. Those that take a snapshot do not: in a clone they would snapshot the clone, or fail without the real disks.
 */
import type { Session } from '../../environments/environment.js';
import { ask, runnerIn } from '../runner.js';
import type { Configuration } from './configuration.js';

/** pacman always reads this one, first. */
const packagesHooks = '/usr/share/libalpm/hooks';
const masks = '/run/understudy-hooks';
const timeoutMs = 60_000;
const snapshotTools =
  /timeshift|snapper|snap-pac|btrfs-snapshot|zsysctl|zfs-snapshot|zfsnap|btrbk|snapraid|pacman-zfs-hook|arch-snap/;

/** The folders after the packages' own, of which a later one goes before an earlier one. */
export async function hookFolders(
  session: Session,
  { hookFolders: configured }: Configuration,
): Promise<string[]> {
  const runner = runnerIn(session);
  const folders = configured.length > 0 ? configured : ['/etc/pacman.d/hooks'];
  const masked: string[] = [];
  for (const folder of [packagesHooks, ...folders]) {
    const { stdout, status } = await session.run(['ls', '-1', folder], { timeoutMs });
    if (status !== 0) continue;
    for (const name of stdout.split('\n').filter((line) => line.endsWith('.hook'))) {
      const hook = await session.run(['cat', '--', `${folder.replace(/\/$/, '')}/${name}`], { timeoutMs });
      if (snapshotTools.test(execOf(hook.stdout))) masked.push(name);
    }
  }
  if (masked.length === 0) return [...folders];
  // A link to /dev/null under the same name in a later folder switches a hook off.
  await ask(runner, ['mkdir', '-p', masks], { timeoutMs });
  for (const name of masked) await ask(runner, ['ln', '-sf', '/dev/null', `${masks}/${name}`], { timeoutMs });
  return [...folders, masks];
}

function execOf(hook: string): string {
  return /^\s*Exec\s*=\s*(.*)$/m.exec(hook)?.[1] ?? '';
}
