/**
 * Where the loader looks for a library, in its order (ld.so(8)): the file's own `RPATH` or `RUNPATH`, the folders of
 * ld.so.conf, the default folders with those of the architecture; in each first `glibc-hwcaps`.
 */
import { join, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { ElfAbi, ElfFile } from '../elf/elf-file.js';
import type { LibraryTree } from './library-tree.js';

interface Machine {
  /** The names of the folders that Debian's multiarch gives the ABI. */
  readonly multiarch: readonly string[];
  /** What `$PLATFORM` may stand for. */
  readonly platforms: readonly string[];
}

/** `e_machine` of elf(5), with the class and byte order where several ABIs share a number. */
function machineOf(abi: ElfAbi): Machine {
  switch (abi.machine) {
    case 3:
      return { multiarch: ['i386-linux-gnu', 'i686-linux-gnu'], platforms: ['i686', 'i586', 'i386'] };
    case 62:
      return {
        multiarch: [abi.bits === 64 ? 'x86_64-linux-gnu' : 'x86_64-linux-gnux32'],
        platforms: ['x86_64', 'haswell', 'xeon_phi'],
      };
    case 183:
      return { multiarch: ['aarch64-linux-gnu'], platforms: ['aarch64'] };
    case 40:
      return { multiarch: ['arm-linux-gnueabihf', 'arm-linux-gnueabi'], platforms: ['v7l', 'v8l', 'v6l'] };
    case 8:
      return { multiarch: mips(abi), platforms: ['mips'] };
    case 20:
      return { multiarch: ['powerpc-linux-gnu'], platforms: ['ppc'] };
    case 21:
      return {
        multiarch: [abi.bigEndian ? 'powerpc64-linux-gnu' : 'powerpc64le-linux-gnu'],
        platforms: ['power10', 'power9', 'power8'],
      };
    case 22:
      return {
        multiarch: [abi.bits === 64 ? 's390x-linux-gnu' : 's390-linux-gnu'],
        platforms: ['z16', 'z15', 'z14', 'z13'],
      };
    case 243:
      return { multiarch: [`riscv${abi.bits}-linux-gnu`], platforms: ['riscv64'] };
    case 258:
      return { multiarch: [`loongarch${abi.bits}-linux-gnu`], platforms: ['loongarch'] };
    default:
      return { multiarch: [], platforms: [] };
  }
}

function mips(abi: ElfAbi): string[] {
  const order = abi.bigEndian ? '' : 'el';
  if (abi.bits === 64) return [`mips64${order}-linux-gnuabi64`];
  return [`mips${order}-linux-gnu`, `mips64${order}-linux-gnuabin32`];
}

/** The folders that are searched without any configuration. */
export function defaultFolders(abi: ElfAbi): RawPath[] {
  const wide = abi.bits === 64 ? 'lib64' : abi.machine === 62 ? 'libx32' : 'lib32';
  const own = machineOf(abi).multiarch.map((triplet) => `lib/${triplet}`);
  return [...own, wide, 'lib'].flatMap((folder) => [folder, `usr/${folder}`] as RawPath[]);
}

/** Every folder in which `DT_NEEDED` names of the file at `path` are looked up, in order. */
export function searchFolders(tree: LibraryTree, path: RawPath, file: ElfFile): RawPath[] {
  // ld.so(8): RPATH counts only where there is no RUNPATH
  const own = expand(file.runpath ?? file.rpath ?? '', path, file.abi);
  const shared = file.noDefaultFolders
    ? []
    : [...tree.configured, ...defaultFolders(file.abi), ...muslFolders(path, file)];
  const folders = new Set<RawPath>();
  for (const folder of [...own, ...shared]) {
    for (const better of tree.folder(join(folder, 'glibc-hwcaps'))?.names ?? [])
      folders.add(join(join(folder, 'glibc-hwcaps'), better));
    folders.add(folder);
  }
  return [...folders];
}

/** The folders of an RPATH or RUNPATH with `$ORIGIN`, `$LIB` and `$PLATFORM` filled in, relative to the tree. */
export function expand(searchPath: string, path: RawPath, abi: ElfAbi): RawPath[] {
  return searchPath.split(':').flatMap((entry) => expandName(entry, path, abi));
}

/** As `expand`, for one entry, or for a needed name with a slash. What is relative to a working directory is left out. */
export function expandName(entry: string, path: RawPath, abi: ElfAbi): RawPath[] {
  const machine = machineOf(abi);
  const libraries = [...machine.multiarch.map((triplet) => `lib/${triplet}`), 'lib64', 'lib'];
  let names = [entry.replace(/\$ORIGIN\b|\$\{ORIGIN\}/g, () => `/${parentOf(path)}`)];
  names = fill(names, /\$LIB\b|\$\{LIB\}/g, libraries);
  names = fill(names, /\$PLATFORM\b|\$\{PLATFORM\}/g, machine.platforms);
  return names
    .filter((name) => name.startsWith('/'))
    .map((name) => name.replace(/^\/+/, '').replace(/\/+$/, '') as RawPath);
}

function fill(names: readonly string[], token: RegExp, values: readonly string[]): string[] {
  return names.flatMap((name) =>
    name.search(token) < 0 ? [name] : values.map((value) => name.replace(token, () => value)),
  );
}

/** musl's loader has default folders of its own; Debian keeps a complete set beside glibc's. */
function muslFolders(path: RawPath, file: ElfFile): RawPath[] {
  const folder = /^(usr\/lib\/[a-z0-9_]+-linux-musl[a-z0-9]*)\//.exec(path)?.[1];
  const architecture = /\/ld-musl-([a-z0-9_]+)/.exec(file.interpreter ?? '')?.[1];
  const folders = [
    folder,
    architecture && `usr/lib/${architecture}-linux-musl`,
    architecture && `lib/${architecture}-linux-musl`,
  ];
  return folders.filter((each): each is string => each !== undefined) as RawPath[];
}
