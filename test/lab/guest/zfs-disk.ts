/**
 * The disk of a guest whose root is on ZFS, laid out as the guides of ZFSBootMenu and OpenZFS say. Nothing here knows ZFS: a guest that is started
 * from ext4 makes the pool on the empty disk, with its own OpenZFS, and copies itself into it.
 */
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeExt4 } from './ext4-disk.js';
import { portName } from './guest-root.js';
import { startMachine } from './machine.js';

const pool = 'guest';
/** zfs-initramfs takes as root what the pool's `bootfs` says. */
export const zfsRoot = 'root=zfs:AUTO';

const minutes = 30;
const script = 'make-pool';
/** As the first process: its end with an error stops the kernel. Properties as in the guides. */
const makePool = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec </dev/null
modprobe virtio_console
# It tells ZFS of the partitions that ZFS makes.
/usr/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle
exec >/dev/virtio-ports/${portName} 2>&1
set -ex
zpool create -f -o cachefile=none -o ashift=12 -o autotrim=on -R /run/pool -O canmount=off -O mountpoint=none \
  -O acltype=posixacl -O xattr=sa -O dnodesize=auto -O compression=lz4 -O normalization=formD -O relatime=on ${pool} /dev/vda
zfs create -o canmount=off -o mountpoint=none ${pool}/ROOT
zfs create -o canmount=noauto -o mountpoint=/ ${pool}/ROOT/debian
zfs mount ${pool}/ROOT/debian
zfs create -o mountpoint=/home ${pool}/home
zpool set bootfs=${pool}/ROOT/debian ${pool}
cp --archive --one-file-system /. /run/pool
rm /run/pool/${script}
rmdir /run/pool/lost+found
zpool export ${pool}
echo '{"errand":"ended","status":0}'
poweroff --force --force
`;

/** Makes the image `file` of so many MiB; beside it lie `kernel` and `initramfs`, and it is called as the disk of a machine is. */
export async function makeZfs(root: string, file: string, mebibytes: number): Promise<void> {
  const folder = dirname(file);
  const installer = join(folder, 'installer');
  writeFileSync(join(root, script), makePool, { mode: 0o755 });
  // It is only read from.
  await makeExt4(root, installer, mebibytes);
  rmSync(join(root, script));
  writeFileSync(file, '');
  truncateSync(file, mebibytes * 1024 ** 2);
  const machine = startMachine({
    program: 'qemu-system-x86_64',
    folder,
    rootOptions: `root=/dev/vdb ro init=/${script}`,
    filesImage: installer,
    keep: true,
    onLine: undefined,
  });
  const limit = setTimeout(() => machine.cut('timeout'), minutes * 60_000);
  const { how, status, story } = await machine.ended;
  clearTimeout(limit);
  if (how !== 'errand-ended' || status !== 0) throw new Error(`no pool was made (${how}):\n${story}`);
}
