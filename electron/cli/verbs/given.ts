/** Reads the options and positional arguments of a verb; whatever does not fit is a usage error with its own words. */
import type { ErrorCode } from '../../../shared/errors.js';
import { idSchema, scopes, type Scope } from '../../../shared/plan.js';
import { readHour } from '../text/hour.js';
import { readSize } from '../text/measure.js';
import { UsageError, type Given } from './verb.js';

/** The value of an option that takes one. */
export function value(given: Given, name: string): string | undefined {
  const found = given.values[name];
  return typeof found === 'string' ? found : undefined;
}

export function flag(given: Given, name: string): boolean {
  return given.values[name] === true;
}

export function nothing(given: Given): void {
  const [first] = given.positionals;
  if (first !== undefined) throw new UsageError(`Nothing is expected here: "${first}".`);
}

/** At most one id. One that cannot exist is unknown, in the same words as one that does not. */
export function oneId(given: Given, unknown: ErrorCode): string | undefined {
  const [id, second] = given.positionals;
  if (second !== undefined) throw new UsageError(`One id is expected, and "${second}" is a second one.`);
  if (id !== undefined && !idSchema.safeParse(id).success) throw new UsageError(id, unknown);
  return id;
}

/** What follows the word that a verb begins with, exactly so many; `form` is how it is written. */
export function words({ positionals }: Given, count: number, form = ''): readonly string[] {
  const [, ...given] = positionals;
  const extra = given[count];
  if (extra !== undefined)
    throw new UsageError(
      form === '' ? `Nothing is expected here: "${extra}".` : `It is "${form}", and "${extra}" is too many.`,
    );
  if (given.length < count) throw new UsageError(`It is "${form}".`);
  return given;
}

/** One of a closed list of words. */
export function oneOf<T extends string>(given: Given, name: string, words: readonly T[]): T | undefined {
  const found = value(given, name);
  if (found === undefined) return undefined;
  const word = words.find((candidate) => candidate === found);
  if (word === undefined)
    throw new UsageError(`--${name} is one of ${words.join(', ')}; "${found}" is none of them.`);
  return word;
}

/** The scope and, for `selected`, the names. Names alone mean `selected`. */
export function scopeAndNames(given: Given): { scope: Scope; selected: readonly string[] } {
  const names = given.positionals;
  const scope = oneOf(given, 'scope', scopes) ?? (names.length > 0 ? 'selected' : 'all');
  if (scope === 'selected' && names.length === 0) {
    throw new UsageError('--scope selected needs the names of the packages.');
  }
  if (scope !== 'selected' && names.length > 0) {
    throw new UsageError(`Package names go with --scope selected, not with --scope ${scope}.`);
  }
  if (names.includes('')) throw new UsageError('A package name is empty.');
  return { scope, selected: names };
}

export function wholeNumber(given: Given, name: string, least: number): number | undefined {
  const found = value(given, name);
  if (found === undefined) return undefined;
  const number = /^\d{1,9}$/.test(found) ? Number(found) : Number.NaN;
  if (!(number >= least))
    throw new UsageError(`--${name} takes a whole number from ${least} on, not "${found}".`);
  return number;
}

/** A moment of local time; ISO 8601 in UTC. */
export function hour(given: Given, name: string): string | undefined {
  const found = value(given, name);
  if (found === undefined) return undefined;
  const moment = readHour(found, new Date());
  if (moment === undefined)
    throw new UsageError(`--${name} takes a time such as 22:30 or 2026-01-31T06:00, not "${found}".`);
  return moment;
}

export function bytesOf(given: Given, name: string): number | undefined {
  const found = value(given, name);
  if (found === undefined) return undefined;
  const size = readSize(found);
  if (size === undefined)
    throw new UsageError(`--${name} takes a size such as 500M or 10GB, not "${found}".`);
  return size;
}
