/**
 * timeshift itself on a root that is not the machine's: in a chroot there, where it believes that this root runs. It has a mount namespace and a
 * process namespace of its own; when it restarts the machine at the end of a restoration, only these end (pid_namespaces(7)).
 *
 * Two things are told to it that it would learn of udev or would not accept: what the file system is, and that a loop device is a partition.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import type { BtrfsSystem } from '../lab/btrfs-system.js';

export type TimeshiftMode = 'btrfs' | 'rsync';

/** What the tree needs: timeshift with all it depends on. */
export const timeshiftPackages = ['timeshift', 'rsync', 'btrfs-progs'];

const limit = { timeoutMs: 15 * 60_000 };
const search = '/run/told:/usr/sbin:/usr/bin:/sbin:/bin';
const nodes = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['urandom', 1, 9],
  ['btrfs-control', 10, 234],
] as const;

export interface Timeshift {
  /** `timeshift --create`. */
  readonly create: () => Promise<void>;
  /** `timeshift --restore` of the newest, at once or with the next start, as the mode has it. */
  readonly restore: () => Promise<void>;
  /** Where its copies are. */
  readonly folder: string;
  /** The end of what it said last; its exit code tells nothing: it ends well where it gave up, and is ended where it restarts the machine. */
  readonly story: () => string;
  /** Removes them. */
  readonly clear: () => Promise<void>;
}

/** Calls `work` while everything is in its place that timeshift looks for in the root. */
export async function withTimeshift(
  place: BtrfsSystem,
  mode: TimeshiftMode,
  work: (timeshift: Timeshift) => Promise<void>,
): Promise<void> {
  const { root, top, device } = place;
  const folder = join(top, mode === 'btrfs' ? 'timeshift-btrfs' : 'timeshift', 'snapshots');
  const uuid = (await runOrFault(['blkid', '-s', 'UUID', '-o', 'value', device], limit)).stdout.trim();
  let said = '';
  const timeshift = async (words: readonly string[]): Promise<void> => {
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`];
    const { stdout, stderr } = await run(
      ['unshare', ...namespaces, 'chroot', root, 'timeshift', `--${mode}`, ...words, '--scripted', '--yes'],
      { ...limit, environment: { PATH: search, HOME: '/root', TERM: 'dumb' } },
    );
    said = `${stdout}${stderr}`;
  };
  const names = (): string[] => readdirSync(folder).sort();
  configure(root, mode, uuid);
  try {
    await mountPlaces(root, device, uuid);
    await work({
      folder,
      story: () => said.slice(-4000),
      create: () => timeshift(['--create']),
      restore: () =>
        timeshift([
          '--restore',
          '--snapshot',
          names().at(-1) ?? '',
          '--target-device',
          device,
          '--skip-grub',
        ]),
      clear: async () => {
        for (const name of mode === 'btrfs' ? names() : []) {
          // A subvolume in the system that was replaced, such as snapper's, went with it.
          const [nested, copy] = [join(folder, name, '@/.snapshots'), join(folder, name, '@')];
          if (existsSync(nested)) await run(['btrfs', 'subvolume', 'delete', nested], limit);
          await runOrFault(['btrfs', 'subvolume', 'delete', copy], limit);
        }
        await runOrFault(['rm', '-r', join(folder, '..')], limit);
      },
    });
  } finally {
    for (const path of ['sys', 'run', 'dev']) await run(['umount', '--lazy', join(root, path)], limit);
  }
}

function configure(root: string, mode: TimeshiftMode, uuid: string): void {
  // What it restores it finds by the fstab.
  const fstab = join(root, 'etc/fstab');
  writeFileSync(fstab, readFileSync(fstab, 'utf8').replace(/^UUID=0 /m, `UUID=${uuid} `));
  const settings = JSON.parse(readFileSync(join(root, 'etc/timeshift/default.json'), 'utf8')) as object;
  const chosen = { backup_device_uuid: uuid, do_first_run: 'false', btrfs_mode: String(mode === 'btrfs') };
  writeFileSync(
    join(root, 'etc/timeshift/timeshift.json'),
    `${JSON.stringify({ ...settings, ...chosen }, undefined, 2)}\n`,
  );
}

async function mountPlaces(root: string, device: string, uuid: string): Promise<void> {
  const name = basename(device);
  for (const path of ['dev', 'run'])
    await runOrFault(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'bench', join(root, path)], limit);
  await runOrFault(['mount', '--bind', '/sys', join(root, 'sys')], limit);
  for (const folder of ['dev/mapper', 'dev/disk/by-uuid', 'run/udev/data', 'run/told'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const [node, major, minor] of nodes)
    await runOrFault(['mknod', '-m', '666', join(root, 'dev', node), 'c', `${major}`, `${minor}`], limit);
  const number = statSync(device).rdev;
  const [major, minor] = [(number >> 8) & 0xfff, number & 0xff];
  await runOrFault(['mknod', join(root, 'dev', name), 'b', `${major}`, `${minor}`], limit);
  symlinkSync(`../../${name}`, join(root, 'dev/disk/by-uuid', uuid));
  symlinkSync('/proc/self/fd', join(root, 'dev/fd'));
  const known = { ID_FS_TYPE: 'btrfs', ID_FS_USAGE: 'filesystem', ID_FS_UUID: uuid, ID_FS_UUID_ENC: uuid };
  const lines = Object.entries(known).map(([key, value]) => `E:${key}=${value}\n`);
  writeFileSync(join(root, `run/udev/data/b${major}:${minor}`), `I:1\n${lines.join('')}`);
  copyFileSync(join(root, 'usr/bin/lsblk'), join(root, 'run/told/lsblk.real'));
  writeFileSync(
    join(root, 'run/told/lsblk'),
    '#!/bin/sh\n/run/told/lsblk.real "$@" | sed \'s/TYPE="loop"/TYPE="part"/\'\n',
    { mode: 0o755 },
  );
}
