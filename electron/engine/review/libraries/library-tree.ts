/**
 * The libraries of one tree as the loader would come across them. Folders are listed once and every file is read once,
 * however many programs need it. Nothing is run, and no link is followed out of the tree.
 */
import type { TreeView } from '../../environments/environment.js';
import { resolveInTree } from '../../environments/resolve.js';
import { join, parentOf, type RawPath } from '../../posix/raw-path.js';
import { abiKey, sameAbi, type ElfAbi, type ElfFile, type ElfReading } from '../elf/elf-file.js';
import { readElf } from '../elf/read-elf.js';
import { folderIn } from '../tree-file.js';
import { configuredFolders } from './ld-so-conf.js';

export interface Library {
  /** Relative to the tree, with every link on the way resolved. */
  readonly path: RawPath;
  readonly file: ElfFile;
}

interface Folder {
  readonly path: RawPath;
  readonly names: ReadonlySet<string>;
}

/** Where program interpreters lie (the ABI of each one present is one that the tree can run). */
const interpreterFolders = [
  'lib',
  'lib64',
  'lib32',
  'libx32',
  'usr/lib',
  'usr/lib64',
  'usr/lib32',
] as RawPath[];

export class LibraryTree {
  readonly view: TreeView;
  readonly #folders = new Map<RawPath, Folder | undefined>();
  readonly #files = new Map<RawPath, ElfReading | undefined>();
  #configured: readonly RawPath[] | undefined;
  #abis: ReadonlySet<string> | undefined;

  constructor(view: TreeView) {
    this.view = view;
  }

  /** Folders from ld.so.conf. */
  get configured(): readonly RawPath[] {
    return (this.#configured ??= configuredFolders(this.view));
  }

  /** The file at a path (links followed), or `undefined` when there is none. */
  read(path: RawPath): ElfReading | undefined {
    const onHost = this.view.resolve(path);
    return onHost === undefined ? undefined : this.#reading(onHost);
  }

  /** As `read`, for files that are looked at once: nothing is kept of them. */
  readOnce(path: RawPath): ElfReading | undefined {
    const onHost = this.view.resolve(path);
    return onHost === undefined ? undefined : readElf(onHost);
  }

  /** The library `name` in a folder, when it is one of the ABI. */
  find(folder: RawPath, name: string, abi: ElfAbi): Library | undefined {
    const listed = this.folder(folder);
    if (!listed?.names.has(name)) return undefined;
    return this.library(join(listed.path, name), abi);
  }

  /** The library at a path, when it is one of the ABI. */
  library(path: RawPath, abi: ElfAbi): Library | undefined {
    const found = resolveInTree(path, (each) => this.view.locate(each));
    if (found === undefined) return undefined;
    const reading = this.#reading(found.onHost);
    if (reading?.kind !== 'elf' || reading.file.type !== 'shared' || !sameAbi(reading.file.abi, abi))
      return undefined;
    return { path: found.inTree, file: reading.file };
  }

  /** A folder with its own path resolved, and the names in it. */
  folder(path: RawPath): Folder | undefined {
    if (this.#folders.has(path)) return this.#folders.get(path);
    const found = folderIn(this.view, path);
    const folder = found && { path: found.path, names: new Set(found.names) };
    this.#folders.set(path, folder);
    return folder;
  }

  /** True when the tree has a program interpreter for the ABI: other programs are foreign and only lie there. */
  runs(abi: ElfAbi): boolean {
    this.#abis ??= this.#interpreters();
    return this.#abis.has(abiKey(abi));
  }

  /** True when a program interpreter of the ABI is at the path. */
  hasInterpreter(path: string, abi: ElfAbi): boolean {
    const reading = this.read(path.replace(/^\/+/, '') as RawPath);
    return reading?.kind === 'elf' && sameAbi(reading.file.abi, abi);
  }

  #interpreters(): Set<string> {
    const abis = new Set<string>();
    for (const folder of interpreterFolders) {
      for (const name of this.folder(folder)?.names ?? []) {
        if (!/^ld(-|\d*\.so)/.test(name)) continue;
        const reading = this.read(join(folder, name));
        if (reading?.kind === 'elf') abis.add(abiKey(reading.file.abi));
      }
    }
    return abis;
  }

  #reading(onHost: RawPath): ElfReading | undefined {
    const known = this.#files.get(onHost);
    if (known !== undefined || this.#files.has(onHost)) return known;
    const reading = readElf(onHost);
    this.#files.set(onHost, reading);
    return reading;
  }
}

/** The folder of a path and its neighbours: its own sub-folders, its parent, and the parent's sub-folders. */
export function* neighbourhood(tree: LibraryTree, path: RawPath): Generator<RawPath> {
  const own = parentOf(path);
  yield own;
  for (const name of tree.folder(own)?.names ?? []) if (!name.includes('.so')) yield join(own, name);
  const parent = parentOf(own);
  if (parent === '' || own === '') return;
  yield parent;
  for (const name of tree.folder(parent)?.names ?? []) if (!name.includes('.so')) yield join(parent, name);
}
