/**
 * Assembles the root of a session. Runs inside the session's own mount, pid, ipc and uts namespaces; nothing of it is
 * ever visible outside, and all of it is gone with the namespace.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { bind, enterRoot, mount, mountFlags } from '../../posix/mount.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { resolveInTree } from '../resolve.js';
import { exists } from '../plain-view.js';
import { mountOverlay, type OverlayFolders } from './mount-overlay.js';
import type { SessionLayer, SessionSetup } from './protocol.js';

const { noDevices, noSetuid, noExecute, readOnly, bind: bindFlag, remount } = mountFlags;

/** Parts of /proc through which root could alter the running kernel. */
const readOnlyProc = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi'];
const hiddenProc = ['kcore', 'kmsg', 'timer_list', 'sched_debug'];
const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

export function assemble(setup: SessionSetup): void {
  const root = setup.mountPoint as RawPath;
  for (const layer of setup.layers) mountLayer(root, layer, setup.userNamespace);
  for (const hidden of setup.hidden) {
    const place = join(root, hidden);
    if (exists(place))
      mount('understudy', place, 'tmpfs', readOnly | noDevices | noSetuid | noExecute, 'mode=700,size=4k');
  }
  for (const name of ['run', 'tmp', 'var/tmp']) {
    makeFolder(root, name);
    const mode = name === 'run' ? 'mode=755' : 'mode=1777';
    mount('understudy', join(root, name), 'tmpfs', noDevices | noSetuid, mode);
  }
  mkdirSync(bytes(join(root, 'run/lock')), { mode: 0o1777 });
  for (const { from, to, readOnly: fixed } of setup.binds) {
    makeFolder(root, to);
    bind(from as RawPath, join(root, to), fixed);
    if (!fixed) mount(from, join(root, to), null, bindFlag | remount | noDevices);
  }
  if (setup.network === 'host') lendNameResolution(root);
  mountProc(root);
  mountSys(root);
  mountDevices(root);
  enterRoot(root);
}

/** Mounts a layer of a clone where it belongs in the tree that is assembled at `root`. */
export function mountLayer(root: RawPath, layer: SessionLayer, userNamespace: boolean): void {
  const target = join(root, layer.mount);
  if (layer.kind === 'copy') {
    bind(layer.upper as RawPath, target, false);
    mount(layer.upper, target, null, bindFlag | remount | noDevices);
    return;
  }
  const { lower, upper, work } = layer;
  mountOverlay({ lower, upper, work } as OverlayFolders, target, {
    source: 'understudy',
    flags: noDevices,
    // Nothing is fsynced until the end.
    isVolatile: true,
    userNamespace,
  });
}

/** Makes a folder inside the tree, following no link that leads out of it. */
function makeFolder(root: RawPath, path: string): void {
  if (resolveInTree(path as RawPath, (inner) => (exists(join(root, inner)) ? join(root, inner) : undefined)))
    return;
  mkdirSync(bytes(join(root, path)), { recursive: true, mode: 0o755 });
}

/** The tree's own /etc/resolv.conf may be missing, or a link into the /run that it does not have here. */
function lendNameResolution(root: RawPath): void {
  const hosts = '/etc/resolv.conf';
  if (!existsSync(hosts)) return;
  const content = readFileSync(hosts);
  const inside = join(root, 'etc/resolv.conf');
  const lent = join(root, 'run/understudy-resolv.conf');
  writeFileSync(bytes(lent), content, { mode: 0o644 });
  const status = lstatSync(bytes(inside), { throwIfNoEntry: false });
  if (status?.isSymbolicLink()) {
    const target = readlinkSync(bytes(inside), { encoding: 'latin1' });
    const place = resolveLink(target);
    if (place === undefined) return;
    mkdirSync(bytes(join(root, place.slice(0, place.lastIndexOf('/')))), { recursive: true });
    if (!exists(join(root, place))) writeFileSync(bytes(join(root, place)), content, { mode: 0o644 });
  } else if (status?.isFile()) {
    bind(lent, inside, true);
  } else {
    writeFileSync(bytes(inside), content, { mode: 0o644 });
  }
}

