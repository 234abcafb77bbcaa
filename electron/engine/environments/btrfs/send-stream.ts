/**
 * Reads a btrfs send stream (fs/btrfs/send.h, version 1) for the paths it names. What became of them is then seen in the two snapshots
 * themselves, so neither order nor detail of the commands matters, and a command of a later version is noticed.
 */
import { Fault } from '../../fault.js';
import type { RawPath } from '../../posix/raw-path.js';
import { TouchedPaths } from '../snapshots/touched-paths.js';

const magic = 'btrfs-stream\0';
const headerBytes = magic.length + 4;
const commandHeader = 10;

const command = {
  subvolume: 1,
  snapshot: 2,
  makeFile: 3,
  makeFolder: 4,
  makeNode: 5,
  makeFifo: 6,
  makeSocket: 7,
  symlink: 8,
  rename: 9,
  link: 10,
  unlink: 11,
  removeFolder: 12,
  setXattr: 13,
  removeXattr: 14,
  write: 15,
  clone: 16,
  truncate: 17,
  changeMode: 18,
  changeOwner: 19,
  times: 20,
  end: 21,
  updateExtent: 22,
} as const;
const touching = new Set<number>(
  Object.values(command).filter(
    (number) => number !== command.subvolume && number !== command.snapshot && number !== command.end,
  ),
);

const attribute = { path: 15, pathTo: 16, pathLink: 17 } as const;

/** Throws `COMMAND_FAILED` for a stream that is torn or of a kind that is not known. */
export function readSendStream(stream: Buffer): TouchedPaths {
  if (stream.toString('latin1', 0, magic.length) !== magic) throw unreadable('it does not begin as one');
  const version = stream.length >= headerBytes ? stream.readUInt32LE(magic.length) : 0;
  if (version !== 1) throw unreadable(`its version is ${version}`);
  const touched = new TouchedPaths();
  for (let at = headerBytes; ;) {
    if (at + commandHeader > stream.length) throw unreadable('it has no end');
    const length = stream.readUInt32LE(at);
    const number = stream.readUInt16LE(at + 4);
    const start = at + commandHeader;
    at = start + length;
    if (at > stream.length) throw unreadable('a command is torn');
    if (number === command.end) return touched;
    if (number === command.subvolume || number === command.snapshot) continue;
    if (!touching.has(number)) throw unreadable(`command ${number} is not known`);
    note(touched, number, attributesOf(stream, start, at));
  }
}

function note(touched: TouchedPaths, number: number, found: ReadonlyMap<number, RawPath>): void {
  const path = found.get(attribute.path);
  if (path === undefined) throw unreadable(`command ${number} names no path`);
  const to = found.get(attribute.pathTo);
  if (number === command.rename) {
    if (to === undefined) throw unreadable('a renaming has no target');
    touched.rename(path, to);
    return;
  }
  touched.touch(path);
  const link = number === command.link ? found.get(attribute.pathLink) : undefined;
  if (link !== undefined) touched.touch(link);
}

/** The attributes that are paths. */
function attributesOf(stream: Buffer, start: number, end: number): Map<number, RawPath> {
  const found = new Map<number, RawPath>();
  for (let at = start; at < end;) {
    if (at + 4 > end) throw unreadable('an attribute is torn');
    const type = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    if (at + 4 + length > end) throw unreadable('an attribute is torn');
    if (type >= attribute.path && type <= attribute.pathLink)
      found.set(type, stream.toString('latin1', at + 4, at + 4 + length) as RawPath);
    at += 4 + length;
  }
  return found;
}

function unreadable(why: string): Fault {
  return new Fault('COMMAND_FAILED', `The difference that btrfs told cannot be read: ${why}.`);
}
