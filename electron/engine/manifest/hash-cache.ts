/**
 * Hashes of an earlier scan, kept in a file in manifest order, so that a scan reads it by a merge-join in constant
 * memory and writes its successor on the way.
 *
 * A hash is reused when inode, device, size, mtime and ctime are what they were. Nothing but the kernel sets a ctime,
 * so a file changed behind a restored mtime is noticed. A ctime too close to the start of the scan says nothing, as a later
 * write may leave the same one (git's "racily clean"): such files are not recorded, and hashed again next time.
 *
 * Layout: MAGIC, then blocks of `u32 length, u32 0, sha256 of the payload, payload`; the payload is records of
 * `stamp (12 × u32), digest (32 bytes), u32 length, path, padding to 4`. It never leaves its machine, so it is in native
 * (little-endian) order. A block that is damaged ends the cache: what follows is hashed again.
 *
 * While a scan finds what the cache has, nothing is written: an unchanged tree leaves its cache untouched.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { hash } from 'node:crypto';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { AtomicFile } from './atomic-file.js';
import { comparePaths } from './entry.js';
import { DIGEST_BYTES } from './hash-file.js';
import { STAMP_WORDS, type StatRecord, stampChangeSeconds } from './native-stat.js';

const MAGIC = Buffer.from('understudy-hashes-1\n');
const BLOCK = 128 * 1024;
const BLOCK_HEADER = 8 + DIGEST_BYTES;
const STAMP_BYTES = STAMP_WORDS * 4;
const RECORD_HEADER = STAMP_BYTES + DIGEST_BYTES + 4;
/** Coarser than any clock of a Linux file system (FAT: 2 s). */
const RACY_SECONDS = 3;

export interface HashCacheOptions {
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}

export class HashCache {
  constructor(
    private readonly file: RawPath,
    private readonly options: HashCacheOptions = {},
  ) {}

  /** For one scan: call before its first stat. */
  begin(): HashCacheSession {
    const seconds = Math.floor((this.options.now ?? Date.now)() / 1000);
    return new HashCacheSession(this.file, seconds - RACY_SECONDS);
  }
}

/**
 * Lookups run ahead of stores. The successor begins with the records that were found and stored again; as long as these are all
 * that the old cache has up to there, they are only counted, and copied once something differs.
 */
export class HashCacheSession {
  private readonly reader: CacheReader;
  private writer: CacheWriter | undefined;
  private unwritten = 0;

  constructor(
    private readonly file: RawPath,
    /** Seconds; a file with this ctime or a later one is not recorded. */
    private readonly trustedBefore: number,
  ) {
    this.reader = new CacheReader(file);
    if (!this.reader.valid) this.diverge();
  }

  /** Writes the known digest of a file to `target`. Paths must come in manifest order. */
  lookup(path: RawPath, found: StatRecord, target: Uint8Array, at: number): boolean {
    const known = this.reader.lookup(path, found, target, at);
    if (this.reader.skipped) this.diverge();
    return known;
  }

  /** Records a digest for the next scan; `known`: it came from `lookup`. Paths must come in manifest order. */
  store(
    path: RawPath,
    stamps: Uint32Array,
    stampAt: number,
    digests: Uint8Array,
    digestAt: number,
    known: boolean,
  ): void {
    if (known && this.writer === undefined) {
      this.unwritten++;
      return;
    }
    if (!known && stampChangeSeconds(stamps, stampAt) >= this.trustedBefore) return;
    this.diverge();
    this.writer?.store(path, stamps, stampAt, digests, digestAt);
  }

  /** Makes what was stored the cache of the next scan. */
  commit(): void {
    if (this.reader.hasMore()) this.diverge();
    this.reader.close();
    this.writer?.commit();
  }

  /** Leaves the cache as it was, unless it was committed. */
  abandon(): void {
    this.reader.close();
    this.writer?.abandon();
  }

  private diverge(): void {
    if (this.writer !== undefined) return;
    this.writer = new CacheWriter(this.file);
    if (this.unwritten === 0) return;
    const again = new CacheReader(this.file);
    again.copy(this.unwritten, this.writer);
    again.close();
  }
}

class CacheReader {
  private fd: number;
  private readonly header = Buffer.alloc(BLOCK_HEADER);
  private readonly memory = new ArrayBuffer(BLOCK);
  private readonly block = Buffer.from(this.memory);
  private readonly words = new Uint32Array(this.memory);
  private length = 0;
  private next = 0;
  /** The record that the next lookup looks at; undefined at the end. */
  private path: RawPath | undefined;
  private record = 0;
  /** Whether that record was found by a lookup. */
  private used = false;
  /** Whether a record was passed over that no lookup found. */
  skipped = false;
  valid = false;

