/**
 * The system's own hooks around dpkg (DPkg::Pre-Invoke and the like, apt.conf(5)) run in the rehearsal too: etckeeper,
 * debconf's preconfiguration and what an administrator added belong to an update. Those that take a snapshot do not:
 * in a clone they would snapshot the clone, or fail without the real disks.
 */
import { ask, type Runner } from '../runner.js';
import { withoutHooksSettings } from './places.js';

/** `withoutHooksSettings` clears exactly these. */
const lists = ['DPkg::Pre-Invoke', 'DPkg::Post-Invoke', 'DPkg::Pre-Install-Pkgs'] as const;
const snapshotTools =
  /timeshift|snapper|apt-btrfs-snapshot|apt-snapshot|zsysctl|zfs-snapshot|zfsnap|btrbk|snapraid/;

/** Arguments that leave the snapshot tools out; none where there are none. */
export async function hookArguments(runner: Runner, signal: AbortSignal): Promise<string[]> {
  const { stdout } = await ask(runner, ['apt-config', 'dump', '--format', '%F %V%n'], {
    timeoutMs: 60_000,
    signal,
  });
  return argumentsFor(stdout);
}

/** From the lines `Name value`, the value URL-encoded, of `apt-config dump`. */
export function argumentsFor(dump: string): string[] {
  const hooks = dump.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    const list = lists.find((known) => name.toLowerCase().startsWith(`${known.toLowerCase()}::`));
    return list && value !== '' ? [{ name, command: decode(value) }] : [];
  });
  if (!hooks.some(({ command }) => snapshotTools.test(command))) return [];
  const kept = hooks.filter(({ command }) => !snapshotTools.test(command));
  // A list can only be cleared from a file; what stays is put back afterwards, in its order.
  return [`-c=${withoutHooksSettings}`, ...kept.flatMap(({ name, command }) => ['-o', `${name}=${command}`])];
}

function decode(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
