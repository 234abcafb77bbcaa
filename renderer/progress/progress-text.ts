/** Progress in words and as a share: a real percentage where a real total is known, else a phase and a count. */
import type { ProgressEvent } from '../../shared/progress.js';
import type { Words } from '../words/vocabulary.js';

/** 0 to 1, or null where the total is not known. */
export function shareOf(event: ProgressEvent | null): number | null {
  if (event?.done === undefined || event.total === undefined || event.total <= 0) return null;
  return Math.min(1, Math.max(0, event.done / event.total));
}

/** How far it is, without the phase; empty where nothing can be said. */
export function amountText(event: ProgressEvent | null, { progress }: Words): string {
  if (event?.done === undefined) return '';
  const { done, total, unit } = event;
  switch (unit) {
    case 'bytes':
      return progress.bytes(done, total ?? done);
    case 'files':
      return total === undefined ? progress.files(done) : progress.count(done, total);
    case 'packages':
      return total === undefined ? progress.packages(done) : progress.count(done, total);
    case 'steps':
      return total === undefined ? '' : progress.count(done, total);
    case 'percent':
    case undefined:
      return '';
  }
}

/** The phase; a phase of a newer helper speaks for itself. */
export function phaseText(event: ProgressEvent | null, words: Words): string {
  if (event === null) return words.parts.working;
  const known: Partial<Record<string, string>> = words.progress.phase;
  return known[event.phase] ?? event.text ?? words.parts.working;
}

export function progressText(event: ProgressEvent | null, secondsLeft: number | null, words: Words): string {
  const left = secondsLeft === null ? '' : words.progress.left(secondsLeft);
  return [phaseText(event, words), amountText(event, words), left].filter((part) => part !== '').join(', ');
}
