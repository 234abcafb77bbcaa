/** The files of a changeset as they are looked through: by area and by a text in their path. Made for 100,000 of them. */
import type { Area, FileChange } from '../../../shared/changeset.js';

export interface Sought {
  /** Null: all of them. */
  readonly area: Area | null;
  readonly text: string;
}

export function filesFor(files: readonly FileChange[], { area, text }: Sought): readonly FileChange[] {
  const wanted = text.trim().toLowerCase();
  if (area === null && wanted === '') return files;
  return files.filter(
    (file) =>
      (area === null || file.area === area) && (wanted === '' || file.path.toLowerCase().includes(wanted)),
  );
}
