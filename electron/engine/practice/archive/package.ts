/**
 * Makes real Debian packages from a description, with `dpkg-deb` of the machine (it belongs to dpkg, so it is there
 * wherever dpkg is). No compiler, debhelper or fakeroot is needed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../../fault.js';
import { failureOf, run } from '../../process/run.js';

/** One entry of a package; the path is relative to the root. */
export type PackageEntry =
  | { readonly path: string; readonly content: string | Buffer; readonly mode?: number }
  | { readonly path: string; readonly linkTo: string }
  | { readonly path: string; readonly directory: true; readonly mode?: number };

export type MaintainerScript = 'preinst' | 'postinst' | 'prerm' | 'postrm';

export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  /** `all`, or dpkg's name of an architecture. */
  readonly architecture: string;
  readonly summary?: string;
  /** Further control fields, such as `Depends`. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly entries?: readonly PackageEntry[];
  /** Paths of the entries that are configuration files. */
  readonly conffiles?: readonly string[];
  /** Lines of its triggers file (deb-triggers(5)). */
  readonly triggers?: readonly string[];
  /** Bodies of the maintainer scripts, for /bin/sh; the first line is added. */
  readonly scripts?: Readonly<Partial<Record<MaintainerScript, string>>>;
}

export interface BuiltPackage {
  readonly spec: PackageSpec;
  /** The `.deb` file. */
  readonly file: string;
  /** The paragraph of its control file, without a trailing newline. */
  readonly control: string;
}

/** Builds one package into `folder`. Faults `PRACTICE_IMPOSSIBLE` without dpkg-deb. */
export async function buildPackage(spec: PackageSpec, folder: string): Promise<BuiltPackage> {
  const tree = mkdtempSync(join(tmpdir(), 'understudy-package-'));
  try {
    chmodSync(tree, 0o755); // it becomes the mode of the package's `./`
    const size = writeEntries(tree, spec.entries ?? []);
    const control = controlOf(spec, size);
    writeControl(tree, spec, control);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${spec.name}_${spec.version.replace(/^\d+:/, '')}_${spec.architecture}.deb`);
    // gzip, which every dpkg reads and which takes a fraction of the time of the default.
    const argv = ['dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '--build', tree, file] as const;
    const result = await run(argv, { timeoutMs: 120_000 });
    if (result.ended === 'not-found')
      throw new Fault('PRACTICE_IMPOSSIBLE', 'dpkg-deb (package dpkg) is missing');
    const failure = failureOf(argv, result);
    if (failure) throw failure;
    return { spec, file, control };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Writes the entries and answers with their size in bytes. */
function writeEntries(tree: string, entries: readonly PackageEntry[]): number {
  let size = 0;
  for (const entry of entries) {
    const path = join(tree, entry.path);
    makeParents(tree, entry.path);
    if ('content' in entry) {
      writeFileSync(path, entry.content);
      chmodSync(path, entry.mode ?? 0o644);
      size += statSync(path).size;
    } else if ('linkTo' in entry) {
      symlinkSync(entry.linkTo, path);
    } else {
      mkdirSync(path, { recursive: true });
      chmodSync(path, entry.mode ?? 0o755);
    }
  }
  return size;
}

/** Makes the folders above an entry with the usual mode, whatever the umask of the caller. */
function makeParents(tree: string, path: string): void {
  const parent = dirname(path);
  if (parent === '.') return;
  makeParents(tree, parent);
  const onHost = join(tree, parent);
  if (statSync(onHost, { throwIfNoEntry: false })) return;
  mkdirSync(onHost);
  chmodSync(onHost, 0o755);
}

function writeControl(tree: string, spec: PackageSpec, control: string): void {
  const folder = join(tree, 'DEBIAN');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'control'), `${control}\n`);
  if (spec.conffiles && spec.conffiles.length > 0) {
    writeFileSync(join(folder, 'conffiles'), spec.conffiles.map((path) => `/${path}\n`).join(''));
  }
  if (spec.triggers)
    writeFileSync(join(folder, 'triggers'), spec.triggers.map((line) => `${line}\n`).join(''));
  for (const [name, body] of Object.entries(spec.scripts ?? {})) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
}

function controlOf(spec: PackageSpec, bytes: number): string {
  const fields: Record<string, string> = {
    Package: spec.name,
    Version: spec.version,
    Architecture: spec.architecture,
    Maintainer: 'Understudy <understudy@localhost>',
    'Installed-Size': String(Math.ceil(bytes / 1024)),
    Section: 'misc',
    Priority: 'optional',
    ...spec.fields,
    Description: spec.summary ?? `practice package ${spec.name}`,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
