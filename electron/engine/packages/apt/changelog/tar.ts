/**
 * Picks small files out of a tar archive as it streams by (POSIX pax and GNU forms, as dpkg-deb writes them: deb(5), tar(5)). No length that
 * the archive claims is believed beyond a limit, and nothing else of it is kept.
 */
const blockBytes = 512;
/** A long name, or a header of pax. */
const largestName = 64 * 1024;

export interface TarFile {
  /** Without `./` before it. */
  readonly path: string;
  readonly data: Buffer;
}

export interface TarPickerOptions {
  readonly wanted: (path: string) => boolean;
  /** Larger files are passed over. */
  readonly largest: number;
}

interface Header {
  readonly path: string;
  readonly size: number;
  readonly type: string;
}

export class TarPicker {
  readonly files: TarFile[] = [];
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes to be passed over. */
  #skip = 0;
  /** What is being collected. */
  #entry:
    | { readonly header: Header; readonly chunks: Buffer[]; left: number; readonly padding: number }
    | undefined;
  #longPath: string | undefined;
  #isOver = false;

  constructor(private readonly options: TarPickerOptions) {}

  /** True once nothing more can come: the end of the archive, or what is none. */
  push(chunk: Buffer): boolean {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (data.length > 0 && !this.#isOver) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, data.length);
        this.#skip -= passed;
        data = data.subarray(passed);
      } else if (this.#entry) data = this.#collect(data);
      else if (data.length < blockBytes) {
        this.#rest = data;
        break;
      } else {
        this.#begin(data.subarray(0, blockBytes));
        data = data.subarray(blockBytes);
      }
    }
    return this.#isOver;
  }

  #collect(data: Buffer): Buffer {
    const entry = this.#entry;
    if (!entry) return data;
    const taken = data.subarray(0, entry.left);
    entry.chunks.push(Buffer.from(taken));
    entry.left -= taken.length;
    if (entry.left === 0) {
      this.#entry = undefined;
      this.#skip = entry.padding;
      this.#finish(entry.header, Buffer.concat(entry.chunks));
    }
    return data.subarray(taken.length);
  }

  #begin(block: Buffer): void {
    const header = headerOf(block);
    if (!header) {
      this.#isOver = true;
      return;
    }
    const padding = (blockBytes - (header.size % blockBytes)) % blockBytes;
    const path = normal(this.#longPath ?? header.path);
    const isName = 'Lx'.includes(header.type);
    const largest = isName ? largestName : this.options.largest;
    const isWanted = isName || (header.type === '0' && this.options.wanted(path));
    // The long target of a link ("K") may stand between the long name and what it is of.
    if (!isName && header.type !== 'K') this.#longPath = undefined;
    if (isWanted && header.size <= largest) {
      const named = { ...header, path };
      if (header.size === 0) this.#finish(named, Buffer.alloc(0));
      else this.#entry = { header: named, chunks: [], left: header.size, padding };
    } else this.#skip = header.size + padding;
  }

  #finish({ type, path }: Header, data: Buffer): void {
    if (type === 'L') this.#longPath = textUntilNul(data);
    else if (type === 'x') this.#longPath = paxFields(data.toString('utf8')).get('path') ?? this.#longPath;
    else this.files.push({ path, data });
  }
}

/** `undefined` at the end of the archive, and for what is no header. */
function headerOf(block: Buffer): Header | undefined {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (octal(block, 148, 8) !== sum || block[0] === 0) return undefined;
  const size = sizeOf(block);
  if (size === undefined) return undefined;
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? textUntilNul(block.subarray(345, 500)) : '';
  const name = textUntilNul(block.subarray(0, 100));
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    // A link's size is no data that follows.
    size: type === '1' || type === '2' || type === '5' ? 0 : size,
    type,
  };
}

/** Octal, or big endian with the highest bit set, where the number is too large for octal. */
function sizeOf(block: Buffer): number | undefined {
  if (((block[124] ?? 0) & 0x80) === 0) return octal(block, 124, 12);
  const size = Number(block.readBigUInt64BE(128));
  return Number.isSafeInteger(size) ? size : undefined;
}

function octal(block: Buffer, start: number, length: number): number | undefined {
  const text = block
    .toString('latin1', start, start + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

const textUntilNul = (data: Buffer): string => data.toString('utf8').split('\0', 1)[0] ?? '';
const normal = (path: string): string => path.replace(/^(\.\/)+/, '');

/** Records `length key=value\n`; the length counts bytes, but keys and values that matter here are cut by their line ends as well. */
function paxFields(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const found = /^\d+ ([^=]+)=(.*)$/.exec(line);
      return found ? [[found[1] ?? '', found[2] ?? '']] : [];
    }),
  );
}
