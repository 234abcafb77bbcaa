/**
 * The folders that /etc/ld.so.conf adds to the library search (ldconfig(8)): one a line, `include` with shell patterns
 * relative to the file that says so, `#` comments. Folders come back relative to the tree, in order.
 */
import type { TreeView } from '../../environments/environment.js';
import { join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { namesIn, readText } from '../tree-file.js';

const deepestInclude = 8;
const largestFile = 1024 * 1024;

export function configuredFolders(view: TreeView, file = 'etc/ld.so.conf' as RawPath): RawPath[] {
  const folders = new Set<RawPath>();
  const read = (path: RawPath, depth: number): void => {
    for (const line of linesOf(view, path)) {
      const include = /^include\s+(.*)$/.exec(line);
      if (include?.[1] !== undefined) {
        if (depth < deepestInclude)
          for (const pattern of include[1].split(/\s+/))
            for (const each of matching(view, parentOf(path), pattern)) read(each, depth + 1);
      } else if (!/^hwcap\s/.test(line)) {
        // `=TYPE` after a folder is an old way to name the libc it is for
        for (const folder of line.split(/[\s:,]+/))
          if (folder.startsWith('/')) folders.add(relative(folder.replace(/=.*$/, '')));
      }
    }
  };
  read(file, 0);
  return [...folders];
}

function linesOf(view: TreeView, path: RawPath): string[] {
  return (readText(view, path, largestFile) ?? '')
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '' && !line.includes('\0'));
}

/** The files that a pattern names. Only its last part may hold wildcards, as in every distribution's own files. */
function matching(view: TreeView, folder: RawPath, pattern: string): RawPath[] {
  const path = pattern.startsWith('/') ? relative(pattern) : join(folder, pattern);
  const name = nameOf(path);
  if (!/[*?[]/.test(name)) return [path];
  const parent = parentOf(path);
  const expression = wildcard(name);
  return namesIn(view, parent)
    .filter((each) => !each.startsWith('.') && expression.test(each))
    .map((each) => join(parent, each));
}

/** A glob(7) pattern of one path component as a regular expression. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return part.replace(/[\\^$.|+(){}[\]/-]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /^(?!)/; // a pattern that is none matches nothing
  }
}

function relative(path: string): RawPath {
  return path.replace(/^\/+/, '').replace(/\/+$/, '') as RawPath;
}
