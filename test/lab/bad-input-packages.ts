/**
 * More packages that misbehave, beside those in `bad-packages.ts`: they reach for the host through every door that root has, or
 * make of a configuration file something else than a file. They are for a session and nowhere else.
 */
import type { PackageSpec } from '../../electron/engine/practice/archive/package.js';

const conffile = 'etc/understudy-turns/main.conf';

/** What the package that reaches for the host leaves behind where it succeeds. */
export const trace = 'understudy-reached-the-host';

const harmless = (name: string): PackageSpec => ({
  name,
  version: '1',
  architecture: 'all',
  entries: [{ path: `usr/share/${name}/content`, content: 'version 1\n' }],
});

/** Succeeds, whatever it could reach: what counts is that the host is as before. */
const reaches = [
  // The process with the id 1 is the session's own; its root must not be the host's.
  `echo x > /proc/1/root/etc/${trace}`,
  `echo x > /proc/1/root/${trace}`,
  `for root in /proc/[0-9]*/root; do echo x > "$root/var/tmp/${trace}"; done`,
  `nsenter --target 1 --mount --uts --ipc --net --pid touch /${trace}`,
  `chroot /proc/1/root touch /var/tmp/${trace}`,
  // A disk of the host by its number; block devices have been made unusable.
  'for number in 254:0 8:0 7:0 259:0; do',
  `  mknod /dev/${trace} b "\${number%:*}" "\${number#*:}" && dd if=/dev/zero of=/dev/${trace} bs=512 count=1 conv=notrunc`,
  `  rm -f /dev/${trace}`,
  `  mknod /usr/share/${trace} b "\${number%:*}" "\${number#*:}" && dd if=/dev/zero of=/usr/share/${trace} bs=512 count=1 conv=notrunc`,
  `  rm -f /usr/share/${trace}`,
  'done',
  'mknod /dev/mem c 1 1 && dd if=/dev/mem of=/dev/null bs=1 count=1',
  'rm -f /dev/mem',
  // Read-only parts of the kernel's own file systems, made writable again.
  'mount -o remount,rw /sys',
  'mount -o remount,rw,bind /proc/sys',
  'mount -t proc proc /mnt',
  'echo 1 > /proc/sys/kernel/panic_on_oops',
  `echo ${trace} > /mnt/sys/kernel/domainname`,
  'mount -t sysfs sysfs /mnt && echo x > /mnt/kernel/uevent_helper',
  `mount --bind / /mnt && echo x > /mnt/run/${trace}`,
  'mount -t tmpfs tmpfs /etc',
  'umount -l /proc',
  'swapoff -a',
  'date -s 2001-01-01',
  'ip link set lo down',
  'exit 0',
];

const specs: Readonly<Record<string, PackageSpec>> = {
  'understudy-bad-reaches': {
    ...harmless('understudy-bad-reaches'),
    version: '2',
    scripts: { postinst: reaches.map((line) => (/^(?:for|do|done| |exit)/.test(line) ? line : `${line} 2>&1 || true`)).join('\n') },
  },
};

export const moreInstalled: readonly PackageSpec[] = [
  harmless('understudy-bad-reaches'),
  {
    ...harmless('understudy-turns-folder'),
    entries: [{ path: `${conffile}.folder`, content: 'value = 1\n' }],
    conffiles: [`${conffile}.folder`],
  },
  {
    ...harmless('understudy-turns-link'),
    entries: [{ path: `${conffile}.link`, content: 'value = 1\n' }],
    conffiles: [`${conffile}.link`],
  },
];

export const moreUpdates: readonly PackageSpec[] = [
  ...Object.values(specs),
  // The configuration file has become a folder with files in it, as packages do when they outgrow one file.
  {
    ...harmless('understudy-turns-folder'),
    version: '2',
    entries: [{ path: `${conffile}.folder/part`, content: 'value = 2\n' }],
    conffiles: [`${conffile}.folder/part`],
  },
  // It has become a link to a file that the package brings.
  {
    ...harmless('understudy-turns-link'),
    version: '2',
    entries: [
      { path: 'usr/share/understudy-turns-link/main.conf', content: 'value = 2\n' },
      { path: `${conffile}.link`, link: '/usr/share/understudy-turns-link/main.conf' },
    ],
  },
];

export const turnedConffile = { folder: `${conffile}.folder`, link: `${conffile}.link` } as const;
