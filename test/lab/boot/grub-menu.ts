/** A grub.cfg as grub-mkconfig(8) writes it, as far as it matters what is started; it reads custom.cfg in the way of the machine's own GRUB. */
import { runOrFault } from '../../../electron/engine/process/run.js';

/** `boot`: /boot as GRUB calls it. */
export async function grubMenu(boot = ''): Promise<string> {
  return (
    menuWithoutCustom(boot) + (await runOrFault(['/etc/grub.d/41_custom'], { timeoutMs: 30_000 })).stdout
  );
}

/** As 00_header begins it. */
export function menuWithoutCustom(boot = ''): string {
  return [
    'if [ -s $prefix/grubenv ]; then load_env; fi',
    'if [ "${next_entry}" ]; then',
    '  set default="${next_entry}"',
    '  set next_entry=',
    '  save_env next_entry',
    '  set boot_once=true',
    'else',
    '  set default="0"',
    'fi',
    'set timeout=0',
    `menuentry 'The system' { linux ${boot}/vmlinuz entry=menu }`,
    `menuentry 'Another' --id another { linux ${boot}/vmlinuz entry=another }`,
    '',
  ].join('\n');
}
