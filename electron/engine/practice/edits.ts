/** What "the user" does between staging and activation, in files that the update leaves alone. None of it may be lost. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import type { Review } from '../../../shared/changeset.js';
import { exists } from '../environments/plain-view.js';
import { bytes, join, parentOf, type RawPath } from '../posix/raw-path.js';

const mark = '# edited while the update waited\n';
const oldFiles = ['etc/hosts', 'etc/nsswitch.conf', 'etc/hostname'] as RawPath[];
const newFiles = ['etc/understudy-practice.note', 'usr/local/bin/understudy-practice-tool'] as RawPath[];

/** Edits a file that is there, and makes two: beside what is exchanged, and inside it. */
export function editMeanwhile(root: RawPath, { files }: Review): RawPath[] {
  const updated = new Set(files.map(({ path }) => path.replace(/^\//, '')));
  const old = oldFiles.filter((path) => !updated.has(path)).slice(0, 1);
  const edits = [...old, ...newFiles];
  for (const path of edits) {
    mkdirSync(bytes(join(root, parentOf(path))), { recursive: true });
    appendFileSync(bytes(join(root, path)), mark);
  }
  return edits;
}

export function lostEdits(root: RawPath, edits: readonly RawPath[]): string[] {
  return edits
    .filter(
      (path) => !exists(join(root, path)) || !readFileSync(bytes(join(root, path)), 'utf8').endsWith(mark),
    )
    .map((path) => `/${path}`);
}
