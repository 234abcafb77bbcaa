/**
 * dpkg's database, read from the files of a tree: nothing is run, so it works on any root and as any user. What an
 * interrupted dpkg left in `updates/` counts, since dpkg itself would read it first (deb-status and dpkg's `modstatdb`).
 */
import { createHash } from 'node:crypto';
import type { TreeView } from '../../environments/environment.js';
import { join, type RawPath } from '../../posix/raw-path.js';
import type { InstalledPackage } from '../package-manager.js';
import { treeFile } from '../tree-file.js';
import { paragraphs, type Paragraph } from './deb822.js';

export const databasePath = 'var/lib/dpkg' as RawPath;
export const statusPath = 'var/lib/dpkg/status' as RawPath;
export const extendedStatesPath = 'var/lib/apt/extended_states' as RawPath;

export interface StatusEntry extends InstalledPackage {
  readonly essential: boolean;
  readonly installedKiB: number;
  /** Paths without the leading slash. */
  readonly conffiles: readonly RawPath[];
}

const statusFields = new Set([
  'package',
  'architecture',
  'version',
  'status',
  'essential',
  'protected',
  'installed-size',
  'conffiles',
]);

/** Every package that is at least partly there, sorted as in the status file. */
export function statusEntries(view: TreeView): StatusEntry[] {
  const entries = new Map<string, StatusEntry | undefined>();
  for (const text of statusTexts(view)) {
    for (const paragraph of paragraphs(text, statusFields)) {
      const name = paragraph.get('package');
      if (name === undefined) continue;
      entries.set(`${name}:${paragraph.get('architecture') ?? ''}`, entryOf(name, paragraph));
    }
  }
  return [...entries.values()].filter((entry) => entry !== undefined);
}

/** True while dpkg's journal holds records that were not yet merged into the status file. */
export function interrupted(view: TreeView): boolean {
  return (view.list(join(databasePath, 'updates')) ?? []).some((name) => /^\d+$/.test(name));
}

/** The status file and then the journal of an interrupted dpkg, oldest first. */
function statusTexts(view: TreeView): string[] {
  const updates = join(databasePath, 'updates');
  const pending = (view.list(updates) ?? []).filter((name) => /^\d+$/.test(name));
  return [statusPath, ...pending.map((name) => join(updates, name))].map(
    (path) => treeFile(view, path)?.toString('latin1') ?? '',
  );
}

function entryOf(name: string, paragraph: Paragraph): StatusEntry | undefined {
  const [want = '', flag = '', state = ''] = (paragraph.get('status') ?? '').split(' ');
  const version = paragraph.get('version');
  if (version === undefined || state === 'not-installed' || state === 'config-files') return undefined;
  return {
    name,
    architecture: paragraph.get('architecture') ?? '',
    version,
    complete: state === 'installed' && flag === 'ok',
    held: want === 'hold',
    essential: paragraph.get('essential') === 'yes' || paragraph.get('protected') === 'yes',
    installedKiB: Number(paragraph.get('installed-size') ?? 0) || 0,
    conffiles: conffilesOf(paragraph.get('conffiles') ?? ''),
  };
}

/** Lines ` /path md5 [obsolete|remove-on-upgrade]`; the path itself may hold blanks. */
function conffilesOf(field: string): RawPath[] {
  return field
    .split('\n')
    .map((line) => /^\/(.*) [0-9a-f]{32}(?: [a-z-]+)*$/.exec(line)?.[1])
    .filter((path) => path !== undefined) as RawPath[];
}

/** The names in the package's own list, or none when the package is unknown. */
export function filesOf(view: TreeView, name: string, architecture: string): RawPath[] {
  const info = join(databasePath, 'info');
  const list =
    treeFile(view, join(info, `${name}:${architecture}.list`)) ?? treeFile(view, join(info, `${name}.list`));
  if (list === undefined) return [];
  return list
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith('/') && line !== '/.')
    .map((line) => line.slice(1) as RawPath);
}

/** dpkg's name of the tree's own architecture, or `undefined` where dpkg itself is not installed. */
export function nativeArchitecture(entries: readonly InstalledPackage[]): string | undefined {
  return entries.find(({ name }) => name === 'dpkg')?.architecture;
}

/** Everything that decides what is installed and what an upgrade would do; the lists of files follow from it. */
export function databaseDigest(view: TreeView): string {
  const hash = createHash('sha256');
  const updates = join(databasePath, 'updates');
  const names = ['status', 'diversions', 'statoverride', 'arch'].map((name) => join(databasePath, name));
  const pending = (view.list(updates) ?? []).map((name) => join(updates, name));
  for (const path of [...names, extendedStatesPath, ...pending]) {
    const data = treeFile(view, path);
    // A missing file and an empty one mean the same to dpkg and apt.
    hash.update(`${path} ${data?.length ?? 0}\n`, 'latin1').update(data ?? '');
  }
  return hash.digest('hex');
}
