/**
 * What a user changes after the rehearsal, beside what an update changes: a file of one's own, one of the system, one that is removed, accounts.
 * Stands alone, since it is done in a guest as well as in a tree here.
 */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';

export function editFiles(root: string): void {
  appendFileSync(`${root}/etc/hosts`, '192.0.2.7 printer\n');
  writeFileSync(`${root}/etc/eve.conf`, 'of the user\n');
  rmSync(`${root}/etc/issue.net`, { force: true });
}

export const addAccount = ['useradd', '--create-home', '--shell', '/bin/sh', 'eve'] as const;
export const setPassword = ['usermod', '--password', '$6$salt$of-the-user', 'anna'] as const;
