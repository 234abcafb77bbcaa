/** Stores a manifest so that it is there complete and durable, or not at all. */
import type { RawPath } from '../posix/raw-path.js';
import { AtomicFile } from './atomic-file.js';
import type { EntryBatches } from './entry.js';
import { formatManifest } from './mtree-format.js';

/** Writes the entries (in manifest order) to `file` with mode 0600; an error leaves what was there before. */
export async function writeManifest(file: RawPath, entries: EntryBatches): Promise<void> {
  const output = new AtomicFile(file);
  try {
    for await (const chunk of formatManifest(entries)) output.write(chunk);
    output.commit();
  } finally {
    output.abandon();
  }
}
