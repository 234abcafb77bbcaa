/** What can be wrong with a manifest file. Callers match on `code`. */
export type ManifestErrorCode = 'MANIFEST_MALFORMED' | 'MANIFEST_TRUNCATED';

export class ManifestError extends Error {
  override readonly name = 'ManifestError';

  constructor(
    readonly code: ManifestErrorCode,
    /** What was expected or found, as a sentence without the position. */
    readonly reason: string,
    /** Counted from 1. */
    readonly line?: number,
  ) {
    super(line === undefined ? reason : `line ${line}: ${reason}`);
  }
}
