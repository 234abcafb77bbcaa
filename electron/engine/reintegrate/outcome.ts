/** What a merge of trees says about each path: enough to show it, to settle it, and to carry it out. */
import type { RawPath } from '../posix/raw-path.js';
import type { Attributes, Entry } from './entry.js';
import type { ConflictReason, Decision } from './merge-entry.js';

/** What the result has at a path. `composed`: content of one side or of its own, with merged attributes. */
export type Result =
  | { readonly put: 'nothing' }
  | { readonly put: 'entry'; readonly entry: Entry }
  | { readonly put: 'composed'; readonly content: Buffer | Entry; readonly attributes: Attributes };

export interface PathOutcome {
  readonly path: RawPath;
  readonly outcome: 'same' | 'mine' | 'theirs' | 'merged' | 'conflict';
  readonly result: Result;
  /** What each side has there: the material for a view side by side. */
  readonly base: Entry | undefined;
  readonly mine: Entry | undefined;
  readonly theirs: Entry | undefined;
  /** Of a conflict: mine is the result. */
  readonly conflict?: {
    readonly reason: ConflictReason;
    /** Names of attributes, or sentences about accounts. */
    readonly details: readonly string[];
    /** Where the result has their version, a whole folder maybe; `undefined` where they have none. */
    readonly beside: RawPath | undefined;
  };
}

/** What a decision about one path puts there. */
export function resultOf(decision: Decision, mine: Entry | undefined, theirs: Entry | undefined): Result {
  const entryOf = (entry: Entry | undefined): Result =>
    entry ? { put: 'entry', entry } : { put: 'nothing' };
  switch (decision.outcome) {
    case 'same':
    case 'mine':
    case 'conflict':
      return entryOf(mine);
    case 'theirs':
      return entryOf(theirs);
    case 'merged': {
      const { content, attributes } = decision;
      if (Buffer.isBuffer(content)) return { put: 'composed', content, attributes };
      const entry = content === 'mine' ? mine : theirs;
      return entry ? { put: 'composed', content: entry, attributes } : { put: 'nothing' };
    }
  }
}
