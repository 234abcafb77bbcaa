/**
 * Scans a tree into manifest entries: this thread walks, worker threads hash what the cache does not know.
 * Entries leave in manifest order; at most WINDOW batches are in memory at a time.
 */
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getSystemErrorName } from 'node:util';
import { join, type RawPath } from '../posix/raw-path.js';
import type { ManifestEntry } from './entry.js';
import { EntryReader, type MutableEntry, type Unreadable } from './entry-reader.js';
import type { HashCache, HashCacheSession } from './hash-cache.js';
import { CHANGED, DIGEST_BYTES, FileHasher, HASHED } from './hash-file.js';
import { HashPool } from './hash-pool.js';
import { AT_FDCWD, STAMP_WORDS } from './native-stat.js';
import { TreeWalker } from './walk.js';

export interface ScanOptions {
  /** Called for every path but the root; what it returns true for is left out, a directory with all below it. */
  readonly exclude?: ((path: RawPath, isDirectory: boolean) => boolean) | undefined;
  /** Whether regular files are hashed. */
  readonly hash: boolean;
  /** Consulted, and renewed when the scan comes to its end. */
  readonly cache?: HashCache | undefined;
  /** Mount points are listed, but not entered. */
  readonly oneFileSystem?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with totals: files seen and their bytes. */
  readonly onProgress?: ((done: { files: number; bytes: number }) => void) | undefined;
  /**
   * Called for what could not be read, with the errno's name; what is known of the entry is still listed. `EBUSY`: a file
   * that kept changing while it was hashed, listed without a hash.
   */
  readonly onUnreadable?: Unreadable | undefined;
  /** Hashing threads; 0 hashes in this one. Default: one for each processor, at most 4. */
  readonly workers?: number | undefined;
  /** Default: true. */
  readonly xattrs?: boolean | undefined;
}

const BATCH_ENTRIES = 512;
const BATCH_BYTES = 32 * 1024 * 1024;
const WINDOW = 8;
const TASK_FILES = 64;
const TASK_BYTES = 2 * 1024 * 1024;
/** As long as less than this has been hashed, starting threads would take longer than hashing. */
const INLINE_FILES = 500;
const INLINE_BYTES = 8 * 1024 * 1024;
const ATTEMPTS = 3;

/**
 * Yields the entries of the tree at `root` in batches, in manifest order. What vanishes meanwhile is left out. Throws when the
 * root cannot be opened, and the signal's reason when aborted; the cache is then left as it was.
 */
export async function* scanTree(root: RawPath, options: ScanOptions): AsyncGenerator<ManifestEntry[], void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const scan = new Scan(root, options);
  const onAbort = (): void => scan.cancel();
  signal?.addEventListener('abort', onAbort);
  try {
    for (let batch = await scan.next(); batch !== undefined; batch = await scan.next()) {
      signal?.throwIfAborted();
      yield batch;
    }
    scan.commit();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await scan.close();
  }
}

/** Entries that are emitted together. `state` says what became of each file's hash. */
interface Batch {
  readonly entries: MutableEntry[];
  readonly states: Int32Array;
  readonly stamps: Uint32Array;
  readonly digests: Buffer;
  readonly answers: Promise<void>[];
  bytes: number;
}

/** States besides HASHED, CHANGED and the errno: not a file or no hash wanted; the hash came from the cache. */
const NO_HASH = -2;
const KNOWN = -3;

class Scan {
  private readonly session: HashCacheSession | undefined;
  private readonly walker: TreeWalker;
  private readonly window: Batch[] = [];
  private readonly hasher = new FileHasher();
  private readonly onUnreadable: Unreadable;
  private readonly workers: number;
  private pool: HashPool | undefined;
  private rereader: EntryReader | undefined;
  private ended = false;
  private hashedFiles = 0;
  private hashedBytes = 0;
  private readonly done = { files: 0, bytes: 0 };

  constructor(
    private readonly root: RawPath,
    private readonly options: ScanOptions,
  ) {
    this.onUnreadable = options.onUnreadable ?? (() => undefined);
    this.workers = options.workers ?? Math.min(availableParallelism(), 4);
    const session = options.hash ? options.cache?.begin() : undefined;
    try {
      this.walker = new TreeWalker(root, {
        exclude: options.exclude,
        oneFileSystem: options.oneFileSystem,
        xattrs: options.xattrs ?? true,
        onUnreadable: this.onUnreadable,
      });
    } catch (error) {
      session?.abandon();
      throw error;
    }
    this.session = session;
  }

  async next(): Promise<ManifestEntry[] | undefined> {
    // Without threads there is nothing to wait for, hence no reason to walk ahead.
    do this.fill();
    while (!this.ended && this.pool !== undefined && this.window.length < WINDOW);
    const batch = this.window.shift();
    if (batch === undefined) return undefined;
    // Even if nothing is awaited, signals and other work get their turn between batches.
    await (batch.answers.length > 0 ? Promise.all(batch.answers) : nextTurn());
    const entries = this.finish(batch);
    this.options.onProgress?.({ ...this.done });
    return entries;
  }

  cancel(): void {
    this.pool?.cancel();
  }

  commit(): void {
    this.session?.commit();
  }

  async close(): Promise<void> {
    this.walker.close();
    await this.pool?.close();
    this.session?.abandon();
  }

