/**
 * Packages that misbehave, each in its own way. Each is the version 2 of a package whose version 1 is harmless, so that it comes as
 * an update. They harm whatever runs them: use them in a session and nowhere else.
 */
import type { PackageSpec } from '../../electron/engine/practice/archive/package.js';

const write = (...paths: string[]): string =>
  paths.map((path) => `echo understudy-was-here > ${path} || true`).join('\n');

const scripts = {
  'preinst-fails': { preinst: 'echo "preinst says no" >&2\nexit 1' },
  'postinst-fails': { postinst: 'echo "postinst says no" >&2\nexit 3' },
  hangs: { postinst: 'echo "waiting for ever"\nexec sleep 100000' },
  'talks-for-ever': { postinst: 'while :; do echo still here; sleep 0.2; done' },
  'fills-the-disk': { postinst: 'exec dd if=/dev/zero of=/usr/share/understudy-filler bs=1M' },
  'kills-its-parent': { postinst: 'echo "killing my parent"\nkill -9 $PPID\nsleep 5' },
  'kills-everything': { postinst: 'echo "killing everything"\nkill -9 -1\nsleep 5' },
  reboots: {
    postinst: 'echo "rebooting"\nreboot -f || true\n(echo b > /proc/sysrq-trigger) || true\nexit 1',
  },
  'asks-a-question': { postinst: 'printf "Really? "\nread answer || { echo "nobody answers"; exit 7; }' },
  /** Succeeds, whatever it could write: what counts is that the host is as before. */
  'writes-outside': {
    postinst: [
      write(
        '/proc/sys/kernel/hostname',
        '/proc/sys/kernel/domainname',
        '/sys/kernel/profiling',
        '/dev/understudy-was-here',
      ),
      write('/run/understudy-was-here', '/tmp/understudy-was-here', '/dev/shm/understudy-was-here'),
      'hostname understudy-was-here || true',
      'mknod /dev/understudy-disk b 8 0 || true',
      'mount -t tmpfs tmpfs /mnt || true',
      'mount -o remount,rw /proc/sys || true',
      write('/proc/sys/kernel/hostname'),
      'exit 0',
    ].join('\n'),
  },
} as const satisfies Record<string, PackageSpec['scripts']>;

export type Misbehaviour = keyof typeof scripts;
export const misbehaviours = Object.keys(scripts) as Misbehaviour[];

export function badName(how: Misbehaviour): string {
  return `understudy-bad-${how}`;
}

/** Version 1: harmless. */
export function harmless(how: Misbehaviour): PackageSpec {
  return {
    name: badName(how),
    version: '1',
    architecture: 'all',
    entries: [{ path: `usr/share/${badName(how)}/content`, content: 'version 1\n' }],
  };
}

/** Version 2: does what its name says. */
export function misbehaving(how: Misbehaviour): PackageSpec {
  return {
    ...harmless(how),
    version: '2',
    entries: [{ path: `usr/share/${badName(how)}/content`, content: 'version 2\n' }],
    scripts: scripts[how],
  };
}

/** A package with a configuration file, for tests in which the user replaces it by a folder or a link. */
export function withConffile(version: '1' | '2'): PackageSpec {
  return {
    name: 'understudy-bad-conffile',
    version,
    architecture: 'all',
    entries: [{ path: 'etc/understudy-bad/main.conf', content: `value = ${version}\n` }],
    conffiles: ['etc/understudy-bad/main.conf'],
  };
}

/** Depends on what no archive has. */
export function unsatisfiable(): PackageSpec {
  return {
    name: 'understudy-bad-unsatisfiable',
    version: '2',
    architecture: 'all',
    fields: { Depends: 'understudy-bad-nowhere (>= 3)' },
  };
}
