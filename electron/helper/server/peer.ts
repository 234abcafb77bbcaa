/**
 * The process at the other end of a connection. It is known by number *and* start time, and where the kernel allows by a descriptor
 * of the process itself: a number that was given to another process meanwhile is noticed, and gains nothing.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { descriptorOf } from '../wire/descriptor.js';
import { closeDescriptor, peerCredentials, peerProcess, processOf } from '../../engine/posix/credentials.js';

export interface Peer {
  readonly pid: number;
  readonly uid: number;
  /** Start time of the process in clock ticks after boot, field 22 of /proc/PID/stat; null when it had ended already. */
  readonly startTime: string | null;
  /** Whether it is still the same process, and still runs. */
  isSame(): boolean;
  /** To be called when the connection is over. */
  forget(): void;
}

/** Throws when the socket is none of ours, or its process is known to have ended. `processBehind`: for tests of older kernels. */
export function peerOf(socket: Socket, processBehind = peerProcess): Peer {
  const fd = descriptorOf(socket);
  const { pid, uid } = peerCredentials(fd);
  const pidfd = processBehind(fd);
  const identity = identityOf(pid);
  // Without a descriptor of the process, the number may be another's by now: but only one of the same user passes.
  const startTime = identity?.users.includes(uid) ? identity.startTime : null;
  let closed = false;
  return {
    pid,
    uid,
    startTime,
    isSame() {
      if (startTime === null || closed) return false;
      if (pidfd !== undefined && processOf(pidfd) === undefined) return false;
      return identityOf(pid)?.startTime === startTime;
    },
    forget() {
      if (pidfd !== undefined && !closed) closeDescriptor(pidfd);
      closed = true;
    },
  };
}

/**
 * The users of a process are real, effective and saved (proc_pid_status(5)). The owner of its folder in /proc would not do: that is
 * root for every process that may not be dumped (proc(5)). What has ended and was not waited for yet is nobody any more.
 */
function identityOf(pid: number): { startTime: string; users: readonly number[] } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in parentheses, which may hold anything: count from the last one (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', startTime] = [fields[0], fields[19]];
    if (startTime === undefined || 'ZXx'.includes(state)) return undefined;
    const users = /^Uid:\t(\d+)\t(\d+)\t(\d+)\t/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return { startTime, users: users?.slice(1).map(Number) ?? [] };
  } catch {
    return undefined; // it has ended
  }
}