  /** Walks one batch further. */
  private fill(): void {
    if (this.ended) return;
    const batch = emptyBatch();
    const pending: number[] = [];
    let pendingBytes = 0;
    while (batch.entries.length < BATCH_ENTRIES && batch.bytes < BATCH_BYTES) {
      const entry = this.walker.next();
      if (entry === undefined) {
        this.ended = true;
        break;
      }
      const at = batch.entries.push(entry) - 1;
      if (entry.type !== 'file' || !this.options.hash) {
        batch.states[at] = NO_HASH;
        continue;
      }
      const { found } = this.walker.reader;
      found.copyStamp(batch.stamps, at * STAMP_WORDS);
      if (this.session?.lookup(entry.path, found, batch.digests, at * DIGEST_BYTES)) {
        batch.states[at] = KNOWN;
        continue;
      }
      batch.bytes += entry.size;
      if (this.hashedHere(batch, at, entry)) continue;
      pending.push(at);
      pendingBytes += entry.size;
      if (pending.length >= TASK_FILES || pendingBytes >= TASK_BYTES) {
        batch.answers.push(this.send(batch, pending.splice(0)));
        pendingBytes = 0;
      }
    }
    if (pending.length > 0) batch.answers.push(this.send(batch, pending));
    if (batch.entries.length > 0) this.window.push(batch);
  }

  private hashedHere(batch: Batch, at: number, entry: ManifestEntry): boolean {
    this.hashedFiles++;
    this.hashedBytes += entry.size;
    if (this.workers > 0 && (this.hashedFiles > INLINE_FILES || this.hashedBytes > INLINE_BYTES))
      return false;
    batch.states[at] = this.hasher.hash(
      join(this.root, entry.path),
      batch.stamps,
      at * STAMP_WORDS,
      batch.digests,
      at * DIGEST_BYTES,
    );
    return true;
  }

  private send(batch: Batch, which: readonly number[]): Promise<void> {
    const stamps = new Uint32Array(which.length * STAMP_WORDS);
    const paths = which.map((at, i) => {
      stamps.set(batch.stamps.subarray(at * STAMP_WORDS, (at + 1) * STAMP_WORDS), i * STAMP_WORDS);
      return join(this.root, (batch.entries[at] as ManifestEntry).path);
    });
    this.pool ??= new HashPool(this.workers);
    const answered = this.pool.run({ paths, stamps }).then(({ digests, outcomes }) => {
      for (const [i, at] of which.entries()) {
        batch.states[at] = outcomes[i] as number;
        batch.digests.set(digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES), at * DIGEST_BYTES);
      }
    });
    answered.catch(() => undefined); // awaited later, or never when another one failed first
    return answered;
  }

  private finish(batch: Batch): ManifestEntry[] {
    const kept: ManifestEntry[] = [];
    for (let at = 0; at < batch.entries.length; at++) {
      let entry = batch.entries[at];
      const state = batch.states[at] as number;
      if (entry === undefined) continue;
      if (state === CHANGED) entry = this.describeAgain(batch, at, entry.path);
      else if (state === HASHED || state === KNOWN) this.record(batch, at, entry, state === KNOWN);
      else if (state > 0) {
        const code = getSystemErrorName(-state);
        if (code === 'ENOENT') continue;
        this.onUnreadable(entry.path, code);
      }
      if (entry === undefined) continue;
      if (entry.type === 'file') {
        this.done.files++;
        this.done.bytes += entry.size;
      }
      kept.push(entry);
    }
    return kept;
  }

  private record(batch: Batch, at: number, entry: MutableEntry, known: boolean): void {
    entry.sha256 = batch.digests.toString('hex', at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
    this.session?.store(entry.path, batch.stamps, at * STAMP_WORDS, batch.digests, at * DIGEST_BYTES, known);
  }

  /** The file changed between stat and hash. A directory that took its place counts as created after the scan. */
  private describeAgain(batch: Batch, at: number, path: RawPath): MutableEntry | undefined {
    this.rereader ??= new EntryReader(this.options.xattrs ?? true, this.onUnreadable);
    const absolute = join(this.root, path);
    let entry: MutableEntry | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.rereader.path.writeCString(absolute);
      entry = this.rereader.stat(AT_FDCWD, 0) ? this.rereader.describe(path, AT_FDCWD, 0) : undefined;
      if (entry === undefined || entry.type === 'dir') return undefined;
      if (entry.type !== 'file') return entry;
      const stampAt = at * STAMP_WORDS;
      this.rereader.found.copyStamp(batch.stamps, stampAt);
      const state = this.hasher.hash(absolute, batch.stamps, stampAt, batch.digests, at * DIGEST_BYTES);
      if (state === HASHED) {
        this.record(batch, at, entry, false);
        return entry;
      }
    }
    this.onUnreadable(path, 'EBUSY');
    return entry;
  }
}

function emptyBatch(): Batch {
  return {
    entries: [],
    states: new Int32Array(BATCH_ENTRIES),
    stamps: new Uint32Array(BATCH_ENTRIES * STAMP_WORDS),
    digests: Buffer.alloc(BATCH_ENTRIES * DIGEST_BYTES),
    answers: [],
    bytes: 0,
  };
}
