/**
 * What btrfs alone can do, through its ioctls (<linux/btrfs.h>): sizes, offsets and numbers below are of that header. No command of
 * btrfs-progs is needed, so nothing has to be installed in the system that is looked after.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { NativeBuffer } from '../../manifest/native-stat.js';
import { ioctl, requestOf } from '../../posix/ioctl.js';
import { bytes, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';

const magic = 0x94;
const page = 4096;
const requests = {
  create: requestOf('write', magic, 24, page),
  snapshot: requestOf('write', magic, 23, page),
  destroy: requestOf('write', magic, 15, page),
  setDefault: requestOf('write', magic, 19, 8),
  search: requestOf('both', magic, 17, page),
  lookUp: requestOf('both', magic, 18, page),
  names: requestOf('both', magic, 35, 56),
  information: requestOf('read', magic, 60, 504),
  send: requestOf('write', magic, 38, 72),
};

/** The inode of every subvolume's top folder (BTRFS_FIRST_FREE_OBJECTID). */
export const topInode = 256n;
/** The id of the subvolume that holds all others (BTRFS_FS_TREE_OBJECTID). */
export const topLevel = 5;

const readOnlyFlag = 2n;
const noFileData = 1n;
/** Trees and items of the tree of trees, <linux/btrfs_tree.h>. */
const rootTree = 1n;
const rootTreeFolder = 6n;
const folderItem = 84;
const rootBackReference = 144;
const quotaTree = 8n;
const quotaStatus = 240;
const quotaInformation = 242;

export interface Subvolume {
  readonly id: number;
  /** Its own, for life; hex. The top level may have none. */
  readonly uuid: string;
  readonly parentUuid: string | undefined;
  readonly generation: number;
  readonly readOnly: boolean;
}

/** Opens a folder for as long as `body` runs. */
export function withFolder<T>(path: RawPath, body: (fd: number) => T): T {
  const fd = openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return body(fd);
  } finally {
    closeSync(fd);
  }
}

