/** What differs between two manifests: a merge-join of two streams, in constant memory. */
import type { RawPath } from '../posix/raw-path.js';
import {
  changedFields,
  comparePaths,
  type EntryBatches,
  type EqualityOptions,
  type ManifestEntry,
  type ManifestField,
} from './entry.js';
import { ManifestError } from './manifest-error.js';

export type Difference =
  | { readonly kind: 'added'; readonly path: RawPath; readonly after: ManifestEntry }
  | { readonly kind: 'removed'; readonly path: RawPath; readonly before: ManifestEntry }
  | {
      readonly kind: 'changed';
      readonly path: RawPath;
      readonly before: ManifestEntry;
      readonly after: ManifestEntry;
      readonly what: ReadonlySet<ManifestField>;
    };

/**
 * The differences from `before` to `after`, in manifest order. Throws ManifestError (MANIFEST_MALFORMED) when either is not in
 * manifest order, as nothing could be concluded then.
 */
export async function* compareManifests(
  before: EntryBatches,
  after: EntryBatches,
  options: EqualityOptions = {},
): AsyncGenerator<Difference, void> {
  const old = new Cursor(before);
  const young = new Cursor(after);
  try {
    for (;;) {
      // Awaiting only at the end of a batch, not for each entry.
      const a = old.peek() ?? (await old.refill());
      const b = young.peek() ?? (await young.refill());
      if (a === undefined && b === undefined) return;
      const order = a === undefined ? 1 : b === undefined ? -1 : comparePaths(a.path, b.path);
      if (order < 0 && a !== undefined) {
        old.skip();
        yield { kind: 'removed', path: a.path, before: a };
      } else if (order > 0 && b !== undefined) {
        young.skip();
        yield { kind: 'added', path: b.path, after: b };
      } else if (a !== undefined && b !== undefined) {
        old.skip();
        young.skip();
        const what = changedFields(a, b, options);
        if (what.size > 0) yield { kind: 'changed', path: a.path, before: a, after: b, what };
      }
    }
  } finally {
    await Promise.all([old.close(), young.close()]);
  }
}

class Cursor {
  private readonly batches: AsyncIterator<readonly ManifestEntry[]> | Iterator<readonly ManifestEntry[]>;
  private batch: readonly ManifestEntry[] = [];
  private at = 0;
  private last: RawPath | undefined;
  private ended = false;

  constructor(batches: EntryBatches) {
    this.batches =
      Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  }

  peek(): ManifestEntry | undefined {
    return this.batch[this.at];
  }

  skip(): void {
    const entry = this.batch[this.at++];
    if (entry === undefined) return;
    if (this.last !== undefined && comparePaths(this.last, entry.path) >= 0) {
      throw new ManifestError('MANIFEST_MALFORMED', 'the entries are not in manifest order');
    }
    this.last = entry.path;
  }

  async refill(): Promise<ManifestEntry | undefined> {
    while (!this.ended && this.peek() === undefined) {
      const next = await this.batches.next();
      this.at = 0;
      this.batch = next.done ? [] : next.value;
      this.ended = next.done ?? false;
    }
    return this.peek();
  }

  async close(): Promise<void> {
    if (!this.ended) await this.batches.return?.();
  }
}
