/** What a restore point holds. The engine names it in words; those that are known are said in the language of the app, others as they are. */
export type Kind = 'programs' | 'configuration' | 'database' | 'boot';

export interface Held {
  readonly kind: Kind | null;
  /** The engine's own words. */
  readonly text: string;
}

const marks: readonly (readonly [RegExp, Kind])[] = [
  [/\/usr\b/, 'programs'],
  [/\/etc\b|configuration|identity/, 'configuration'],
  [/package database/, 'database'],
  [/kernel|boot/, 'boot'],
];

/** Each kind once, the unknown ones last. */
export function heldIn(holds: readonly string[]): Held[] {
  const found = holds.map((text): Held => ({
    kind: marks.find(([mark]) => mark.test(text))?.[1] ?? null,
    text,
  }));
  const known = marks.flatMap(([, kind]) => found.find((held) => held.kind === kind) ?? []);
  return [...known, ...found.filter(({ kind }) => kind === null)];
}
