/**
 * What is left to do once the new environment is in place: tell the running service manager, redo the boot menu, and
 * restart as far as the chosen activation says. None of it can undo the switch, so a failure is a remark.
 */
import { existsSync } from 'node:fs';
import type { Activated } from '../../shared/history.js';
import { run } from './process/run.js';
import type { Engine } from './engine.js';
import type { System } from './system.js';

const minute = 60_000;

export async function followActivation(
  { system, environment }: Pick<Engine, 'system' | 'environment'>,
  result: Activated,
): Promise<Activated> {
  if (!system.isRunning) return result;
  const remarks = [...result.remarks];
  const isInEffect = environment.pending(system) === undefined;
  if (isInEffect && existsSync('/run/systemd/system')) {
    const reload = await run(['systemctl', 'daemon-reload'], { timeoutMs: minute });
    if (reload.status !== 0)
      remarks.push('The service manager could not read its units again; it will at the next start.');
  }
  if (isInEffect) remarks.push(...(await renewBootMenu(system)));
  const restart: Partial<Record<Activated['how'], string>> = {
    'soft-reboot': 'soft-reboot',
    kexec: 'kexec',
    reboot: 'reboot',
  };
  const verb = restart[result.how];
  if (verb !== undefined) {
    const asked = await run(['systemctl', verb], { timeoutMs: minute });
    if (asked.status !== 0)
      remarks.push(`The restart (${verb}) could not be started; restart the machine when it suits you.`);
  }
  return { ...result, remarks };
}

/** In the rehearsal there were no disks for GRUB to look at. The menu is that of the running system alone. */
export async function renewBootMenu({ root }: Pick<System, 'root'>): Promise<string[]> {
  if (root !== '/') return [];
  if (!existsSync('/usr/sbin/update-grub') || !existsSync('/boot/grub')) return [];
  const menu = await run(['/usr/sbin/update-grub'], { timeoutMs: 5 * minute });
  return menu.status === 0
    ? []
    : ['The boot menu could not be renewed: run "update-grub" before the next restart.'];
}
