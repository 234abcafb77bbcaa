/** The store is private to root. That someone else cannot read it is an answer, not an error. */
import type { History } from '../../../shared/history.js';
import { systemErrorCode } from '../fault.js';
import { reasonOf } from '../inspect/unseen.js';
import { display } from '../posix/raw-path.js';
import type { System } from '../system.js';

type Unseen = History['unseen'][number];

/** What could not be read and why, for the error of a refused access; `undefined` for any other error. */
export function unseenRecords(system: Pick<System, 'store'>, error: unknown): Unseen | undefined {
  if (systemErrorCode(error) !== 'EACCES') return undefined;
  return {
    what: `What was done so far, staged environments and restore points (${display(system.store)})`,
    why: reasonOf(error),
  };
}
