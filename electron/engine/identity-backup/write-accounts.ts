/** Writes identity databases in place of those that are there, each by one rename(2), with owner, mode and extended attributes as before. */
import { lchownSync, chmodSync, renameSync, rmSync } from 'node:fs';
import { copyAttributes } from '../files/attributes.js';
import { openDirectory } from '../files/directory-handle.js';
import { writeFileDurably } from '../files/durable.js';
import { bytes, raw } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import type { Contents } from '../reintegrate/accounts/accounts.js';
import type { DatabaseName } from '../reintegrate/accounts/databases.js';
import { entryAt } from '../reintegrate/entry.js';
import type { System } from '../system.js';
import type { BackupRecord } from './backups.js';

/** Passwords come before those who have them, groups before their members: at no moment is there a user who lacks one. */
const order: readonly DatabaseName[] = ['shadow', 'gshadow', 'group', 'passwd', 'subuid', 'subgid'];

/** The caller has the lock of the accounts. Answers which were written; the others are as they should be. */
export function writeAccounts(
  { root, onStep }: System,
  now: Contents,
  wanted: Contents,
  { files }: Pick<BackupRecord, 'files'>,
): DatabaseName[] {
  const etc = openDirectory(root, raw('etc'));
  try {
    return order.filter((name) => {
      const content = wanted[name];
      if (content === undefined || now[name]?.equals(content) === true) return false;
      const [path, beside] = [etc.entry(name), etc.entry(`.${name}.understudy`)];
      try {
        writeFileDurably(beside, content);
        const known = files.find((file) => file.name === name);
        if (entryAt(path)) copyAttributes(path, beside, { time: false });
        else if (known) {
          lchownSync(bytes(beside), known.uid, known.gid);
          chmodSync(bytes(beside), known.mode);
        }
        onStep?.(`accounts:${name}`);
        renameSync(bytes(beside), bytes(path));
      } finally {
        rmSync(bytes(beside), { force: true });
      }
      syncDirectory(etc.self);
      return true;
    });
  } finally {
    etc.close();
  }
}
