/** What a row says of a live patch. Names come from outside: they are made safe to look at, and cut where nobody reads on. */
import type { ActiveLivepatch, LivepatchSource } from '../../shared/livepatch.js';
import { shortened, visible } from '../parts/plain-text.js';
import type { Words } from '../words/vocabulary.js';

/** Names are the same in every language. */
const programs: Readonly<Record<Exclude<LivepatchSource, 'unknown'>, string>> = {
  understudy: 'Understudy',
  kpatch: 'kpatch',
  'canonical-livepatch': 'Canonical Livepatch',
  ksplice: 'Ksplice Uptrack',
  kernelcare: 'KernelCare',
};

type Texts = Words['kernel']['livepatches'];

/** More parts of the kernel than these say no more. */
const mostParts = 4;

export const shownName = (text: string): string => shortened(visible(text), 120);

export function aboutPatch({ source, objects, fixes, why }: ActiveLivepatch, texts: Texts): string {
  const parts = objects.slice(0, mostParts).map(shownName);
  const all = objects.length > mostParts ? [...parts, '…'] : parts;
  return [
    ...(fixes === null ? [] : [texts.fixes(shortened(visible(fixes), 200))]),
    ...(all.length === 0 ? [] : [texts.changes(all)]),
    // Of what could not be looked at nothing is guessed.
    ...(why === 'unseen' ? [] : [source === 'unknown' ? texts.byUnknown : texts.by(programs[source])]),
  ].join(' · ');
}

export function namesOf(sources: readonly LivepatchSource[]): string[] {
  return sources.flatMap((source) => (source === 'unknown' ? [] : [programs[source]]));
}

export interface Verdict {
  readonly tone: 'good' | 'warn' | 'plain';
  readonly text: string;
}

export function verdictOn({ returns }: Pick<ActiveLivepatch, 'returns'>, texts: Texts): Verdict {
  if (returns === null) return { tone: 'plain', text: texts.notKnown };
  return returns ? { tone: 'good', text: texts.returns } : { tone: 'warn', text: texts.isLost };
}

/** What becomes of all of them together at a power loss. */
export function afterLoss(active: readonly Pick<ActiveLivepatch, 'returns'>[], texts: Texts): string {
  if (active.some(({ returns }) => returns === null)) return texts.afterLoss.unknown;
  const returning = active.filter(({ returns }) => returns).length;
  if (returning === 0) return texts.afterLoss.none;
  return returning === active.length ? texts.afterLoss.all : texts.afterLoss.some(returning);
}
