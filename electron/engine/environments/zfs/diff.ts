/**
 * What `zfs diff` says of two snapshots (zfs-diff(8), lib/libzfs/libzfs_diff.c of OpenZFS): a line an object, with tabs, its paths absolute below
 * the mount point of the later dataset, everything but printable ASCII in octal. Every object that was altered is named, but each by one of its names
 * alone, so that of the folders it names every name is looked at.
 */
import { Fault } from '../../fault.js';
import { bigStatusOf } from '../../files/attributes.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import { namesIn } from '../plain-view.js';
import type { TouchedPaths } from '../snapshots/touched-paths.js';

/** Paths relative to the mount point. Throws `COMMAND_FAILED` for a form that is not known. */
export function pathsInDiff(text: string, mountPoint: RawPath): RawPath[] {
  const above = mountPoint === '/' ? '/' : `${mountPoint}/`;
  const relative = (word: string): RawPath[] => {
    const path = word.replace(/\\([0-7]{4})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    if (`${path}/` === above) return ['' as RawPath];
    if (!path.startsWith(above)) throw unknown(word);
    const inside = path.slice(above.length).replace(/^\/+|\/+$/g, '') as RawPath;
    // What belongs to an attribute of a file alters that file. (There may also be one of this name.)
    const owner = /^(.*?)\/<xattrdir>(?:\/|$)/.exec(inside)?.[1];
    return owner === undefined ? [inside] : [inside, owner as RawPath];
  };
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [kind = '', ...words] = line.split('\t');
      const paths = words.filter((word) => !/^\([+-]\d+\)$/.test(word));
      if (!/^[-+MR]$/.test(kind) || paths.length !== (kind === 'R' ? 2 : 1)) throw unknown(line);
      return paths.flatMap(relative);
    });
}

/** Touches the paths, which lie below `at` in both trees, and in the folders among them every name that is another entry now. */
export function touchAll(
  touched: TouchedPaths,
  paths: readonly RawPath[],
  { before, after, at }: { readonly before: RawPath; readonly after: RawPath; readonly at: RawPath },
): void {
  for (const path of new Set(paths)) {
    const place = within(at, path);
    touched.touch(place);
    const [old, now] = [within(before, place), within(after, place)];
    for (const name of new Set([...namesInFolder(old), ...namesInFolder(now)]))
      if (objectOf(join(old, name)) !== objectOf(join(now, name)))
        touched.touch(within(place, name as RawPath));
  }
}

/** Not of what a link leads to. */
function namesInFolder(path: RawPath): string[] {
  return bigStatusOf(path)?.isDirectory() ? (namesIn(path) ?? []) : [];
}

function within(folder: RawPath, path: RawPath): RawPath {
  if (path === '') return folder;
  return folder === '' ? path : join(folder, path);
}

/** A clone goes on with the numbers of what it was made of. */
function objectOf(path: RawPath): bigint | undefined {
  return bigStatusOf(path)?.ino;
}

function unknown(line: string): Fault {
  return new Fault('COMMAND_FAILED', `zfs diff: a form that is not known: ${line}`);
}
