/**
 * More packages that misbehave, beside those in `bad-packages.ts`: one that reaches for the host through every door that root
 * has, and some that make of a configuration file something else than a file. They are for a session and nowhere else.
 */
import type { PackageSpec } from '../../electron/engine/practice/archive/package.js';

/** The name of what the package that reaches for the host leaves behind where it succeeds. */
export const trace = 'understudy-reached-the-host';

/** The status with which it ends when it could read what no script may read. */
export const reachedStatus = 42;

/**
 * Writes where a trace would be seen on the host. Of the host's disks and memory it only *reads* a byte: should the
 * isolation fail, the test fails, and the machine lives.
 */
const reaches = `
exec 2>/dev/null
touch /proc/1/root/${trace} /proc/1/root/var/tmp/${trace}
for process in /proc/[0-9]*; do touch "$process/root/var/tmp/${trace}" "$process/cwd/${trace}"; done
nsenter --target 1 --mount --uts --ipc --net --pid touch /var/tmp/${trace}
chroot /proc/1/root touch /var/tmp/${trace}
for folder in /dev /usr/share /run /tmp /dev/shm /var/lib/apt/lists /var/cache/apt/archives; do
  for device in 'b 254 0' 'b 8 0' 'b 7 0' 'b 259 0' 'c 1 1'; do
    mknod "$folder/${trace}" $device && head -c 1 "$folder/${trace}" >/dev/null && exit ${reachedStatus}
    rm -f "$folder/${trace}"
  done
done
mount -o remount,rw /proc/sys && exit ${reachedStatus}
mount -o remount,rw,bind /sys && exit ${reachedStatus}
mount -t proc proc /mnt && exit ${reachedStatus}
mount -t sysfs sysfs /mnt && exit ${reachedStatus}
mount --bind / /mnt && exit ${reachedStatus}
umount -l /proc && exit ${reachedStatus}
unshare --mount true && exit ${reachedStatus}
hostname ${trace} && exit ${reachedStatus}
echo ${trace} > /proc/sys/kernel/domainname && exit ${reachedStatus}
echo 0 > /sys/kernel/profiling && exit ${reachedStatus}
echo h > /proc/sysrq-trigger && exit ${reachedStatus}
ls /var/lib/understudy/journal && exit ${reachedStatus}
exit 0
`;

export const reaching = 'understudy-bad-reaches';
const folderName = 'understudy-turns-folder';
const linkName = 'understudy-turns-link';

/** Configuration files that their packages turn into something else. */
export const turned = {
  folder: { package: folderName, conffile: 'etc/understudy-turns/folder' },
  link: { package: linkName, conffile: 'etc/understudy-turns/link' },
} as const;

const harmless = (name: string): PackageSpec => ({
  name,
  version: '1',
  architecture: 'all',
  entries: [{ path: `usr/share/${name}/content`, content: 'version 1\n' }],
});

const withConffile = (name: string, conffile: string): PackageSpec => ({
  ...harmless(name),
  entries: [{ path: conffile, content: 'value = 1\n' }],
  conffiles: [conffile],
});

export const moreInstalled: readonly PackageSpec[] = [
  harmless(reaching),
  withConffile(folderName, turned.folder.conffile),
  withConffile(linkName, turned.link.conffile),
];

export const moreUpdates: readonly PackageSpec[] = [
  {
    ...harmless(reaching),
    version: '2',
    entries: [{ path: `usr/share/${reaching}/content`, content: 'version 2\n' }],
    scripts: { postinst: reaches },
  },
  // A folder with files in it, as of a package that outgrew its one file.
  { ...withConffile(folderName, `${turned.folder.conffile}/part`), version: '2' },
  // A link to a file that the package brings.
  {
    ...harmless(linkName),
    version: '2',
    entries: [
      { path: `usr/share/${linkName}/main.conf`, content: 'value = 2\n' },
      { path: turned.link.conffile, linkTo: `/usr/share/${linkName}/main.conf` },
    ],
  },
];