  constructor(file: RawPath) {
    try {
      this.fd = openSync(bytes(file), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch {
      this.fd = -1; // no cache yet, or none that can be read: everything is hashed
      return;
    }
    const magic = this.header.subarray(0, MAGIC.length);
    this.valid = this.fill(magic) && magic.equals(MAGIC);
    if (this.valid) this.advance();
    else this.close();
  }

  lookup(path: RawPath, found: StatRecord, target: Uint8Array, at: number): boolean {
    for (;;) {
      if (this.path === undefined) return false;
      if (this.path === path) break;
      if (comparePaths(this.path, path) > 0) return false;
      this.skipped ||= !this.used;
      this.advance();
    }
    if (!found.matchesStamp(this.words, this.record / 4)) return false;
    const digest = this.record + STAMP_BYTES;
    for (let i = 0; i < DIGEST_BYTES; i++) target[at + i] = this.block[digest + i] as number;
    this.used = true;
    return true;
  }

  /** Whether there are records that no lookup has found. */
  hasMore(): boolean {
    if (this.used) this.advance();
    return this.path !== undefined;
  }

  /** Stores the first `count` records with the writer. */
  copy(count: number, writer: CacheWriter): void {
    for (let left = count; left > 0 && this.path !== undefined; left--) {
      writer.store(this.path, this.words, this.record / 4, this.block, this.record + STAMP_BYTES);
      this.advance();
    }
  }

  close(): void {
    this.path = undefined;
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }

  private advance(): void {
    if (this.next >= this.length && !this.readBlock()) {
      this.close();
      return;
    }
    this.used = false;
    this.record = this.next;
    const length = this.words[(this.record + RECORD_HEADER) / 4 - 1] as number;
    const start = this.record + RECORD_HEADER;
    this.next = start + padded(length);
    this.path = this.block.toString('latin1', start, start + length) as RawPath;
  }

  private readBlock(): boolean {
    if (this.fd < 0 || !this.fill(this.header)) return false;
    const length = this.header.readUInt32LE(0);
    if (length === 0 || length > BLOCK) return false;
    const payload = this.block.subarray(0, length);
    if (!this.fill(payload) || !checksum(payload).equals(this.header.subarray(8))) return false;
    this.length = length;
    this.next = 0;
    return true;
  }

  private fill(target: Buffer): boolean {
    for (let got = 0; got < target.length;) {
      let count: number;
      try {
        count = readSync(this.fd, target, got, target.length - got, null);
      } catch {
        return false; // EIO, EISDIR: as good as damaged
      }
      if (count === 0) return false;
      got += count;
    }
    return true;
  }
}

class CacheWriter {
  private readonly output: AtomicFile;
  private readonly memory = new ArrayBuffer(BLOCK_HEADER + BLOCK);
  private readonly buffer = Buffer.from(this.memory);
  private readonly words = new Uint32Array(this.memory);
  private used = BLOCK_HEADER;

  constructor(file: RawPath) {
    this.output = new AtomicFile(file);
    this.output.write(MAGIC);
  }

  store(path: RawPath, stamps: Uint32Array, stampAt: number, digests: Uint8Array, digestAt: number): void {
    const size = RECORD_HEADER + padded(path.length);
    if (this.used + size > this.buffer.length) this.flush();
    const word = this.used / 4;
    for (let i = 0; i < STAMP_WORDS; i++) this.words[word + i] = stamps[stampAt + i] as number;
    const digest = this.used + STAMP_BYTES;
    for (let i = 0; i < DIGEST_BYTES; i++) this.buffer[digest + i] = digests[digestAt + i] as number;
    this.words[(this.used + RECORD_HEADER) / 4 - 1] = path.length;
    this.buffer.write(path, this.used + RECORD_HEADER, 'latin1');
    this.used += size;
  }

  commit(): void {
    this.flush();
    this.output.commit();
  }

  abandon(): void {
    this.output.abandon();
  }

  private flush(): void {
    const payload = this.buffer.subarray(BLOCK_HEADER, this.used);
    if (payload.length === 0) return;
    this.buffer.writeUInt32LE(payload.length, 0);
    checksum(payload).copy(this.buffer, 8);
    this.output.write(this.buffer.subarray(0, this.used));
    this.used = BLOCK_HEADER;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function checksum(payload: Buffer): Buffer {
  return hash('sha256', payload, 'buffer');
}
