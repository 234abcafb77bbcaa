/**
 * Which paths belong to an environment. Programs, configuration, kernels and the package
 * database do; what people and services keep does not, whatever a package script does to it in the rehearsal.
 */
import { isWithin, type RawPath } from '../posix/raw-path.js';

/**
 * - `system`: exactly as the staged environment has it.
 * - `derived`: as `system`, but rebuilt from other files by tools; never a collision with the user.
 * - `log`: what the rehearsal wrote at the end is appended.
 * - `service`: data of services and people below /var; only what is new is brought, nothing existing is altered.
 * - `foreign`: no part of any environment; never looked at.
 */
export type PathClass = 'system' | 'derived' | 'log' | 'service' | 'foreign';

const foreign = [
  'proc', 'sys', 'dev', 'run', 'tmp', 'home', 'root', 'srv', 'mnt', 'media', 'lost+found', '.snapshots', 'timeshift-btrfs', 'snap', 'var/snap',
  'var/tmp', 'var/run', 'var/lock', 'var/lib/understudy', 'etc/understudy', 'etc/.pwd.lock', 'var/crash', 'var/lib/systemd/coredump',
  'var/cache/apt/archives', 'var/cache/apt/pkgcache.bin', 'var/cache/apt/srcpkgcache.bin', 'var/lib/apt/lists',
  'var/lib/apt/periodic', 'var/cache/private', 'var/cache/pacman/pkg', 'usr/sbin/policy-rc.d',
  // What boot loaders are told for a trial.
  'boot/understudy', 'boot/grub/understudy.env', 'boot/grub2/understudy.env', 'boot/efi/understudy', 'efi/understudy',
]; // prettier-ignore

const service = [
  'var/lib/docker', 'var/lib/containers', 'var/lib/containerd', 'var/lib/libvirt', 'var/lib/machines',
  'var/lib/portables', 'var/lib/flatpak', 'var/lib/snapd', 'var/lib/lxc', 'var/lib/lxd', 'var/lib/incus',
  'var/lib/postgresql', 'var/lib/mysql', 'var/lib/mariadb', 'var/lib/mongodb', 'var/lib/redis', 'var/lib/ldap',
  'var/lib/NetworkManager', 'var/lib/bluetooth', 'var/lib/systemd/random-seed', 'var/lib/systemd/timers',
  'var/lib/systemd/timesync', 'var/lib/logrotate', 'var/lib/private', 'var/mail', 'var/spool', 'var/www', 'var/local',
  'var/backups', 'var/games', 'var/opt',
]; // prettier-ignore

const derived = ['etc/ld.so.cache', 'var/cache', 'usr/share/mime', 'usr/share/icons', 'usr/share/applications/mimeinfo.cache',
  'usr/share/glib-2.0/schemas/gschemas.compiled', 'usr/lib/udev/hwdb.bin', 'etc/udev/hwdb.bin', 'usr/lib/systemd/catalog',
  'var/lib/systemd/catalog', 'var/lib/man-db', 'usr/share/info/dir', 'var/lib/dpkg', 'var/lib/apt/extended_states', 'var/lib/pacman',
  'etc/passwd-', 'etc/shadow-', 'etc/group-', 'etc/gshadow-', 'etc/subuid-', 'etc/subgid-',
]; // prettier-ignore

const isIn = (list: readonly string[]) => {
  const exact = new Set(list);
  const depths = [...new Set(list.map((entry) => entry.split('/').length))];
  return (path: string): boolean => depths.some((depth) => exact.has(leading(path, depth)));
};
const isForeign = isIn(foreign);
const isService = isIn(service);
const isDerived = isIn(derived);

export function classify(path: RawPath): PathClass {
  if (path === '' || isForeign(path)) return 'foreign';
  const top = leading(path, 1);
  if (top === '.understudy' || top === '@understudy' || path.includes('/.understudy')) return 'foreign';
  if (path.includes('loader/entries/understudy-')) return 'foreign'; // systemd-boot's for a trial
  if (isWithin(path, 'var/log')) return 'log';
  if (isService(path)) return 'service';
  return isDerived(path) ? 'derived' : 'system';
}

/** Prunes a scan: what is no part of the environment's own, exactly restored tree. */
export function outsideEnvironment(path: RawPath): boolean {
  if (path === '') return false;
  const kind = classify(path);
  return kind === 'foreign' || kind === 'service' || kind === 'log';
}

/** The first `depth` components of a path. */
function leading(path: string, depth: number): string {
  let end = -1;
  for (let count = 0; count < depth; count += 1) {
    end = path.indexOf('/', end + 1);
    if (end < 0) return path;
  }
  return path.slice(0, end);
}
