/** How two texts are looked at. */
export const views = ['side', 'merged'] as const;
export type View = (typeof views)[number];
