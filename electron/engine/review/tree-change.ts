/** One path in which a staged environment differs from the current one. */
import type { EntryType } from '../manifest/entry.js';
import type { RawPath } from '../posix/raw-path.js';

export interface TreeChange {
  /** Relative to the root of the tree. */
  readonly path: RawPath;
  readonly kind: 'added' | 'changed' | 'removed';
  /** What the path is in the staged environment; what it was before when it is removed. */
  readonly type: EntryType;
  /** Size of that entry; 0 for everything but files. */
  readonly bytes: number;
}
