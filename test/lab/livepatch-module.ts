/** Small kernel modules that say of themselves what a test wants: a relocatable file of elf(5) with a section `.modinfo`, and nothing that runs. */
export interface ModuleRecipe {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  readonly machine?: number;
  /** `e_type`: 1 is relocatable. */
  readonly type?: number;
  /** Of `.modinfo`; undefined leaves a key out. */
  readonly values?: Readonly<Record<string, string | undefined>>;
  readonly signed?: boolean;
  /** The name of the section, where that is another one. */
  readonly section?: string;
}

export const testRelease = '6.1.0-9-amd64';

export function buildModule(recipe: ModuleRecipe = {}): Buffer {
  const { bits = 64, bigEndian = false, machine = 62, type = 1, signed = false } = recipe;
  const wide = bits === 64;
  const number = (size: 2 | 4 | 8, value: number): Buffer => {
    const buffer = Buffer.alloc(size);
    if (size === 8) buffer.writeBigUInt64LE(BigInt(value));
    else buffer.writeUIntLE(value, 0, size);
    return bigEndian ? buffer.reverse() : buffer;
  };
  const long = (value: number): Buffer => number(wide ? 8 : 4, value);
  const values: Readonly<Record<string, string | undefined>> = {
    license: 'GPL',
    livepatch: 'Y',
    name: 'fix_net',
    srcversion: 'A1B2C3D4',
    vermagic: `${testRelease} SMP preempt mod_unload modversions `,
    ...recipe.values,
  };
  const modinfo = Buffer.from(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${value}\0`)
      .join(''),
    'latin1',
  );
  const strings = Buffer.from(`\0${recipe.section ?? '.modinfo'}\0.shstrtab\0`, 'latin1');
  const headerBytes = wide ? 64 : 52;
  const sectionBytes = wide ? 64 : 40;
  const modinfoAt = headerBytes;
  const stringsAt = modinfoAt + modinfo.length;
  const tableAt = stringsAt + strings.length;
  const section = (name: number, kind: number, at: number, size: number): Buffer => {
    const fields = [number(4, name), number(4, kind), long(0), long(0), long(at), long(size)];
    return Buffer.concat([...fields, number(4, 0), number(4, 0), long(1), long(0)], sectionBytes);
  };
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, bigEndian ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...[number(2, type), number(2, machine), number(4, 1), long(0), long(0), long(tableAt), number(4, 0)],
    ...[headerBytes, 0, 0, sectionBytes, 3, 2].map((value) => number(2, value)),
  ]);
  return Buffer.concat([
    header,
    modinfo,
    strings,
    section(0, 0, 0, 0),
    section(1, 1, modinfoAt, modinfo.length),
    section(2 + (recipe.section ?? '.modinfo').length, 3, stringsAt, strings.length),
    Buffer.from(signed ? 'signature~Module signature appended~\n' : '', 'latin1'),
  ]);
}
