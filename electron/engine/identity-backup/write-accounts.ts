/**
 * Writes identity databases in place of those that are there, with owner, mode and extended attributes as before: all of them beside first, on the disk,
 * then each by one rename(2).
 */
import { renameSync, rmSync } from 'node:fs';
import { openDirectory } from '../files/directory-handle.js';
import { bytes, raw } from '../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../posix/sync.js';
import type { Contents } from '../reintegrate/accounts/accounts.js';
import type { DatabaseName } from '../reintegrate/accounts/databases.js';
import { attributesOf, entryAt, type Attributes } from '../reintegrate/entry.js';
import { writeEntry } from '../reintegrate/write-entry.js';
import type { System } from '../system.js';
import type { BackupRecord } from './backups.js';

/** Passwords come before those who have them, groups before their members: at no moment is there a user who lacks one. */
const order: readonly DatabaseName[] = ['shadow', 'gshadow', 'group', 'passwd', 'subuid', 'subgid'];

/** Which are to be written, in this order. */
export function differingDatabases(now: Contents, wanted: Contents): DatabaseName[] {
  return order.filter((name) => wanted[name] !== undefined && now[name]?.equals(wanted[name]) !== true);
}

/** The caller has the lock of the accounts. Can be done again after a cut at any moment. */
export function writeAccounts(
  { root, onStep }: System,
  names: readonly DatabaseName[],
  wanted: Contents,
  record: Pick<BackupRecord, 'files'>,
): void {
  const etc = openDirectory(root, raw('etc'));
  const beside = (name: DatabaseName): Buffer => bytes(etc.entry(`.${name}.understudy`));
  const clear = (): void => {
    for (const name of order) rmSync(beside(name), { force: true });
  };
  try {
    clear();
    for (const name of names) {
      const attributes = attributesFor(name, entryAt(etc.entry(name)), record);
      const content = wanted[name] ?? Buffer.alloc(0);
      writeEntry({ put: 'composed', content, attributes }, etc.entry(`.${name}.understudy`));
    }
    syncFileSystem(etc.self);
    for (const name of names) {
      onStep?.(`accounts:${name}`);
      renameSync(beside(name), bytes(etc.entry(name)));
    }
    syncDirectory(etc.self);
  } finally {
    clear();
    etc.close();
  }
}

/** Of what is there; else as they were when the backup was made. */
function attributesFor(
  name: DatabaseName,
  there: ReturnType<typeof entryAt>,
  { files }: Pick<BackupRecord, 'files'>,
): Attributes {
  if (there) return attributesOf(there);
  const { mode, uid, gid } = files.find((file) => file.name === name) ?? { mode: 0o600, uid: 0, gid: 0 };
  return { mode, uid, gid, xattrs: new Map() };
}
