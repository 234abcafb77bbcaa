/** Whether root alone can write to what root relies on: settings, keys, scripts, places. */
import type { Stats } from 'node:fs';

export function isRootAlone({ uid, mode }: Stats): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}

/** As a clause about "it". */
export const notRootAlone = 'others than root can write to it';
