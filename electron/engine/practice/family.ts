/**
 * How a practice system is made, one way for each family of package managers. The rest of the practice run knows nothing of
 * a family's habits.
 */
import type { Session, TreeView } from '../environments/environment.js';
import { Fault } from '../fault.js';
import type { RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { debianFamily } from './debian/debian-family.js';
import type { Owners } from './owners.js';

export interface MakeInput {
  /** The system that is copied. */
  readonly from: TreeView;
  /** The folder that becomes the practice root; it exists and is empty. */
  readonly root: RawPath;
  readonly owners: Owners;
  readonly signal: AbortSignal;
  readonly onProgress: (done: { readonly packages: number; readonly total: number }) => void;
}

export interface MadeRoot {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
  /** True when the distribution's own archive is among the machine's sources, and is now the practice system's. */
  readonly archive: boolean;
  /** What could not be copied, a sentence each. */
  readonly remarks: readonly string[];
}

/** Updates that were made on the spot, installed in their first version. */
export interface BuiltUpdates {
  readonly installed: number;
  readonly updates: number;
  /** What the updates must have brought, looked at in the root once they are active: what was seen, or is missing. */
  prove(): { readonly seen: readonly string[]; readonly missing: readonly string[] };
}

export interface PracticeFamily {
  readonly name: 'debian';
  suits(view: TreeView): boolean;
  /** Paths that `makeRoot` will copy from the view; for who sees their owners and who does not (see `owners.ts`). */
  paths(view: TreeView): readonly RawPath[];
  /** Copies what a system of this family needs at least. Faults `PRACTICE_IMPOSSIBLE`, `BUSY_PACKAGES`. */
  makeRoot(input: MakeInput): Promise<MadeRoot>;
  /** Finishes the root from inside: caches and links that installing would have made. */
  setUp(session: Session, signal: AbortSignal): Promise<void>;
  /**
   * Makes a small signed archive inside the root, and installs its first versions. It takes the place of the distribution's
   * own, and expires like any other; in a system that is to stay it does neither.
   */
  buildUpdates(system: System, open: () => Promise<Session>, stays: boolean): Promise<BuiltUpdates>;
  /** Takes the distribution's own archive, which `makeRoot` found, into use or out of it. Repeatable. */
  useArchive(root: RawPath, use: boolean): void;
  /** Files that the package manager finds altered or missing; a path each, configuration files left out. */
  alteredFiles(session: Session, signal: AbortSignal): Promise<readonly string[]>;
}

const families: readonly PracticeFamily[] = [debianFamily];

/** Throws `PRACTICE_IMPOSSIBLE` for a machine of an unknown family. */
export function familyOf(view: TreeView): PracticeFamily {
  const found = families.find((family) => family.suits(view));
  if (found) return found;
  throw new Fault(
    'PRACTICE_IMPOSSIBLE',
    'A practice system is copied from the packages of this machine; it has no dpkg database to copy by.',
  );
}