/** The subvolume whose top folder this is, or `undefined` when it is none. */
export function subvolumeAt(path: RawPath): Subvolume | undefined {
  try {
    return withFolder(path, (fd) => {
      if (fstatSync(fd, { bigint: true }).ino !== topInode) return undefined;
      const found = Buffer.alloc(504);
      ioctl(fd, requests.information, found, 'BTRFS_IOC_GET_SUBVOL_INFO', path);
      const uuidAt = (offset: number): string => found.toString('hex', offset, offset + 16);
      const parent = uuidAt(312);
      return {
        id: Number(found.readBigUInt64LE(0)),
        uuid: uuidAt(296),
        parentUuid: /^0+$/.test(parent) ? undefined : parent,
        generation: Number(found.readBigUInt64LE(280)),
        readOnly: (found.readBigUInt64LE(288) & 1n) === 1n,
      };
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (['ENOENT', 'ENOTDIR', 'ENOTTY', 'EINVAL', 'ENOTSUP'].includes(String(code))) return undefined;
    throw error;
  }
}

export function createSubvolume(path: RawPath): void {
  const argument = Buffer.alloc(page);
  writeName(argument, 56, nameOf(path));
  withFolder(parentOf(path), (fd) => ioctl(fd, requests.create, argument, 'BTRFS_IOC_SUBVOL_CREATE', path));
}

/** Of the subvolume at `from`, without those nested in it. */
export function snapshot(from: RawPath, to: RawPath, options: { readonly readOnly: boolean }): void {
  withFolder(from, (source) => {
    const argument = Buffer.alloc(page);
    argument.writeBigInt64LE(BigInt(source), 0);
    argument.writeBigUInt64LE(options.readOnly ? readOnlyFlag : 0n, 16);
    writeName(argument, 56, nameOf(to));
    withFolder(parentOf(to), (fd) => ioctl(fd, requests.snapshot, argument, 'BTRFS_IOC_SNAP_CREATE', to));
  });
}

/** Throws `ENOTEMPTY` when another is nested in it, `EPERM` when it is the default. */
export function deleteSubvolume(path: RawPath): void {
  const argument = Buffer.alloc(page);
  writeName(argument, 8, nameOf(path));
  withFolder(parentOf(path), (fd) => ioctl(fd, requests.destroy, argument, 'BTRFS_IOC_SNAP_DESTROY', path));
}

export function setDefault(folder: RawPath, id: number): void {
  const argument = Buffer.alloc(8);
  argument.writeBigUInt64LE(BigInt(id));
  withFolder(folder, (fd) => ioctl(fd, requests.setDefault, argument, 'BTRFS_IOC_DEFAULT_SUBVOL', folder));
}

/** The id of the subvolume that is mounted where none is named. */
export function defaultOf(folder: RawPath): number {
  let id = topLevel;
  search(
    folder,
    { tree: rootTree, objects: [rootTreeFolder, rootTreeFolder], type: folderItem },
    (item, data) => {
      const length = data.readUInt16LE(27);
      if (data.toString('latin1', 30, 30 + length) === 'default') id = Number(data.readBigUInt64LE(0));
    },
  );
  return id;
}

export interface Placed {
  readonly id: number;
  /** The subvolume that it lies in. */
  readonly parent: number;
  /** From the top level, without a leading slash. */
  readonly path: RawPath;
}

/** All subvolumes of the file system but the top level. Needs root. */
export function listSubvolumes(folder: RawPath): Placed[] {
  const links = new Map<number, { parent: number; name: string }>();
  withFolder(folder, (fd) => {
    const found: { id: number; parent: number; directory: bigint; name: string }[] = [];
    const range = { tree: rootTree, objects: [256n, 2n ** 64n - 257n] as const, type: rootBackReference };
    search(folder, range, (item, data) => {
      const length = data.readUInt16LE(16);
      const name = data.toString('latin1', 18, 18 + length);
      found.push({
        id: Number(item.object),
        parent: Number(item.offset),
        directory: data.readBigUInt64LE(0),
        name,
      });
    });
    for (const { id, parent, directory, name } of found)
      links.set(id, { parent, name: `${folderPath(fd, parent, directory)}${name}` });
  });
  const pathOf = (id: number): string => {
    const link = links.get(id);
    if (!link) return '';
    const above = pathOf(link.parent);
    return above === '' ? link.name : `${above}/${link.name}`;
  };
  return [...links]
    .map(([id, { parent }]) => ({ id, parent, path: pathOf(id) as RawPath }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The path of a folder inside a subvolume, with a slash at its end; empty for the top folder. */
function folderPath(fd: number, tree: number, directory: bigint): string {
  if (directory === topInode) return '';
  const argument = Buffer.alloc(page);
  argument.writeBigUInt64LE(BigInt(tree), 0);
  argument.writeBigUInt64LE(directory, 8);
  ioctl(fd, requests.lookUp, argument, 'BTRFS_IOC_INO_LOOKUP');
  return argument.toString('latin1', 16, argument.indexOf(0, 16));
}

interface Range {
  readonly tree: bigint;
  readonly objects: readonly [bigint, bigint];
  readonly type: number;
}

function search(
  folder: RawPath,
  range: Range,
  onItem: (item: { object: bigint; offset: bigint }, data: Buffer) => void,
): void {
  const last = 2n ** 64n - 1n;
  let object = range.objects[0];
  let { type } = range;
  let offset = 0n;
  withFolder(folder, (fd) => {
    for (;;) {
      const argument = Buffer.alloc(page);
      const key = [range.tree, object, range.objects[1], offset, last, 0n, last];
      key.forEach((value, index) => argument.writeBigUInt64LE(value, index * 8));
      argument.writeUInt32LE(type, 56);
      argument.writeUInt32LE(range.type, 60);
      argument.writeUInt32LE(4096, 64);
      ioctl(fd, requests.search, argument, 'BTRFS_IOC_TREE_SEARCH', folder);
      const count = argument.readUInt32LE(64);
      if (count === 0) return;
      for (let index = 0, at = 104; index < count; index += 1) {
        object = argument.readBigUInt64LE(at + 8);
        offset = argument.readBigUInt64LE(at + 16);
        type = argument.readUInt32LE(at + 24);
        const size = argument.readUInt32LE(at + 28);
        // Between the first and the last key, compared as a whole, lie items of every type.
        if (type === range.type) onItem({ object, offset }, argument.subarray(at + 32, at + 32 + size));
        at += 32 + size;
      }
      if (offset < last) offset += 1n;
      else {
        type = range.type;
        offset = 0n;
        if (object === range.objects[1]) return;
        object += 1n;
      }
    }
  });
}

/** Writes to the file `target` how one read-only snapshot becomes the other, without the content of files. */
export function sendDifference(before: Subvolume, after: RawPath, target: number): void {
  withFolder(after, (fd) => {
    const argument = Buffer.alloc(72);
    argument.writeBigInt64LE(BigInt(target), 0);
    argument.writeBigUInt64LE(BigInt(before.id), 24);
    argument.writeBigUInt64LE(noFileData, 32);
    ioctl(fd, requests.send, argument, 'BTRFS_IOC_SEND', after);
  });
}

/**
 * Bytes that no other subvolume shares, where quota groups keep account of them; `undefined` where they are off or being counted.
 * Nothing is switched on for it: quota groups slow everything down.
 */
export function exclusiveBytes(folder: RawPath, id: number): number | undefined {
  const found: { valid?: boolean; bytes?: number } = {};
  try {
    search(folder, { tree: quotaTree, objects: [0n, 0n], type: quotaStatus }, (item, data) => {
      found.valid = data.readBigUInt64LE(16) === 1n; // on, not rescanned, not inconsistent
    });
    search(folder, { tree: quotaTree, objects: [0n, 0n], type: quotaInformation }, (item, data) => {
      if (item.offset === BigInt(id)) found.bytes = Number(data.readBigUInt64LE(24));
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return found.valid ? found.bytes : undefined;
}

/** All names of an inode inside the subvolume at `top`. */
export function namesOf(top: RawPath, inode: bigint): RawPath[] {
  const container = new NativeBuffer(65_536);
  const argument = Buffer.alloc(56);
  argument.writeBigUInt64LE(inode, 0);
  argument.writeBigUInt64LE(BigInt(container.buffer.length), 8);
  argument.writeBigUInt64LE(BigInt(container.address), 48);
  withFolder(top, (fd) => ioctl(fd, requests.names, argument, 'BTRFS_IOC_INO_PATHS', top));
  const count = container.buffer.readUInt32LE(8);
  return Array.from({ length: count }, (_, index) => {
    const start = 16 + Number(container.buffer.readBigUInt64LE(16 + index * 8));
    return container.buffer.toString('latin1', start, container.buffer.indexOf(0, start)) as RawPath;
  });
}

function writeName(argument: Buffer, offset: number, name: string): void {
  const text = bytes(name as RawPath);
  if (text.length === 0 || text.length > 255) throw new Error('a subvolume has a name of 1 to 255 bytes');
  text.copy(argument, offset);
}

/** Removes a subvolume with all that are nested in it; what is missing is no error. */
export function deleteTree(path: RawPath): void {
  const found = subvolumeAt(path);
  if (!found) return;
  for (const { parent, path: inner } of listSubvolumes(path)) {
    if (parent !== found.id) continue;
    const name = relativeName(path, found.id, inner);
    if (name !== undefined) deleteTree(join(path, name));
  }
  deleteSubvolume(path);
}

/** Where a directly nested subvolume lies below the folder of its parent. */
function relativeName(folder: RawPath, parent: number, path: RawPath): string | undefined {
  if (parent === topLevel) return path;
  const own = listSubvolumes(folder).find(({ id }) => id === parent);
  return own && path.startsWith(`${own.path}/`) ? path.slice(own.path.length + 1) : undefined;
}
