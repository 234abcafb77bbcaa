/** Writes small ELF files of any class, byte order and machine, after elf(5): what no compiler here can make. */
export interface ElfRecipe {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  readonly machine?: number;
  readonly type?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly flags1?: number;
  /** Versions needed, by library. */
  readonly versionsNeeded?: Readonly<Record<string, readonly { name: string; weak?: boolean }[]>>;
  readonly versionsDefined?: readonly string[];
}

const address = 0x40_0000;

export function buildElf(recipe: ElfRecipe = {}): Buffer {
  const { bits = 64, bigEndian = false, machine = 62, type = 3 } = recipe;
  const wide = bits === 64;
  const number = (size: 2 | 4 | 8, value: number): Buffer => {
    const buffer = Buffer.alloc(size);
    // written in the little-endian order and turned round: the fields are plain unsigned numbers
    if (size === 8) buffer.writeBigUInt64LE(BigInt(value));
    else buffer.writeUIntLE(value, 0, size);
    if (bigEndian) buffer.reverse();
    return buffer;
  };
  const half = (value: number) => number(2, value);
  const word = (value: number) => number(4, value);
  const long = (value: number) => number(wide ? 8 : 4, value);

  let strings = '\0';
  const text = (value: string): number => {
    const at = strings.length;
    strings += `${value}\0`;
    return at;
  };
  const entries: [number, number][] = (recipe.needed ?? []).map((name) => [1, text(name)]);
  if (recipe.soname !== undefined) entries.push([14, text(recipe.soname)]);
  if (recipe.rpath !== undefined) entries.push([15, text(recipe.rpath)]);
  if (recipe.runpath !== undefined) entries.push([29, text(recipe.runpath)]);
  if (recipe.flags1 !== undefined) entries.push([0x6ffffffb, recipe.flags1]);

  const needs = Object.entries(recipe.versionsNeeded ?? {});
  const verneed = Buffer.concat(
    needs.map(([library, versions], index) => {
      const size = 16 + versions.length * 16;
      const head = [
        half(1),
        half(versions.length),
        word(text(library)),
        word(16),
        word(index + 1 < needs.length ? size : 0),
      ];
      const auxiliary = versions.flatMap(({ name, weak }, each) => [
        word(0), half(weak ? 2 : 0), half(2), word(text(name)), word(each + 1 < versions.length ? 16 : 0),
      ]); // prettier-ignore
      return Buffer.concat([...head, ...auxiliary]);
    }),
  );
  const defines =
    recipe.versionsDefined === undefined ? [] : [recipe.soname ?? 'base', ...recipe.versionsDefined];
  const verdef = Buffer.concat(
    defines.flatMap((name, index) => [
      half(1), half(index === 0 ? 1 : 0), half(index + 1), half(1), word(0), word(20),
      word(index + 1 < defines.length ? 28 : 0), word(text(name)), word(0),
    ]), // prettier-ignore
  );

  const headerBytes = wide ? 64 : 52;
  const programHeaderBytes = wide ? 56 : 32;
  const interpreter =
    recipe.interpreter === undefined ? Buffer.alloc(0) : Buffer.from(`${recipe.interpreter}\0`);
  const segments = recipe.interpreter === undefined ? 2 : 3;
  const align = (value: number): number => Math.ceil(value / 8) * 8;
  const interpreterAt = headerBytes + segments * programHeaderBytes;
  const verneedAt = align(interpreterAt + interpreter.length);
  const verdefAt = align(verneedAt + verneed.length);
  const stringsAt = align(verdefAt + verdef.length);
  const stringTable = Buffer.from(strings, 'latin1');
  const dynamicAt = align(stringsAt + stringTable.length);
  entries.push([5, address + stringsAt], [10, stringTable.length]);
  if (verneed.length > 0) entries.push([0x6ffffffe, address + verneedAt], [0x6fffffff, needs.length]);
  if (verdef.length > 0) entries.push([0x6ffffffc, address + verdefAt], [0x6ffffffd, defines.length]);
  entries.push([0, 0]);
  const dynamic = Buffer.concat(entries.flatMap(([tag, value]) => [long(tag), long(value)]));
  const total = dynamicAt + dynamic.length;

  const segment = (kind: number, at: number, size: number): Buffer =>
    Buffer.concat(
      wide
        ? [
            word(kind),
            word(4),
            long(at),
            long(address + at),
            long(address + at),
            long(size),
            long(size),
            long(8),
          ]
        : [
            word(kind),
            long(at),
            long(address + at),
            long(address + at),
            long(size),
            long(size),
            word(4),
            long(8),
          ],
    );
  const header = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, bigEndian ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    half(type), half(machine), word(1), long(0), long(headerBytes), long(0), word(0),
    half(headerBytes), half(programHeaderBytes), half(segments), half(0), half(0), half(0),
  ]); // prettier-ignore
  const parts: [number, Buffer][] = [
    [0, header],
    [headerBytes, segment(1, 0, total)],
    [headerBytes + programHeaderBytes, segment(2, dynamicAt, dynamic.length)],
    ...(segments === 3
      ? ([[headerBytes + 2 * programHeaderBytes, segment(3, interpreterAt, interpreter.length)]] as [
          number,
          Buffer,
        ][])
      : []),
    [interpreterAt, interpreter],
    [verneedAt, verneed],
    [verdefAt, verdef],
    [stringsAt, stringTable],
    [dynamicAt, dynamic],
  ];
  const file = Buffer.alloc(total);
  for (const [at, part] of parts) part.copy(file, at);
  return file;
}
