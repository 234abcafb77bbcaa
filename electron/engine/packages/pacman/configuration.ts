/** pacman.conf(5): the archives in their order, and the packages that are to stay at their version. */
import type { TreeView } from '../../environments/environment.js';
import { join, parentOf, nameOf, type RawPath } from '../../posix/raw-path.js';
import { treeFile } from '../tree-file.js';

export interface Configuration {
  /** Names of the archives, the first of which that has a package is the one it is taken from. */
  readonly repositories: readonly string[];
  readonly architectures: readonly string[];
  /** Patterns (fnmatch(3)) of `IgnorePkg` and `IgnoreGroup`. */
  readonly ignoredPackages: readonly string[];
  readonly ignoredGroups: readonly string[];
  readonly hookFolders: readonly string[];
}

/** Files that include each other for ever are read no deeper than this, as pacman does. */
const deepest = 10;

export function configurationOf(view: TreeView): Configuration {
  const read = (path: RawPath, depth: number): string[] => {
    const text = treeFile(view, path)?.toString('utf8') ?? '';
    return text.split('\n').flatMap((line) => {
      const pattern = /^\s*Include\s*=\s*\/?(.+?)\s*$/.exec(line)?.[1];
      if (pattern === undefined) return [line];
      if (depth === deepest) return [];
      return matching(view, pattern).flatMap((included) => read(included, depth + 1));
    });
  };
  return parseConfiguration(read('etc/pacman.conf' as RawPath, 0).join('\n'));
}

/** Of a text without `Include`, such as what `pacman-conf` prints. */
export function parseConfiguration(text: string): Configuration {
  const repositories: string[] = [];
  const options = new Map<string, string[]>();
  let section = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      if (header !== 'options' && !repositories.includes(header)) repositories.push(header);
    } else if (section === 'options') {
      const [, name = '', value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      options.set(name, [...(options.get(name) ?? []), ...value.split(/\s+/).filter(Boolean)]);
    }
  }
  return {
    repositories,
    architectures: options.get('Architecture') ?? [],
    ignoredPackages: options.get('IgnorePkg') ?? [],
    ignoredGroups: options.get('IgnoreGroup') ?? [],
    hookFolders: options.get('HookDir') ?? [],
  };
}

export function isHeld(
  { ignoredPackages, ignoredGroups }: Configuration,
  name: string,
  groups: readonly string[],
): boolean {
  return (
    ignoredPackages.some((pattern) => matches(pattern, name)) ||
    ignoredGroups.some((pattern) => groups.some((group) => matches(pattern, group)))
  );
}

/** A pattern may stand in the last component, as in `/etc/pacman.d/*.conf`. */
function matching(view: TreeView, pattern: string): RawPath[] {
  const path = pattern as RawPath;
  if (!/[*?[]/.test(nameOf(path))) return [path];
  const folder = parentOf(path);
  return (view.list(folder) ?? [])
    .filter((name) => !name.startsWith('.') && matches(nameOf(path), name))
    .map((name) => join(folder, name));
}

function matches(pattern: string, text: string): boolean {
  const source = pattern.replace(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[$()*+./?[\\\]^{|}-]/, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 's').test(text);
  } catch {
    return pattern === text; // such as a range that runs backwards
  }
}
