/** The decision about one path, from what the three sides have there. What lies below a folder is decided path by path. */
import { readFileSync } from 'node:fs';
import { bytes } from '../posix/raw-path.js';
import {
  attributesOf,
  sameAttributes,
  sameEntry,
  sameSubstance,
  type Attributes,
  type Entry,
} from './entry.js';
import { mergeAttributes } from './merge-attributes.js';
import { mergeText, type TextConflict } from './merge-text.js';
import { unrecorded, type Unrecorded } from './merge-value.js';

/**
 * Why something cannot be merged. `content`, `binary`, `too-large`: both changed the content; `no-record`: the sides differ, and
 * what was there before is not known; `accounts`: the identity databases, which are taken together or not at all.
 */
export type ConflictReason =
  | TextConflict
  | 'type'
  | 'added-by-both'
  | 'removed-by-mine'
  | 'removed-by-theirs'
  | 'attributes'
  | 'no-record'
  | 'accounts';

export type Decision =
  /** The entry of that side, or nothing where it has none. `same`: both have the same, and mine stays. */
  | { readonly outcome: 'same' | 'mine' | 'theirs' }
  | {
      readonly outcome: 'merged';
      readonly content: Buffer | 'mine' | 'theirs';
      readonly attributes: Attributes;
    }
  | { readonly outcome: 'conflict'; readonly reason: ConflictReason; readonly details: readonly string[] };

export type Base = Entry | undefined | Unrecorded;

export function mergeEntry(base: Base, mine: Entry | undefined, theirs: Entry | undefined): Decision {
  if (!mine && !theirs) return { outcome: 'same' };
  if (!mine || !theirs) return mergePresence(base, mine, theirs);
  const substance = mergeSubstance(base, mine, theirs);
  if (typeof substance === 'object' && 'conflict' in substance) return conflict(substance.conflict);
  if (mine.type !== theirs.type && (substance === 'mine' || substance === 'theirs'))
    return { outcome: substance };
  return withAttributes(base, mine, theirs, substance);
}

function mergePresence(base: Base, mine: Entry | undefined, theirs: Entry | undefined): Decision {
  if (base === unrecorded) return conflict('no-record');
  if (!base) return { outcome: mine ? 'mine' : 'theirs' };
  const present = mine ?? theirs;
  if (present && sameEntry(base, present)) return { outcome: mine ? 'theirs' : 'mine' };
  return conflict(mine ? 'removed-by-theirs' : 'removed-by-mine');
}

type Substance = 'same' | 'mine' | 'theirs' | Buffer | { readonly conflict: ConflictReason };

function mergeSubstance(base: Base, mine: Entry, theirs: Entry): Substance {
  if (sameSubstance(mine, theirs)) return 'same';
  if (base === unrecorded) return { conflict: 'no-record' };
  if (!base) return { conflict: 'added-by-both' };
  if (mine.type !== theirs.type) {
    // What changes its type is another thing: it takes its attributes along.
    if (sameEntry(base, mine)) return 'theirs';
    return sameEntry(base, theirs) ? 'mine' : { conflict: 'type' };
  }
  if (sameSubstance(base, mine)) return 'theirs';
  if (sameSubstance(base, theirs)) return 'mine';
  if (mine.type !== 'file') return { conflict: 'content' };
  if (base.type !== 'file') return { conflict: 'type' };
  const [old, left, right] = [base, mine, theirs].map(({ place }) => readFileSync(bytes(place)));
  if (!old || !left || !right) return { conflict: 'content' };
  const text = mergeText(old, left, right);
  return 'merged' in text ? text.merged : text;
}

function withAttributes(
  base: Base,
  mine: Entry,
  theirs: Entry,
  substance: Exclude<Substance, { readonly conflict: ConflictReason }>,
): Decision {
  const [left, right] = [attributesOf(mine), attributesOf(theirs)];
  const known = base !== unrecorded && base?.type === mine.type ? attributesOf(base) : unrecorded;
  const { attributes, conflicts } = mergeAttributes(known, left, right);
  if (conflicts.length > 0) return conflict('attributes', ...conflicts);
  const fits = { mine: sameAttributes(attributes, left), theirs: sameAttributes(attributes, right) };
  if (substance === 'same') {
    if (fits.mine) return { outcome: fits.theirs ? 'same' : 'mine' };
    if (fits.theirs) return { outcome: 'theirs' };
  } else if ((substance === 'mine' || substance === 'theirs') && fits[substance])
    return { outcome: substance };
  return { outcome: 'merged', content: substance === 'same' ? 'mine' : substance, attributes };
}

function conflict(reason: ConflictReason, ...details: string[]): Decision {
  return { outcome: 'conflict', reason, details };
}