/** A link target as a path relative to the root, if it leads into /run (where alone we may write). */
function resolveLink(target: string): string | undefined {
  const absolute = target.startsWith('/')
    ? target.slice(1)
    : target.startsWith('../')
      ? target.slice(3)
      : undefined;
  return absolute?.startsWith('run/') && !absolute.includes('..') ? absolute : undefined;
}

function mountProc(root: RawPath): void {
  makeFolder(root, 'proc');
  const proc = join(root, 'proc');
  mount('proc', proc, 'proc', noDevices | noSetuid | noExecute);
  for (const name of readOnlyProc) {
    const place = join(proc, name);
    if (!exists(place)) continue;
    mount(place, place, null, bindFlag);
    mount(place, place, null, bindFlag | remount | readOnly | noDevices | noSetuid | noExecute);
  }
  for (const name of hiddenProc) {
    const place = join(proc, name);
    if (exists(place)) mount('/dev/null', place, null, bindFlag);
  }
}

function mountSys(root: RawPath): void {
  makeFolder(root, 'sys');
  const sys = join(root, 'sys');
  try {
    mount('sysfs', sys, 'sysfs', readOnly | noDevices | noSetuid | noExecute);
  } catch {
    // A user namespace that shares the host's network may not mount sysfs: scripts find an empty /sys.
    mount('understudy', sys, 'tmpfs', readOnly | noDevices | noSetuid | noExecute, 'size=4k');
  }
}

function mountDevices(root: RawPath): void {
  makeFolder(root, 'dev');
  const dev = join(root, 'dev');
  // The devices below are mounts of their own; one that a script makes beside them (mknod(2)) must not work.
  mount('understudy', dev, 'tmpfs', noDevices | noSetuid | noExecute, 'mode=755,size=64k');
  for (const name of devices) {
    writeFileSync(bytes(join(dev, name)), '');
    mount(`/dev/${name}`, join(dev, name), null, bindFlag);
  }
  for (const [name, target] of [
    ['fd', '/proc/self/fd'],
    ['stdin', '/proc/self/fd/0'],
    ['stdout', '/proc/self/fd/1'],
    ['stderr', '/proc/self/fd/2'],
    ['ptmx', 'pts/ptmx'],
  ] as const) {
    symlinkSync(target, bytes(join(dev, name)));
  }
  mkdirSync(bytes(join(dev, 'pts')));
  mount('devpts', join(dev, 'pts'), 'devpts', noSetuid | noExecute, 'newinstance,ptmxmode=0666,mode=620');
  mkdirSync(bytes(join(dev, 'shm')));
  mount('understudy', join(dev, 'shm'), 'tmpfs', noDevices | noSetuid, 'mode=1777');
}

const policy = '/usr/sbin/policy-rc.d';
const shims = '/run/understudy/bin';

/**
 * Keeps services from starting (invoke-rc.d and deb-systemd-invoke ask policy-rc.d; 101 means "not allowed") and answers
 * for the boot loader's tools, which need the real disks: what was asked of them is left to the activation.
 */
export function preventSideEffects(): () => void {
  mkdirSync(shims, { recursive: true });
  for (const name of [
    'update-grub',
    'update-grub2',
    'grub-install',
    'grub-mkconfig',
    'bootctl',
    'kernel-install-bootctl',
  ]) {
    writeFileSync(
      `${shims}/${name}`,
      '#!/bin/sh\necho "understudy: $0 is left to the activation" >&2\nexit 0\n',
    );
    chmodSync(`${shims}/${name}`, 0o755);
  }
  if (!existsSync('/usr/sbin') || lstatSync(policy, { throwIfNoEntry: false })) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
  return () => rmSync(policy, { force: true });
}

/** The search path inside a rehearsal: the stand-ins come first. */
export const rehearsalPath = `${shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
