/** The digest of a staged clone: of everything in which it differs from what it was made of, with content. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { bigStatus } from '../../files/attributes.js';
import { bytes, type RawPath } from '../../posix/raw-path.js';
import { getXattr, listXattrs } from '../../posix/xattr.js';
import type { TreeChange } from '../../review/tree-change.js';
import type { System } from '../../system.js';
import type { TreeView } from '../environment.js';

/** After so many bytes other work of this process has its turn. */
const breath = 8 * 1024 * 1024;

export async function sealOfChanges(
  system: System,
  view: TreeView,
  changes: readonly TreeChange[],
): Promise<string> {
  const digest = createHash('sha256');
  let size = 0;
  for (const { kind, type, path, bytes: length } of changes) {
    digest.update(`${kind} ${type} ${path.length} ${path}\n`, 'latin1');
    const place = kind === 'removed' ? undefined : view.locate(path);
    if (place !== undefined) describe(place, digest);
    size += length;
    if (size < breath) continue;
    size = 0;
    system.signal.throwIfAborted();
    await turn();
  }
  return digest.digest('hex');
}

function describe(place: RawPath, digest: Hash): void {
  const status = bigStatus(place);
  const { mode, uid, gid, rdev } = status;
  const time = status.isDirectory() ? '' : status.mtimeNs; // a session gives folders another time
  digest.update(`${mode} ${uid} ${gid} ${rdev} ${time}\n`);
  for (const name of listXattrs(place)) digest.update(`${name}=${getXattr(place, name)?.toString('hex')}\n`);
  if (status.isSymbolicLink()) digest.update(readlinkSync(bytes(place), 'buffer'));
  if (!status.isFile()) return;
  digest.update(`${status.size}\n`);
  const fd = openSync(bytes(place), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const chunk = Buffer.allocUnsafe(262_144);
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk))
      digest.update(chunk.subarray(0, read));
  } finally {
    closeSync(fd);
  }
}
