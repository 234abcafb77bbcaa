/**
 * Makes a practice root of the Debian family: a copy of some installed packages by dpkg's own lists, and around it what
 * installing them would have made. It takes nothing from the machine that no package brought, but for the accounts' names and
 * the way to the distribution's archive (proxies, trusted authorities).
 */
import { chmodSync, chownSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TreeView } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { databaseDigest, filesOf } from '../../packages/apt/database.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { run } from '../../process/run.js';
import { TreeCopier } from '../copy-files.js';
import type { MadeRoot, MakeInput } from '../family.js';
import { accountFiles } from './accounts.js';
import { nativeOf, practicePackages } from './closure.js';
import {
  copyAlternatives,
  copyPackageRecords,
  diversionsOf,
  makeFolder,
  writeDatabase,
  type Diversion,
} from './database.js';
import { ownSources, sourcesText, waySettings, type Source } from './sources.js';
import { contentOf, statusParagraphs, type StatusParagraph } from './status-paragraphs.js';

/** Links that no package lists, because its script makes them; those of the merged /usr must be there before all else. */
const scriptedLinks = [
  'bin',
  'sbin',
  'lib',
  'lib32',
  'lib64',
  'libx32',
  'lib.usr-is-merged',
  'var/run',
  'var/lock',
];

/** Files that are made here, whatever a package or the machine has. */
const madeHere = /^etc\/(?:passwd|group|shadow|gshadow)-?$/;

const modelsOfNsswitch = ['usr/share/libc-bin/nsswitch.conf', 'usr/share/base-files/nsswitch.conf'];

export function debianPackages(view: TreeView): { packages: StatusParagraph[]; native: string } {
  const installed = statusParagraphs(view);
  const native = nativeOf(installed);
  if (native === undefined) throw new Fault('PRACTICE_IMPOSSIBLE', 'dpkg itself is not among the packages.');
  const packages = practicePackages(installed);
  const incomplete = packages.filter(
    ({ state }) => !['installed', 'triggers-pending', 'triggers-awaited'].includes(state),
  );
  if (incomplete.length > 0) {
    throw new Fault(
      'PRACTICE_IMPOSSIBLE',
      ...incomplete.map(({ name, state }) => `The package ${name} is ${state}, so it cannot be copied.`),
      'Run "dpkg --configure --pending" first.',
    );
  }
  return { packages, native };
}

export function debianPaths(view: TreeView): RawPath[] {
  return debianPackages(view).packages.flatMap(({ name, architecture }) => filesOf(view, name, architecture));
}

export async function makeDebianRoot(input: MakeInput): Promise<MadeRoot> {
  const { from, root, owners, signal, onProgress } = input;
  const before = databaseDigest(from);
  const { packages, native } = debianPackages(from);
  const copier = new TreeCopier(from, root, owners);
  chmodSync(bytes(root), 0o755);
  for (const link of scriptedLinks) {
    const place = from.locate(link as RawPath);
    if (place !== undefined && lstatSync(bytes(place)).isSymbolicLink()) copier.copy(link as RawPath);
  }
  const diversions = new Map(diversionsOf(from).map((diversion) => [diversion.path as string, diversion]));
  const names = new Set(packages.map(({ name }) => name));
  for (const [done, entry] of packages.entries()) {
    for (const path of filesOf(from, entry.name, entry.architecture)) {
      if (!madeHere.test(path)) copyDiverted(copier, path, entry.name, diversions.get(path), names);
    }
    onProgress({ packages: done + 1, total: packages.length });
    await nextTurn();
    signal.throwIfAborted();
  }
  const restriction = { from, root, packages };
  copyPackageRecords(restriction, copier);
  writeDatabase(restriction);
  copyAlternatives(restriction, copier);
  writeAccounts(from, root);
  writeNames(from, root);
  const sources = ownSources(from, native);
  await writeSources(root, sources, signal);
  copyOwnCertificates(from, sources, copier);
  copier.finish();
  if (databaseDigest(from) !== before)
    throw new Fault('BUSY_PACKAGES', 'Packages of this machine were changed while they were copied.');
  return {
    packages: packages.length,
    files: copier.files,
    bytes: copier.bytes,
    archive: sources.length > 0,
    remarks: copier.unreadable.map((path) => `${path} cannot be read and is missing in the copy.`),
  };
}

/** dpkg-divert(1): a file that another package diverted lies elsewhere; without that package it would be in its own place. */
function copyDiverted(
  copier: TreeCopier,
  path: RawPath,
  owner: string,
  diversion: Diversion | undefined,
  names: ReadonlySet<string>,
): void {
  if (!diversion || diversion.by === owner) copier.copy(path);
  else if (names.has(diversion.by)) copier.copy(diversion.to);
  else copier.copy(diversion.to, path);
}

function writeAccounts(from: TreeView, root: RawPath): void {
  const files = accountFiles(
    contentOf(from, 'etc/passwd' as RawPath),
    contentOf(from, 'etc/group' as RawPath),
  );
  const shadowGroup = Number(/^shadow:x:(\d+):/m.exec(files.group)?.[1] ?? 0);
  for (const [name, text] of Object.entries<string>({ ...files })) {
    const path = bytes(join(root, `etc/${name}`));
    const secret = name.endsWith('shadow');
    writeFileSync(path, text, { encoding: 'latin1', mode: 0o600 });
    chownSync(path, 0, secret ? shadowGroup : 0);
    chmodSync(path, secret ? 0o640 : 0o644);
  }
}

function writeNames(from: TreeView, root: RawPath): void {
  writeFileSync(bytes(join(root, 'etc/hostname')), 'practice\n');
  writeFileSync(bytes(join(root, 'etc/hosts')), '127.0.0.1 localhost practice\n::1 localhost\n');
  const model = modelsOfNsswitch
    .map((path) => from.resolve(path as RawPath))
    .find((place) => place !== undefined);
  if (model !== undefined) writeFileSync(bytes(join(root, 'etc/nsswitch.conf')), readFileSync(bytes(model)));
}

async function writeSources(root: RawPath, sources: readonly Source[], signal: AbortSignal): Promise<void> {
  for (const folder of [
    'etc/apt/sources.list.d',
    'etc/apt/apt.conf.d',
    'etc/apt/keyrings',
    'var/lib/apt/lists/partial',
    'var/cache/apt/archives/partial',
  ])
    makeFolder(root, folder as RawPath);
  writeFileSync(bytes(join(root, 'etc/apt/sources.list.d/archive.sources')), sourcesText(sources));
  const dump = await run(['apt-config', 'dump'], { timeoutMs: 30_000, signal });
  // A proxy may have a password in it.
  writeFileSync(bytes(join(root, 'etc/apt/apt.conf.d/90practice')), waySettings(dump.stdout), {
    mode: 0o600,
  });
}

/** Behind a company's proxy, https works only with the authorities that the administrator trusts. They are public. */
function copyOwnCertificates(from: TreeView, sources: readonly Source[], copier: TreeCopier): void {
  const folder = 'usr/local/share/ca-certificates' as RawPath;
  if (!sources.some(({ uris }) => uris.some((uri) => uri.includes('https:')))) return;
  for (const name of from.list(folder) ?? []) if (name.endsWith('.crt')) copier.copy(join(folder, name));
}
