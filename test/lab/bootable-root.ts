/**
 * A Debian root tree that boots: with a kernel that has 9P, its initramfs and systemd; and with one package whose next version does to the
 * system what a test wants. No network is needed once the tree is cached.
 */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageSpec } from '../../electron/engine/practice/archive/package.js';
import { debianRoot, debianRootImpossible } from './debian-root.js';
import {
  addSecondArchive,
  buildInto,
  installByHand,
  offerSecond,
  withoutPracticeArchive,
} from './second-archive.js';
import { inTree } from './practice-system.js';
import { findEmulator } from '../../electron/engine/rehearsal-boot/emulator.js';

/** As that of the main job, so that the cache holds one tree for both. */
const include = ['linux-image-amd64', 'systemd-sysv', 'udev', 'openssl', 'openssh-server'];

/** Bytes that every copy and every manifest would go through: drivers of what the machine does not have, and what nobody reads. */
const heavy = [
  ...['gpu', 'net', 'media', 'infiniband', 'scsi', 'staging', 'iio', 'usb', 'mtd', 'hid', 'input'].map(
    (name) => `drivers/${name}`,
  ),
  'sound',
].map((name) => `kernel/${name}`);
const unread = ['doc', 'man', 'info', 'locale', 'zoneinfo'].map((name) => `usr/share/${name}`);

/** What would start by itself and only take time. */
const masked = ['ssh.service', 'apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer'].concat([
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty-static.service',
]);

export async function bootImpossible(): Promise<string | undefined> {
  const reason = await debianRootImpossible();
  if (reason !== undefined) return reason;
  const emulator = findEmulator();
  return 'missing' in emulator ? `needs qemu-system-x86: ${emulator.missing}` : undefined;
}

/** The folder of a fresh copy, with the package in version 1; the caller removes it with `removeRoot`. */
export async function bootableRoot(): Promise<string> {
  const root = await debianRoot({ variant: 'minbase', include, suites: ['security'] });
  for (const path of unread) rmSync(join(root, path), { recursive: true, force: true });
  for (const release of readdirSync(join(root, 'usr/lib/modules'))) {
    for (const path of heavy)
      rmSync(join(root, 'usr/lib/modules', release, path), { recursive: true, force: true });
    await inTree(root, ['depmod', release]);
  }
  writeFileSync(join(root, 'etc/hostname'), 'guest\n');
  // A disk that no rehearsal has: nothing may wait for it.
  writeFileSync(join(root, 'etc/fstab'), 'UUID=0b9a4a3e-1111-4222-8333-444455556666 / ext4 defaults 0 1\n');
  for (const name of masked) {
    rmSync(join(root, 'etc/systemd/system', name), { force: true });
    symlinkSync('/dev/null', join(root, 'etc/systemd/system', name));
  }
  rmSync(join(root, 'etc/apt/sources.list'), { force: true });
  mkdirSync(join(root, 'srv/archive/second'), { recursive: true });
  addSecondArchive(root);
  withoutPracticeArchive(root);
  await installByHand(root, version(1));
  return root;
}

const version = (number: number, postinst?: string): PackageSpec => ({
  name: 'understudy-rehearsed',
  version: String(number),
  architecture: 'all',
  entries: [{ path: 'usr/share/rehearsed/version', content: `${number}\n` }],
  ...(postinst === undefined ? {} : { scripts: { postinst } }),
});

/** Offers the package in this version, which does that to the system when it is configured. */
export async function offerVersion(root: string, number: number, postinst?: string): Promise<void> {
  offerSecond(root, [await buildInto(root, version(number, postinst))]);
}

/** Ways in which an update breaks the next start. */
export const breaks = {
  /** Cut in the middle: it still begins as an initramfs does. */
  initramfs: `for image in /boot/initrd.img-*; do
  head -c 2000000 "$image" > /boot/short && mv /boot/short "$image"
done`,
  /** The first process ends, and the kernel panics. */
  init: `rm -f /usr/sbin/init
printf '#!/bin/sh\\necho leaving\\nexit 1\\n' > /usr/sbin/init
chmod 755 /usr/sbin/init`,
  target: `printf '[Unit]\\nDefaultDependencies=no\\nBefore=local-fs.target\\n[Service]\\nType=oneshot\\nExecStart=/bin/false\\n' > /usr/lib/systemd/system/rehearsed-fails.service
mkdir -p /usr/lib/systemd/system/local-fs.target.requires
ln -s ../rehearsed-fails.service /usr/lib/systemd/system/local-fs.target.requires/`,
  hang: `printf '[Service]\\nType=oneshot\\nTimeoutStartSec=infinity\\nExecStart=/bin/sleep infinity\\n' > /usr/lib/systemd/system/rehearsed-hangs.service
mkdir -p /usr/lib/systemd/system/multi-user.target.wants
ln -s ../rehearsed-hangs.service /usr/lib/systemd/system/multi-user.target.wants/`,
  /** Starts, with a unit that fails. */
  unit: `printf '[Service]\\nType=oneshot\\nExecStart=/bin/false\\n' > /usr/lib/systemd/system/rehearsed-fails.service
mkdir -p /usr/lib/systemd/system/multi-user.target.wants
ln -s ../rehearsed-fails.service /usr/lib/systemd/system/multi-user.target.wants/`,
} as const;
