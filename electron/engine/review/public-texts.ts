/** A review for who may look at things without being root: the content of a file that not everyone may read is left out. */
import { lstatSync, statSync } from 'node:fs';
import type { Conflict, Review } from '../../../shared/changeset.js';
import type { TreeView } from '../environments/environment.js';
import { bytes, display, parentOf, raw } from '../posix/raw-path.js';

const readByOthers = 0o004;
const enteredByOthers = 0o001;

/** `views`: the trees that a text of a conflict may come from; in each of them everyone must be able to read the file. */
export function withPublicTexts(review: Review, views: readonly TreeView[]): Review {
  const isPublic = ({ path, beside }: Conflict): boolean =>
    [path, beside].every((name) => views.every((view) => mayEveryoneRead(view, name)));
  return {
    ...review,
    conflicts: review.conflicts.map((one) => (isPublic(one) ? one : { ...one, mine: null, theirs: null })),
  };
}

/** A file that is not there gives nothing away. A name that is shown otherwise than it is cannot be looked up. */
function mayEveryoneRead(view: TreeView, shown: string): boolean {
  const path = raw(shown);
  if (display(path) !== shown) return false;
  const file = view.resolve(path);
  if (file === undefined) return true;
  if (!has(statSync(bytes(file)).mode, readByOthers)) return false;
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) {
    const place = view.locate(folder);
    const status = place === undefined ? undefined : lstatSync(bytes(place));
    if (!status?.isDirectory() || !has(status.mode, enteredByOthers)) return false;
  }
  return true;
}

function has(mode: number, bit: number): boolean {
  return (mode & bit) !== 0;
}
