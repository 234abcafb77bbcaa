/** Makes a Debian root tree fit for a guest: small, quick to start, with this machine's Node, and with the unit that runs errands. */
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes that every clone and every manifest would have to go through. */
const heavy = ['doc', 'man', 'info', 'locale', 'zoneinfo']
  .map((name) => `usr/share/${name}`)
  .concat(
    ['usr/lib/x86_64-linux-gnu/gconv', 'var/cache/apt/archives', 'var/lib/apt/lists'],
    ['pkgcache.bin', 'srcpkgcache.bin'].map((name) => `var/cache/apt/${name}`),
  );

/** What would start by itself some time and be in the way of what is measured. */
const masked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
].concat(['e2scrub_reap.service', 'fstrim.timer', 'systemd-pstore.service']);

/** The serial port on which an errand answers: the name that the machine gives it. */
export const portName = 'errand';

const port = `dev-virtio\\x2dports-${portName}.device`;
const unit = `[Unit]
Description=Errand of a test
After=multi-user.target ${port}
Wants=${port}

[Service]
# Not oneshot: the start of the system is over while the errand runs.
Type=exec
ExecStartPre=/bin/mount -o ro /dev/vdb /mnt
ExecStart=/bin/sh /mnt/errand.sh
`;

export function settle(root: string): void {
  for (const path of heavy) rmSync(join(root, path), { recursive: true, force: true });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, 'var/cache/apt/archives/partial'), { recursive: true });
  mkdirSync(join(root, 'var/lib/apt/lists/partial'), { recursive: true });
  rmSync(join(root, 'etc/fstab'), { force: true });
  write('etc/hostname', 'guest\n');
  write('etc/hosts', '127.0.0.1 localhost guest\n');
  // Known from the start, so that the first start does not differ from the next (machine-id(5)).
  write('etc/machine-id', '0123456789abcdef0123456789abcdef\n');
  write('etc/modules-load.d/errand.conf', 'virtio_console\n');
  // On a machine that is busy with other things a start takes minutes; a device that came too late is not waited for any more.
  write('etc/systemd/system.conf.d/patience.conf', '[Manager]\nDefaultDeviceTimeoutSec=15min\n');
  for (const name of masked) {
    rmSync(join(root, 'etc/systemd/system', name), { force: true });
    symlinkSync('/dev/null', join(root, 'etc/systemd/system', name));
  }
  write('etc/systemd/system/errand.service', unit);
  mkdirSync(join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
  symlinkSync('../errand.service', join(root, 'etc/systemd/system/multi-user.target.wants/errand.service'));
  copyFileSync('/usr/bin/node', join(root, 'usr/bin/node'));
  // Younger than /usr: nothing has to be brought up to date at the first start (systemd-update-done.service(8)).
  for (const path of ['etc/.updated', 'var/.updated']) write(path, '');
}
