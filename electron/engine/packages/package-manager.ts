/**
 * The one interface of the package managers (apt, pacman; dnf comes next). `test/conformance/package-manager` is what
 * each must pass. Nothing here knows of dpkg, sources.list or any other habit of one family.
 *
 * The order of a staging is: `refresh` and `resolve` and `download` in a session with network over a scratch clone, with
 * `binds` giving them Understudy's own index and package cache; then `apply` and `audit` in the rehearsal, without network.
 */
import type { Changelog } from '../../../shared/changelog.js';
import type { Choice } from '../../../shared/decision.js';
import type { PackageChange, Scope } from '../../../shared/plan.js';
import type { PendingUpdate } from '../../../shared/machine.js';
import type { Bind, Session, TreeView } from '../environments/environment.js';
import type { RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';

export interface Selection {
  readonly scope: Scope;
  /** Package names for the scope `selected`. */
  readonly selected: readonly string[];
}

/** What the package manager would do. */
export interface Resolution {
  readonly changes: readonly PackageChange[];
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
}

export interface InstalledPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** False for anything but fully installed and configured. */
  readonly complete: boolean;
  readonly held: boolean;
}

/** A configuration file that both the user and a package changed. */
export interface ConfigurationConflict {
  /** The file in use: the user's. */
  readonly path: RawPath;
  /** The package's version, beside it. */
  readonly beside: RawPath;
  readonly package: string | null;
}

export interface Finding {
  readonly package: string | null;
  readonly sentence: string;
}

export interface ChangelogRequest {
  /** Perhaps with an architecture, as `name:architecture`. */
  readonly name: string;
  readonly version: string;
  /** The staged environment that has the version, where one has. */
  readonly staged: TreeView | undefined;
}

export interface FoundChangelog {
  /** The installed version. */
  readonly from: string | null;
  readonly source: Changelog['source'];
  /** Entries newer than `from`, up to the version that was asked for; without control characters. */
  readonly text: string;
}

export interface PackageManager {
  readonly name: 'apt' | 'pacman' | 'dnf';
  /** Files and folders that make up the package database, relative to the root. */
  readonly database: readonly RawPath[];
  /** Files whose locks keep every other package tool away, in the order in which they must be taken. */
  readonly locks: readonly RawPath[];
  /**
   * How the locks are held: by a record lock (fcntl(2)) on a file that may always be there, or by the file being there at all. One of the
   * second kind may be in no tree but the current one.
   */
  readonly locking: 'record' | 'existence';
  /** Caches that are no part of an environment, relative to the root. */
  readonly caches: readonly RawPath[];
  /** False where no archive says which updates are for security: none is marked so, and the scope `security` is refused. */
  readonly marksSecurity: boolean;

  /** True when the tree is managed by this package manager. */
  manages(view: TreeView): boolean;
  /** Understudy's own index and package cache, made when missing, as they must appear in a session. */
  binds(system: System, use: 'fetch' | 'rehearse'): readonly Bind[];
  /** What is new in a version; `undefined` where that cannot be found. A package manager without changelogs has no such method. */
  changelog?(system: System, request: ChangelogRequest): Promise<FoundChangelog | undefined>;
  /** Changes whenever a package is installed, removed, configured, held or upgraded. Hex. */
  databaseDigest(view: TreeView): string;
  installed(view: TreeView): readonly InstalledPackage[];
  /**
   * True when the package manager's own journal says that its last run was cut short (for dpkg: numbered files in its
   * `updates` folder). Packages left half installed show in `installed` as not `complete`; this needs not look at them.
   * Throws when the journal cannot be read.
   */
  interrupted(view: TreeView): boolean;
  /** When the index that `pending` reads was last fetched from the archive; `undefined` when there is none. */
  indexDate(system: System): Date | undefined;
  /** Files that a package owns, relative to the root; empty for an unknown package. */
  filesOf(view: TreeView, name: string, architecture: string): readonly RawPath[];

  /** Updates that the index known to the system offers; works without root and without network. */
  pending(system: System): Promise<readonly PendingUpdate[]>;
  /** Fetches the index. Faults `ARCHIVE_UNREACHABLE|INCONSISTENT|UNTRUSTED|EXPIRED`. */
  refresh(session: Session, system: System): Promise<void>;
  /**
   * Faults `PACKAGES_BROKEN`; `SECURITY_UNKNOWN` where that cannot be told; `PARTIAL_UPGRADE` where the archive's packages only fit together,
   * and the selection would leave some behind.
   */
  resolve(session: Session, system: System, selection: Selection): Promise<Resolution>;
  /** Fetches every package of the changes, resuming what was begun. Faults as `refresh`, and `NO_SPACE`. */
  download(session: Session, system: System, changes: readonly PackageChange[]): Promise<void>;
  /**
   * Performs the changes inside the rehearsal, first finishing what an interrupted run left. Faults
   * `PACKAGE_SCRIPT_FAILED` with the package and its last words, `PACKAGE_SCRIPT_HUNG`, `NO_SPACE`, `CANCELLED`.
   */
  apply(
    session: Session,
    system: System,
    changes: readonly PackageChange[],
    log: (line: string) => void,
  ): Promise<void>;
  /** What is wrong with the database and the installed packages; empty when all is well. */
  audit(session: Session): Promise<readonly Finding[]>;
  /** Conflicts among the given changed paths, at most one for each file in use. */
  conflicts(view: TreeView, changed: readonly RawPath[]): readonly ConfigurationConflict[];
  /**
   * The name that the distribution gives to the version which is not in use, where `whose` version that is. `now` is the name
   * that it has at present: different tools of one family may give different ones.
   */
  nameBeside(path: RawPath, now: RawPath, whose: Choice): RawPath;
}
