/** What a user changes after the rehearsal, beside what an update changes: a file of one's own, one of the system, one that is removed, an account. */
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTree } from './practice-system.js';

export async function editAsUser(root: string): Promise<void> {
  appendFileSync(join(root, 'etc/hosts'), '192.0.2.7 printer\n');
  writeFileSync(join(root, 'etc/eve.conf'), 'of the user\n');
  rmSync(join(root, 'etc/issue.net'), { force: true });
  await inTree(root, ['useradd', '--create-home', '--shell', '/bin/sh', 'eve']);
}
