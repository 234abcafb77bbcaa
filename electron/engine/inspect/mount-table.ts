/**
 * The mounts that this process sees, from /proc/self/mountinfo (proc_pid_mountinfo(5)). `holding` answers as the kernel's
 * own path walk would: mounts hidden below later ones are never found.
 */
import { isWithin, join, type RawPath } from '../posix/raw-path.js';
import { readStart } from './read.js';
import type { MachineSources } from './sources.js';

export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** `major:minor` of the files on it, as in `/sys/dev/block`. */
  readonly device: string;
  /** Which folder of the file system is mounted: another than `/` for bind mounts and subvolumes. */
  readonly origin: RawPath;
  readonly mountPoint: RawPath;
  readonly fileSystem: string;
  /** A block device, a server's share, or just a name. */
  readonly source: RawPath;
  /** Of the mount or of its file system. */
  readonly readOnly: boolean;
}

export interface MountTable {
  readonly entries: readonly MountEntry[];
  /** The mount that holds an absolute path free of symbolic links. */
  holding(path: RawPath): MountEntry | undefined;
  /** What is mounted at this very path; the last one where there are several. */
  at(path: RawPath): MountEntry | undefined;
  /** The visible mounts strictly below a path. */
  below(path: RawPath): readonly MountEntry[];
}

/** Throws when the machine's mounts cannot be read. */
export function readMountTable(sources: MachineSources): MountTable {
  const text = readStart(join(sources.proc, 'self/mountinfo'), 16 * 1024 * 1024).toString('latin1');
  return mountTable(parseMountInfo(text));
}

/** `text` has one character a byte. Lines that are none of the format are skipped. */
export function parseMountInfo(text: string): MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    // Between the sixth field and the lone hyphen stand any number of optional fields.
    const hyphen = fields.indexOf('-', 6);
    const [id, parent, device, origin, mountPoint, options] = fields;
    const [fileSystem, source, superOptions] = hyphen < 0 ? [] : fields.slice(hyphen + 1);
    if (origin === undefined || device === undefined || mountPoint === undefined || options === undefined)
      continue;
    if (fileSystem === undefined || source === undefined) continue;
    entries.push({
      id: Number(id),
      parent: Number(parent),
      device,
      origin: unescapeField(origin),
      mountPoint: unescapeField(mountPoint),
      fileSystem: unescapeField(fileSystem),
      source: unescapeField(source),
      readOnly: isReadOnly(options) || isReadOnly(superOptions ?? ''),
    });
  }
  return entries;
}

/** Space, tab, newline and backslash are written as `\040`, `\011`, `\012` and `\134`. */
function unescapeField(text: string): RawPath {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  ) as RawPath;
}

function isReadOnly(options: string): boolean {
  return options.split(',').includes('ro');
}

export function mountTable(entries: readonly MountEntry[]): MountTable {
  const ids = new Set(entries.map((entry) => entry.id));
  const tops = entries.filter((entry) => entry.parent === entry.id || !ids.has(entry.parent));
  const children = new Map<number, MountEntry[]>();
  for (const entry of entries) {
    if (entry.parent === entry.id) continue;
    children.set(entry.parent, [...(children.get(entry.parent) ?? []), entry]);
  }
  const holding = (path: RawPath): MountEntry | undefined => {
    let current = nearest(tops, path);
    // Each step goes to a mount on the current one, and no mount is its own ancestor.
    for (let steps = entries.length; current !== undefined && steps > 0; steps -= 1) {
      const next = nearest(children.get(current.id) ?? [], path);
      if (next === undefined) return current;
      current = next;
    }
    return current;
  };
  return {
    entries,
    holding,
    at: (path) => entries.findLast(({ mountPoint }) => mountPoint === path),
    below: (path) =>
      entries.filter(
        (entry) =>
          entry.mountPoint !== path && covers(path, entry.mountPoint) && holding(entry.mountPoint) === entry,
      ),
  };
}

/**
 * Of several mounts on one parent the one nearest to the root is met first on the way to `path`: if one of them lies
 * deeper on the same way, the other was mounted over it and hides it.
 */
function nearest(entries: readonly MountEntry[], path: RawPath): MountEntry | undefined {
  return entries
    .filter((entry) => covers(entry.mountPoint, path))
    .reduce<MountEntry | undefined>(
      (best, entry) =>
        best === undefined || entry.mountPoint.length <= best.mountPoint.length ? entry : best,
      undefined,
    );
}

function covers(ancestor: RawPath, path: RawPath): boolean {
  return ancestor === '/' || isWithin(path, ancestor);
}
