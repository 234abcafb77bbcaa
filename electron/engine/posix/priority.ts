/**
 * The priority of this process for processor and disk, and of every command that it starts meanwhile: both are inherited. On Linux
 * each thread has its own (setpriority(2), ioprio_set(2), "NOTES"), so all of them are set, those of Node's thread pool included.
 */
import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { systemErrorCode } from '../fault.js';
import { checked, libc } from './libc.js';

// Declared without `...`: the calling conventions of 64-bit Linux pass integers alike (see lock.ts).
const syscall = libc.func('long syscall(long number, long which, long who, long priority)') as (
  number: number,
  which: number,
  who: number,
  priority: number,
) => number;

/** glibc has no wrapper; the numbers of ioprio_set and ioprio_get (asm/unistd.h). */
const callNumbers: Partial<Record<NodeJS.Architecture, readonly [set: number, get: number]>> = {
  x64: [251, 252],
  arm64: [30, 31],
  riscv64: [30, 31],
  loong64: [30, 31],
  ppc64: [273, 274],
  s390x: [282, 283],
};
const calls = callNumbers[process.arch];

const IOPRIO_WHO_PROCESS = 1;
/** IOPRIO_CLASS_IDLE: served only when nobody else wants the disk. */
const idleClass = 3 << 13;

interface Priority {
  readonly nice: number;
  readonly io: number;
}

/**
 * Gives way to everything else until the returned function is called. Where this process could not take its priority back, which
 * needs CAP_SYS_NICE outside of any user namespace, that for the processor stays as it is.
 */
export function giveWay(): () => void {
  const before = new Map(threads().map((thread) => [thread, priorityOf(thread)]));
  const own = priorityOf(process.pid);
  const niceCanReturn = mayRaise(own.nice);
  for (const thread of before.keys())
    set(thread, { nice: niceCanReturn ? constants.priority.PRIORITY_LOW : own.nice, io: idleClass });
  return () => {
    // Threads that began meanwhile have what the one had that started them.
    for (const thread of threads()) set(thread, before.get(thread) ?? own);
  };
}

/** Tried out with one step up, which can always be taken back. */
function mayRaise(nice: number): boolean {
  try {
    setPriority(process.pid, Math.max(nice - 1, constants.priority.PRIORITY_HIGHEST));
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
  setPriority(process.pid, nice);
  return true;
}

function priorityOf(thread: number): Priority {
  return {
    nice: orElse(() => getPriority(thread), 0),
    io: orElse(
      () => (calls ? checked(syscall(calls[1], IOPRIO_WHO_PROCESS, thread, 0), 'ioprio_get') : 0),
      0,
    ),
  };
}

function set(thread: number, { nice, io }: Priority): void {
  orElse(() => {
    if (getPriority(thread) !== nice) setPriority(thread, nice);
  }, undefined);
  orElse(() => {
    if (calls) checked(syscall(calls[0], IOPRIO_WHO_PROCESS, thread, io), 'ioprio_set');
  }, undefined);
}

function threads(): number[] {
  return readdirSync('/proc/self/task').map(Number);
}

/** A thread may end at any time; and giving way is a courtesy, which a sandbox may forbid. */
function orElse<T>(body: () => T, instead: T): T {
  try {
    return body();
  } catch (error) {
    if (['ESRCH', 'EPERM', 'EACCES', 'ENOSYS'].includes(codeOf(error) ?? '')) return instead;
    throw error;
  }
}

/** Node wraps the errors of setPriority and keeps the code inside. */
function codeOf(error: unknown): string | undefined {
  const info: unknown = error instanceof Error && 'info' in error ? error.info : undefined;
  const inner = typeof info === 'object' && info !== null && 'code' in info ? info.code : undefined;
  return typeof inner === 'string' ? inner : systemErrorCode(error);
}
