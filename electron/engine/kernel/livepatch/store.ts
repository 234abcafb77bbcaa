/**
 * The store of live patches: each with its module and a record of what it is. It appears, and goes, by one rename(2), so that half a patch has no name
 * that anyone looks for; and whatever is about to be loaded is first compared with what was added.
 */
import { mkdirSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { fixesSchema, kernelReleaseSchema, livepatchNameSchema } from '../../../../shared/livepatch.js';
import { Fault } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import { bytes, display, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory } from '../../posix/sync.js';
import { readRecord, writeRecord } from '../../records/record-file.js';
import { machineOf, storeFolder, type System } from '../../system.js';
import { readLivepatch, type LivepatchModule } from './module-file.js';
import {
  moduleIn,
  namesOf,
  patchFolder,
  recordName,
  releaseFolder,
  releasesOf,
  storeName,
} from './places.js';

export const livepatchRecordSchema = z.strictObject({
  version: z.literal(1),
  name: livepatchNameSchema,
  release: kernelReleaseSchema,
  vermagic: z.string(),
  srcversion: z.string().nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signed: z.boolean(),
  /** The key in /etc/understudy/keys by which its file was signed; null where it was root's word alone. */
  signedBy: z.string().nullable(),
  /** The build of the kernel that ran when it was added or first loaded; null where that was another release. */
  buildId: z.string().nullable(),
  fixes: fixesSchema.nullable(),
  kind: z.enum(['replaces', 'stacks']),
  returns: z.boolean(),
  added: z.iso.datetime(),
});
export type LivepatchRecord = z.infer<typeof livepatchRecordSchema>;

/** Puts one into the store; true where the same module was there, whose record is then the new one. Throws `LIVEPATCH_EXISTS`. */
export function putIntoStore(system: System, { content }: LivepatchModule, record: LivepatchRecord): boolean {
  const { release, name } = record;
  const folder = patchFolder(system, release, name);
  if (bigStatusOf(folder) !== undefined) {
    const known = readRecord(join(folder, recordName), livepatchRecordSchema);
    if (!('found' in known) || known.found.sha256 !== record.sha256)
      throw new Fault('LIVEPATCH_EXISTS', `${name} for ${release}`);
    // What it was, and of which kernel's build, stays known.
    const { added, buildId } = known.found;
    writeRecord(join(folder, recordName), { ...record, added, buildId: buildId ?? record.buildId });
    return true;
  }
  const top = storeFolder(system, `${storeName}/${release}`);
  const beside = join(top, `.${name}.new`);
  removeTree(beside);
  mkdirSync(bytes(beside), { mode: 0o700 });
  writeFileDurably(moduleIn(beside, name), content);
  writeRecord(join(beside, recordName), record);
  renameSync(bytes(beside), bytes(folder));
  for (const path of [top, parentOf(top), system.store]) syncDirectory(path);
  return false;
}

/** Throws `LIVEPATCH_UNKNOWN`, and `LIVEPATCH_ALTERED` where its record cannot be read or is of another one. */
export function storedPatch(system: System, release: string, name: string): LivepatchRecord {
  const folder = patchFolder(system, release, name);
  if (!(bigStatusOf(folder)?.isDirectory() ?? false))
    throw new Fault('LIVEPATCH_UNKNOWN', `${name} for ${release}`);
  const read = readRecord(join(folder, recordName), livepatchRecordSchema);
  if ('missing' in read) throw new Fault('LIVEPATCH_ALTERED', `${display(folder)}: its record is gone`);
  if ('damaged' in read) throw new Fault('LIVEPATCH_ALTERED', `${display(folder)}: ${read.damaged}`);
  if (read.found.name !== name || read.found.release !== release)
    throw new Fault('LIVEPATCH_ALTERED', `${display(folder)}: its record is of another live patch`);
  return read.found;
}

/** The path of a module that is, byte for byte, the one that was added. Throws `LIVEPATCH_ALTERED`. */
export function verifiedModule(system: System, record: LivepatchRecord): RawPath {
  const { release, name } = record;
  const path = moduleIn(patchFolder(system, release, name), name);
  const module = readAgain(path, machineOf(system).hardware());
  if (module.sha256 !== record.sha256 || module.name !== name || module.release !== release)
    throw new Fault('LIVEPATCH_ALTERED', `${display(path)}: another module than the one that was added`);
  return path;
}

function readAgain(path: RawPath, hardware: string): LivepatchModule {
  try {
    return readLivepatch(path, hardware);
  } catch (error) {
    if (error instanceof Fault) throw new Fault('LIVEPATCH_ALTERED', ...error.problem.details);
    throw error;
  }
}

/** From now on it is known to fit the kernel's build that runs. */
export function noteBuild(system: System, record: LivepatchRecord, buildId: string | null): void {
  if (record.buildId !== null || buildId === null) return;
  const path = join(patchFolder(system, record.release, record.name), recordName);
  writeRecord(path, { ...record, buildId });
}

/** Gone at once, whatever of it is left on the disk. */
export function removeFromStore(system: System, release: string, name: string): void {
  const top = releaseFolder(system, release);
  const gone = join(top, `.${name}.gone`);
  removeTree(gone);
  renameSync(bytes(patchFolder(system, release, name)), bytes(gone));
  syncDirectory(top);
  removeTree(gone);
}

/** What is in the store for a release, the earliest first; what cannot be read is passed over. */
export function storedFor(system: System, release: string): LivepatchRecord[] {
  return namesOf(system, release)
    .flatMap((name) => {
      const read = readRecord(join(patchFolder(system, release, name), recordName), livepatchRecordSchema);
      return 'found' in read && read.found.name === name && read.found.release === release
        ? [read.found]
        : [];
    })
    .sort((a, b) => (a.added < b.added ? -1 : a.added > b.added ? 1 : 0));
}

/** The releases for which there is one of this name. */
export function releasesWith(system: System, name: string): string[] {
  return releasesOf(system).filter((release) => namesOf(system, release).includes(name));
}
