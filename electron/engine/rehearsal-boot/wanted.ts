/** Whether a staged environment is to be booted: by what was asked for, by the setting, and by what the update changes. */
import type { RehearsalBoot } from '../../../shared/settings.js';
import type { TreeChange } from '../review/tree-change.js';

/** Folders and files that decide whether a system starts, in the layouts with and without a merged `/usr`. */
const decisive: readonly RegExp[] = [
  /^boot\/(?!grub)/,
  /^(usr\/)?lib\/modules\//,
  /^(usr\/)?lib\/firmware\//,
  // init, and systemd itself: its programs and generators, not the units of all packages
  /^(usr\/)?s?bin\/(init|mount|kmod|modprobe|udevadm)$/,
  /^(usr\/)?lib\/systemd\/([^/]+|system-generators\/[^/]+)$/,
  /^(usr\/)?lib(\/[^/]+)?\/(systemd\/libsystemd|libsystemd|libudev)[^/]*\.so/,
  /^(usr\/)?lib\/udev\//,
  // the C library and its loader
  /^(usr\/)?lib(32|64|x32)?(\/[^/]+)?\/(ld-[^/]+\.so|libc[.-][^/]*so)[^/]*$/,
  // what makes the initramfs
  /^(usr\/share\/initramfs-tools|usr\/lib\/(dracut|initcpio))\//,
  /^etc\/(fstab|crypttab|inittab|initramfs-tools\/|dracut|mkinitcpio)/,
];

/** True where the update changes the kernel, the initramfs, init, systemd, udev or the C library. */
export function changesTheStart(changes: readonly TreeChange[]): boolean {
  return changes.some(({ path, type }) => type !== 'dir' && decisive.some((pattern) => pattern.test(path)));
}

export interface BootWish {
  /** `--boot` and `--no-boot`; undefined where nobody said. */
  readonly asked: boolean | undefined;
  readonly setting: RehearsalBoot;
  readonly isRunning: boolean;
  readonly changes: readonly TreeChange[];
}

/** Why it is not to be booted, a sentence, or `undefined` when it is. */
export function reasonNotToBoot({ asked, setting, isRunning, changes }: BootWish): string | undefined {
  if (asked === true) return undefined;
  if (asked === false) return 'it was asked not to.';
  if (setting === 'off') return 'the settings say so.';
  if (!isRunning) return 'this is not the running system, and nobody asked for it.';
  if (setting === 'kernel' && !changesTheStart(changes))
    return 'the update changes nothing that decides whether the system starts.';
  return undefined;
}
