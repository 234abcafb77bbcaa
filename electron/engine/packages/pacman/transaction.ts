/** What pacman would do, as it prints it, with everything that a plan tells about it. */
import type { PackageChange } from '../../../../shared/plan.js';
import { Fault } from '../../fault.js';
import { failureOf, type RunResult } from '../../process/run.js';
import { computeTimeoutMs, type Runner } from '../runner.js';
import { pacmanWith } from './command.js';
import type { Configuration } from './configuration.js';
import type { LocalEntry } from './database.js';
import { isOfName, satisfies, type Provider } from './dependency.js';
import { isKernel } from './kernel.js';
import type { Offer, SyncIndex } from './sync-index.js';
import { compareVersions } from './version.js';

export interface Context {
  readonly runner: Runner;
  /** `--dbpath`, with `sync` and `local` in it, as the runner's commands see it. */
  readonly database: string;
  /** Further options of every call, such as another configuration. */
  readonly options: readonly string[];
  readonly signal: AbortSignal;
  readonly installed: readonly LocalEntry[];
  readonly configuration: Configuration;
  readonly index: SyncIndex;
}

export const fullUpgrade = ['--sync', '--sysupgrade'] as const;

/** `operation`: words of pacman's such as `fullUpgrade`. Throws `PACKAGES_BROKEN`. */
export async function transaction(context: Context, operation: readonly string[]): Promise<PackageChange[]> {
  const { runner, database, options, signal } = context;
  const argv = pacmanWith({ database }, ...options, '--print-format', '%r\t%n\t%v', ...operation);
  const result = await runner(argv, { timeoutMs: computeTimeoutMs, signal });
  const failure = failureOf(argv, result);
  if (failure && result.ended !== 'exit') throw failure;
  if (failure) throw new Fault('PACKAGES_BROKEN', ...reasons(result));
  const added = result.stdout.split('\n').flatMap((line) => {
    const [repository, name, version] = line.split('\t');
    return context.index.filter(
      (offer) => offer.repository === repository && offer.name === name && offer.version === version,
    );
  });
  const removed = replacedBy(context, added);
  refuseConflicts(context, added, removed);
  return [...added.map((offer) => addition(context, offer)), ...removed.map((entry) => removal(entry))];
}

function addition({ installed }: Context, offer: Offer): PackageChange {
  const before = installed.find(({ name }) => name === offer.name);
  return {
    action: actionOf(before?.version, offer.version),
    name: offer.name,
    architecture: offer.architecture,
    from: before?.version ?? null,
    to: offer.version,
    downloadBytes: offer.downloadBytes,
    installedBytes: offer.installedBytes - (before?.installedBytes ?? 0),
    // No archive of pacman says so.
    security: false,
    kernel: isKernel(offer.name, offer.provides),
    origin: offer.repository,
  };
}

function removal({ name, architecture, version, installedBytes, provides }: LocalEntry): PackageChange {
  return {
    action: 'remove',
    name,
    architecture,
    from: version,
    to: null,
    downloadBytes: 0,
    installedBytes: -installedBytes,
    security: false,
    kernel: isKernel(name, provides),
    origin: '',
  };
}

function actionOf(from: string | undefined, to: string): PackageChange['action'] {
  if (from === undefined) return 'install';
  const order = compareVersions(from, to);
  return order === 0 ? 'reinstall' : order < 0 ? 'upgrade' : 'downgrade';
}

/** pacman does not print what it would remove; without a question it removes only what a new package says that it replaces. */
function replacedBy({ installed }: Context, added: readonly Offer[]): LocalEntry[] {
  return installed.filter(
    (entry) =>
      !added.some(({ name }) => name === entry.name) &&
      added.some(({ replaces }) => replaces.some((wanted) => isOfName(entry, wanted))),
  );
}

/** When it prints only, pacman does not look for conflicts; when it works, it fails on them. */
function refuseConflicts(
  { installed }: Context,
  added: readonly Offer[],
  removed: readonly LocalEntry[],
): void {
  const after: (Provider & { readonly conflicts: readonly string[] })[] = [
    ...installed.filter(
      (entry) => !removed.includes(entry) && !added.some(({ name }) => name === entry.name),
    ),
    ...added,
  ];
  const clashes = added.flatMap((offer) =>
    after
      .filter(
        (other) =>
          other.name !== offer.name &&
          (offer.conflicts.some((wanted) => satisfies(other, wanted)) ||
            other.conflicts.some((wanted) => satisfies(offer, wanted))),
      )
      .map((other) => [offer.name, other.name].sort().join(' and ')),
  );
  if (clashes.length === 0) return;
  throw new Fault('PACKAGES_BROKEN', ...[...new Set(clashes)].map((pair) => `${pair} are in conflict`));
}

function reasons({ stdout, stderr }: RunResult): string[] {
  const lines = `${stdout}\n${stderr}`.split('\n');
  const said = lines.flatMap((line) => /^(?:::|error:) (.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(said)].slice(0, 20);
}
