/** What an ELF file says about how it is loaded: its ABI and its dynamic section (elf(5)), nothing of its code. */

/** Programs and libraries work together only when all three agree. */
export interface ElfAbi {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  /** `e_machine`, for example 62 for x86-64. */
  readonly machine: number;
}

export interface ElfFile {
  readonly abi: ElfAbi;
  /** `ET_REL`, `ET_EXEC`, `ET_DYN`, `ET_CORE`; a position-independent program is `shared`, as a library is. */
  readonly type: 'relocatable' | 'executable' | 'shared' | 'core' | 'other';
  /** `PT_INTERP`: the program interpreter, absolute. */
  readonly interpreter: string | undefined;
  /** False for what has no dynamic section: the loader looks for nothing. */
  readonly dynamic: boolean;
  readonly soname: string | undefined;
  /** `DT_NEEDED`, in order. */
  readonly needed: readonly string[];
  /** `DT_RPATH` and `DT_RUNPATH` as they stand, entries separated by `:`. */
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** `DF_1_NODEFLIB`: the default folders are not searched. */
  readonly noDefaultFolders: boolean;
  /** Symbol versions that must be defined by a needed library (by its name in `needed`); weak ones are left out. */
  readonly versionsNeeded: ReadonlyMap<string, readonly string[]>;
  /** Symbol versions that this file defines. */
  readonly versionsDefined: ReadonlySet<string>;
}

/** What a file turned out to be. Reading never throws for what a file contains. */
export type ElfReading =
  | { readonly kind: 'elf'; readonly file: ElfFile }
  | { readonly kind: 'not-elf' }
  | { readonly kind: 'damaged'; readonly reason: string };

/** A key for maps. */
export function abiKey(abi: ElfAbi): string {
  return `${abi.bits}${abi.bigEndian ? 'b' : 'l'}${abi.machine}`;
}

export function sameAbi(a: ElfAbi, b: ElfAbi): boolean {
  return a.bits === b.bits && a.bigEndian === b.bigEndian && a.machine === b.machine;
}
