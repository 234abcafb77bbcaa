/** What one program or library would miss if it were started in a tree: its interpreter, a library, a symbol version. */
import { parentOf, type RawPath } from '../../posix/raw-path.js';
import type { ElfFile } from '../elf/elf-file.js';
import { neighbourhood, type Library, type LibraryTree } from './library-tree.js';
import { defaultFolders, expandName, searchFolders } from './search-path.js';

/** Stable within a file, so that what was missing before can be told from what is new. */
export type Missing = `interpreter ${string}` | `library ${string}` | `version ${string} of ${string}`;

/** What `file`, which lies at `path`, misses in the tree. */
export function missingFor(tree: LibraryTree, path: RawPath, file: ElfFile): Missing[] {
  const missing: Missing[] = [];
  if (file.interpreter !== undefined && !tree.hasInterpreter(file.interpreter, file.abi))
    missing.push(`interpreter ${file.interpreter}`);
  const folders = searchFolders(tree, path, file);
  for (const name of new Set(file.needed)) {
    if (isMuslItself(name)) continue;
    const library = find(tree, path, file, folders, name);
    if (library === undefined) {
      if (!isPrivate(tree, path, file) || !isNearby(tree, path, file, name)) missing.push(`library ${name}`);
      continue;
    }
    // a library without any version satisfies every need; the loader only remarks on it
    if (library.file.versionsDefined.size === 0) continue;
    for (const version of file.versionsNeeded.get(name) ?? [])
      if (!library.file.versionsDefined.has(version)) missing.push(`version ${version} of ${name}`);
  }
  return missing;
}

function find(
  tree: LibraryTree,
  path: RawPath,
  file: ElfFile,
  folders: readonly RawPath[],
  name: string,
): Library | undefined {
  if (name.includes('/')) {
    for (const each of expandName(name, path, file.abi)) {
      const library = tree.library(each, file.abi);
      if (library !== undefined) return library;
    }
    return undefined;
  }
  for (const folder of folders) {
    const library = tree.find(folder, name, file.abi);
    if (library !== undefined) return library;
  }
  return undefined;
}

/**
 * What lies outside the folders for programs and libraries is started by something that knows it: by a wrapper that sets
 * `LD_LIBRARY_PATH`, or by a program that has loaded its libraries before (the Java runtime and many plug-ins rest
 * on that). For such a file a library beside it is enough.
 */
function isPrivate(tree: LibraryTree, path: RawPath, file: ElfFile): boolean {
  const own = parentOf(path);
  if (/(^|\/)s?bin$/.test(own)) return false;
  return ![...defaultFolders(file.abi), ...tree.configured].some(
    (folder) => tree.folder(folder)?.path === own,
  );
}

function isNearby(tree: LibraryTree, path: RawPath, file: ElfFile, name: string): boolean {
  for (const folder of neighbourhood(tree, path))
    if (tree.find(folder, name, file.abi) !== undefined) return true;
  return false;
}

/** musl is libc, libm and its own loader in one file; programs name it in many ways. */
function isMuslItself(name: string): boolean {
  return name === 'libc.so' || name.startsWith('libc.musl-') || name.startsWith('ld-musl-');
}
