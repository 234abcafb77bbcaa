/**
 * Backups in the recovery place: each a folder with a copy of the identity databases and a record of what they were. One appears, and goes, by one
 * rename(2), and is read back before it counts.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { z } from 'zod';
import type { IdentityBackup } from '../../../shared/backup.js';
import { idSchema } from '../../../shared/plan.js';
import { Fault, systemErrorCode } from '../fault.js';
import { plainView } from '../environments/plain-view.js';
import { bigStatus } from '../files/attributes.js';
import { writeFileDurably } from '../files/durable.js';
import { entriesIn } from '../files/entries.js';
import { readRegularFile, UnusableFile } from '../files/regular-file.js';
import { removeTree } from '../files/remove-tree.js';
import { bytes, join, raw, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import { newId } from '../records/ids.js';
import { contentsOf } from '../reintegrate/account-files.js';
import type { Contents } from '../reintegrate/accounts/accounts.js';
import { databaseNames, type DatabaseName } from '../reintegrate/accounts/databases.js';
import { attributesOf, entryAt } from '../reintegrate/entry.js';
import { withoutLinks } from '../reintegrate/sides.js';
import type { System } from '../system.js';
import type { Place } from './place.js';

const recordName = 'backup.json';
const largestFile = 32 * 1024 * 1024;
const largestRecord = 64 * 1024;

const recordSchema = z.strictObject({
  version: z.literal(1),
  id: idSchema,
  created: z.iso.datetime(),
  reason: z.enum(['asked', 'before-restore']),
  files: z.array(
    z.strictObject({
      name: z.enum(databaseNames),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      mode: z.int().min(0).max(0o7777),
      uid: z.int().min(0),
      gid: z.int().min(0),
    }),
  ),
});
export type BackupRecord = z.infer<typeof recordSchema>;

export interface KnownBackup {
  readonly record: BackupRecord;
  readonly contents: Contents;
}

/** Of the system as it is; the caller has the lock of the accounts. Throws `NO_SPACE`, `RECOVERY_PLACE_UNFIT`, `BACKUP_DAMAGED`. */
export function writeBackup(system: System, place: Place, reason: BackupRecord['reason']): BackupRecord {
  const contents = currentAccounts(system);
  const record: BackupRecord = {
    version: 1,
    id: newId('identity'),
    created: new Date().toISOString(),
    reason,
    files: databaseNames.flatMap((name) => {
      const content = contents[name];
      const entry = entryAt(join(system.root, raw(`etc/${name}`)));
      if (content === undefined || entry === undefined) return [];
      const { mode, uid, gid } = attributesOf(entry);
      return [{ name, sha256: digest(content), mode, uid, gid }];
    }),
  };
  const beside = place.entry(`.${record.id}.new`);
  try {
    mkdirSync(bytes(beside), { mode: 0o700 });
    for (const { name } of record.files) writeFileDurably(join(beside, raw(name)), contents[name] ?? '');
    writeFileDurably(join(beside, raw(recordName)), `${JSON.stringify(record, undefined, 1)}\n`);
    readBackup(place, `.${record.id}.new`, record.id);
    system.onStep?.('identity:written');
    renameSync(bytes(beside), bytes(place.entry(record.id)));
  } catch (error) {
    removeTree(beside);
    if (systemErrorCode(error) === 'EROFS')
      throw new Fault('RECOVERY_PLACE_UNFIT', `${place.shown}: it cannot be written to`);
    throw error;
  }
  syncDirectory(place.self);
  return record;
}

/** Whole and as it was written. Throws `BACKUP_UNKNOWN`, and `BACKUP_DAMAGED` with what is wrong. */
export function readBackup(place: Place, folder: string, id = folder): KnownBackup {
  const at = (name: string): RawPath => join(place.entry(folder), raw(name));
  const damaged = (reason: string): never => {
    throw new Fault('BACKUP_DAMAGED', `${id}: ${reason}`);
  };
  const read = (name: string, largest: number): Buffer => {
    try {
      return readRegularFile(at(name), largest);
    } catch (error) {
      if (error instanceof UnusableFile) return damaged(`${name}: ${error.message}`);
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return damaged(`${name} is missing`);
      if (code === 'EIO') return damaged(`${name} cannot be read`);
      throw error;
    }
  };
  if (entryAt(place.entry(folder))?.type !== 'dir') throw new Fault('BACKUP_UNKNOWN', id);
  const record = recordIn(read(recordName, largestRecord));
  if (record?.id !== id) return damaged('its record cannot be read');
  const contents: Partial<Record<DatabaseName, Buffer>> = {};
  for (const { name, sha256 } of record.files) {
    const content = read(name, largestFile);
    if (digest(content) !== sha256) damaged(`${name} is not what was written`);
    contents[name] = content;
  }
  return { record, contents: everyName((name) => contents[name]) };
}

/** The newest first. */
export function listBackups(place: Place): IdentityBackup[] {
  return idsIn(place).map((id): IdentityBackup => {
    try {
      const { created, reason, files } = readBackup(place, id).record;
      return { id, created, reason, files: files.map(({ name }) => `/etc/${name}`), problems: [] };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const problems = [error.problem.sentence, ...error.problem.details];
      return { id, created: null, reason: null, files: [], problems };
    }
  });
}

/** The newest first: by their names, which tell the second, and within one by when their folders were filled. */
export function idsIn(place: Place): string[] {
  return entriesIn(place.self)
    .map(({ name }) => name)
    .filter((name) => name.startsWith('identity-') && idSchema.safeParse(name).success)
    .map((name) => ({
      name,
      second: name.slice(0, secondEnds),
      filled: bigStatus(place.entry(name)).mtimeNs,
    }))
    .sort((a, b) => (a.second === b.second ? Number(b.filled - a.filled) : a.second < b.second ? 1 : -1))
    .map(({ name }) => name);
}

const secondEnds = 'identity-20260101-000000'.length;

/** The one to take where none is named: not what was kept of the accounts before they were brought back. */
export function usualBackup(place: Place): string | undefined {
  return listBackups(place).find(({ reason }) => reason !== 'before-restore')?.id;
}

/** Under another name first, so that half of one is never taken for a backup. */
export function removeBackup(place: Place, id: string): void {
  const aside = `.${id}.old`;
  renameSync(bytes(place.entry(id)), bytes(place.entry(aside)));
  removeTree(place.entry(aside));
}

/** What writes and removals that were cut short have left. */
export function clearRemains(place: Place): void {
  for (const { name } of entriesIn(place.self))
    if (/^\.identity-[a-z0-9-]+\.(?:new|old)$/.test(name)) removeTree(place.entry(name));
}

export function currentAccounts({ root }: System): Contents {
  return contentsOf(withoutLinks(plainView(root)), raw('etc'));
}

export function everyName(of: (name: DatabaseName) => Buffer | undefined): Contents {
  return Object.fromEntries(databaseNames.map((name) => [name, of(name)])) as Record<
    DatabaseName,
    Buffer | undefined
  >;
}

function recordIn(text: Buffer): BackupRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
