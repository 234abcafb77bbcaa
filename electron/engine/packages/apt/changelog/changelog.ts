/**
 * What is new in a version: from the staged environment, else from the fetched package, else from the archive. What is read there was written
 * by others: it is bounded, and text alone.
 */
import { lstatSync, readFileSync } from 'node:fs';
import type { TreeView } from '../../../environments/environment.js';
import { plainView } from '../../../environments/plain-view.js';
import { systemErrorCode } from '../../../fault.js';
import { bytes, display, join, raw, type RawPath } from '../../../posix/raw-path.js';
import { run } from '../../../process/run.js';
import type { System } from '../../../system.js';
import type { ChangelogRequest, FoundChangelog } from '../../package-manager.js';
import { statusEntries } from '../database.js';
import { archiveName } from '../download.js';
import { knownLists } from '../index-date.js';
import { withHostApt } from '../pending.js';
import { entriesBetween } from './entries.js';
import { largestFile, plain, textOf } from './plain.js';
import { TarPicker } from './tar.js';

/** NEWS first: it is what users have to know. The plain name is Debian's own where a package has no upstream. */
const names = ['NEWS.Debian', 'changelog.Debian', 'changelog'];

const packageTimeoutMs = 60_000;
const archiveTimeoutMs = 30_000;

interface Wanted {
  readonly name: string;
  /** As dpkg knows it; null where the request left it out. */
  readonly architecture: string | null;
  readonly version: string;
}

export async function changelog(
  system: System,
  request: ChangelogRequest,
): Promise<FoundChangelog | undefined> {
  const wanted = wantedBy(request);
  const from = installedVersion(plainView(system.root), wanted);
  const found = (source: FoundChangelog['source'], texts: readonly string[]): FoundChangelog => ({
    from,
    source,
    text: texts
      .map((text) => entriesBetween(text, from, wanted.version))
      .filter((text) => text !== '')
      .join('\n\n'),
  });
  const staged = request.staged ? ofStaged(request.staged, wanted) : [];
  if (staged.length > 0) return found('staged', staged);
  const fetched = await ofPackage(system, wanted);
  if (fetched.length > 0) return found('package', fetched);
  const published = await ofArchive(system, wanted);
  return published === undefined ? undefined : found('archive', [published]);
}

function wantedBy({ name, version }: ChangelogRequest): Wanted {
  const [base = name, architecture] = name.split(':');
  return { name: base, architecture: architecture ?? null, version };
}

function entryOf(view: TreeView, { name, architecture }: Wanted) {
  return statusEntries(view).find(
    (entry) => entry.name === name && (architecture === null || entry.architecture === architecture),
  );
}

function installedVersion(view: TreeView, wanted: Wanted): string | null {
  return entryOf(view, wanted)?.version ?? null;
}

function ofStaged(view: TreeView, wanted: Wanted): string[] {
  if (installedVersion(view, wanted) !== wanted.version) return [];
  const folder = docFolder(wanted.name);
  return names.flatMap((base) => {
    for (const name of [`${base}.gz`, base]) {
      const path = view.resolve(join(folder, name));
      const text = path === undefined ? undefined : readBounded(path);
      if (text !== undefined) return [text];
    }
    return [];
  });
}

function readBounded(path: RawPath): string | undefined {
  const status = lstatSync(bytes(path), { throwIfNoEntry: false });
  if (!status?.isFile() || status.size > largestFile) return undefined;
  return textOf(readFileSync(bytes(path)));
}

async function ofPackage(system: System, wanted: Wanted): Promise<string[]> {
  const file = fetchedFile(system, wanted) ?? (await localFile(system, wanted));
  if (file === undefined) return [];
  const folder = `${docFolder(wanted.name)}/`;
  const paths = names.flatMap((name) => [`${folder}${name}.gz`, `${folder}${name}`]);
  const picker = new TarPicker({ wanted: (path) => paths.includes(path), largest: largestFile });
  await run(['dpkg-deb', '--fsys-tarfile', display(file)], {
    timeoutMs: packageTimeoutMs,
    signal: system.signal,
    onOutput: (chunk) => picker.push(chunk),
  });
  return paths.flatMap((path) => {
    const data = picker.files.find((one) => one.path === path)?.data;
    const text = data && textOf(data);
    return text === undefined ? [] : [text];
  });
}

/** The package as it lies in a cache: Understudy's own, or the one of the system. */
function fetchedFile(system: System, wanted: Wanted): RawPath | undefined {
  const known = entryOf(plainView(system.root), wanted)?.architecture;
  const architectures = [wanted.architecture ?? known, known, 'all'].filter((each) => each !== undefined);
  const folders = [join(system.store, 'packages/apt/archives'), join(system.root, 'var/cache/apt/archives')];
  return folders
    .flatMap((folder) =>
      architectures.map((each) => join(folder, archiveName(wanted.name, wanted.version, each))),
    )
    .find(isReadableFile);
}

/** A package of a `file:` source lies there already. What apt names is looked up inside the tree. */
async function localFile(system: System, { name, version }: Wanted): Promise<RawPath | undefined> {
  const { stdout } = await withHostApt(system, ({ options, environment }) =>
    run(['apt-get', ...options, '--quiet=2', '--print-uris', 'download', `${name}=${version}`], {
      timeoutMs: archiveTimeoutMs,
      signal: system.signal,
      environment,
    }),
  );
  const uri = /^'file:(?:\/\/)?(\/[^']+\.deb)' /m.exec(stdout)?.[1];
  if (uri === undefined) return undefined;
  const file = plainView(system.root).resolve(raw(decodeURIComponent(uri).slice(1)));
  return file !== undefined && isReadableFile(file) ? file : undefined;
}

function isReadableFile(path: RawPath): boolean {
  try {
    return lstatSync(bytes(path), { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') return false;
    throw error;
  }
}

/** By the machine's own apt, with the index that the version is from; only for the running system, whose settings are its own. */
async function ofArchive(system: System, { name, version }: Wanted): Promise<string | undefined> {
  if (!system.isRunning) return undefined;
  const lists = display(knownLists(system).folder);
  const { status, ended, stdout } = await run(
    [
      'apt-get',
      '--quiet=2',
      ...['-o', 'APT::Color=false', '-o', `Dir::State::lists=${lists}`, '-o', 'Debug::NoLocking=true'],
      ...['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::https::Timeout=10'],
      'changelog',
      `${name}=${version}`,
    ],
    {
      timeoutMs: archiveTimeoutMs,
      signal: system.signal,
      keepBytes: largestFile,
      // sensible-pager(1) would wait for somebody to read.
      environment: { PAGER: 'cat', TERM: 'dumb' },
    },
  );
  return ended === 'exit' && status === 0 && stdout !== '' ? plain(stdout) : undefined;
}

const docFolder = (name: string): RawPath => raw(`usr/share/doc/${name}`);
