/** Capabilities (capabilities(7)) that nothing inside a session may ever have. */
import { checked, libc } from './libc.js';

const PR_CAPBSET_DROP = 24;
const prctl = libc.func(
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
) as (option: number, a: number, b: number, c: number, d: number) => number;

/** Numbers from linux/capability.h. What package scripts need (chown, setuid, chroot, mknod, setfcap, …) is not here. */
export const forbidden = {
  CAP_LINUX_IMMUTABLE: 9,
  CAP_NET_ADMIN: 12,
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_PACCT: 20,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_SYS_TIME: 25,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_AUDIT_CONTROL: 30,
  CAP_MAC_OVERRIDE: 32,
  CAP_MAC_ADMIN: 33,
  CAP_SYSLOG: 34,
  CAP_WAKE_ALARM: 35,
  CAP_BLOCK_SUSPEND: 36,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
  CAP_CHECKPOINT_RESTORE: 40,
} as const;

/**
 * Drops them from the bounding set of the calling thread. What it executes from now on cannot regain them, even as root;
 * the thread's own permitted set stays as it is.
 */
export function dropForbidden(): void {
  for (const number of Object.values(forbidden)) {
    const result = prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    if (number <= 37) checked(result, 'prctl(PR_CAPBSET_DROP)'); // older kernels do not know the last three
  }
}
