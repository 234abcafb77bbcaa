/**
 * A session that works on a tree itself instead of a clone: for tests of what runs in a session, not of the session. Each command
 * has its own private mount, pid, ipc and uts namespaces (and network namespace where it has none), so whatever a package script
 * kills or mounts is gone with it.
 */
import type { Session, SessionOptions } from '../../electron/engine/environments/environment.js';
import { run } from '../../electron/engine/process/run.js';

/**
 * Process 1 of the namespace, with the paths as positional parameters. It stays (no exec), so that `kill -9 -1` in a script
 * kills the package manager, as in a real session, and not the namespace.
 */
const setUp = `
set -e
root=$1 network=$2
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -o bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t tmpfs tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  : > "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
if [ "$network" = host ]; then
  : > "$root/run/resolv.conf"
  cat /etc/resolv.conf > "$root/run/resolv.conf"
  [ -e "$root/etc/resolv.conf" ] || : > "$root/etc/resolv.conf"
  mount --bind "$root/run/resolv.conf" "$root/etc/resolv.conf"
fi
while [ "$1" != -- ]; do
  mkdir -p "$root/$2"
  mount --bind "$1" "$root/$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root/$2"
  shift 3
done
shift
set +e
chroot "$root" "$@"
exit $?
`;

export function chrootSession(root: string, { network, binds }: SessionOptions): Session {
  let closed = false;
  const namespaces = [
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    '--propagation',
    'private',
    '--fork',
    '--kill-child',
  ];
  const bindings = binds.flatMap(({ from, to, readOnly }) => [from, to, readOnly ? 'ro' : 'rw']);
  return {
    run(argv, options) {
      if (closed) throw new Error('the session is closed');
      const isolated = network === 'none' ? [...namespaces, '--net'] : namespaces;
      return run(
        ['unshare', ...isolated, '--', 'sh', '-c', setUp, 'sh', root, network, ...bindings, '--', ...argv],
        options,
      );
    },
    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}
