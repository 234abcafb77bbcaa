/** GRUB's menu, which its own scripts write. */
import { existsSync } from 'node:fs';
import { run } from '../process/run.js';
import type { System } from '../system.js';

/** In the rehearsal there were no disks for GRUB to look at. The menu is that of the running system alone. What is to be said of it. */
export async function renewBootMenu({ root }: Pick<System, 'root'>): Promise<string[]> {
  if (root !== '/') return [];
  if (!existsSync('/usr/sbin/update-grub') || !existsSync('/boot/grub')) return [];
  const menu = await run(['/usr/sbin/update-grub'], { timeoutMs: 5 * 60_000 });
  return menu.status === 0
    ? []
    : ['The boot menu could not be renewed: run "update-grub" before the next restart.'];
}
