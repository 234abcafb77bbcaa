/** The three-way rule for one value, which everything else here is made of: what one side changed is taken. */

/** In place of a base: what was there before was not recorded, so that nobody can say who changed what. */
export const unrecorded = Symbol('unrecorded');
export type Unrecorded = typeof unrecorded;

export type MergedValue<T> = { readonly value: T } | 'conflict';

/** `conflict` where both sides differ from the base and from each other, or differ and there is no base. */
export function mergeValue<T>(base: T | Unrecorded, mine: T, theirs: T): MergedValue<T> {
  if (mine === theirs) return { value: mine };
  if (base === unrecorded) return 'conflict';
  if (base === mine) return { value: theirs };
  if (base === theirs) return { value: mine };
  return 'conflict';
}
