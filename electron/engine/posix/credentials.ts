/**
 * Who is at the other end of a Unix socket: SO_PEERCRED and, from Linux 6.5 on, SO_PEERPIDFD (unix(7)). The kernel noted it when the
 * connection was made; the process may have ended since, and its number may be another's by now.
 */
import { closeSync, readFileSync } from 'node:fs';
import { checked, lastErrorCode, libc } from './libc.js';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERPIDFD = 77;

const getsockopt = libc.func(
  'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)',
) as (fd: number, level: number, name: number, value: Buffer, length: number[]) => number;

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Throws a system-call error. */
export function peerCredentials(fd: number): PeerCredentials {
  const value = Buffer.alloc(12); // struct ucred: pid_t, uid_t, gid_t
  checked(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, [value.length]), 'getsockopt');
  return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4), gid: value.readUInt32LE(8) };
}

/**
 * A descriptor of the very process that connected, which the caller closes; `undefined` where the kernel does not know the question. Throws a
 * system-call error above all when the process has ended already (before Linux 6.16; since then the descriptor says so).
 */
export function peerProcess(fd: number): number | undefined {
  const value = Buffer.alloc(4);
  const result = getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, value, [value.length]);
  if (result < 0 && lastErrorCode() === 'ENOPROTOOPT') return undefined;
  checked(result, 'getsockopt');
  return value.readInt32LE(0);
}

/** The process id behind a descriptor, `undefined` once the process has ended (pidfd_open(2), proc_pid_fdinfo(5)). */
export function processOf(pidfd: number): number | undefined {
  const pid = Number(/^Pid:\t(-?\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd}`, 'latin1'))?.[1]);
  return pid > 0 ? pid : undefined;
}

export function closeDescriptor(fd: number): void {
  closeSync(fd);
}
