/**
 * A signed apt archive in a folder, laid out as the Debian repository format describes it
 * (https://wiki.debian.org/DebianRepository/Format): `pool/`, and for each suite an index and a signed `InRelease`.
 * The index is written whole each time: what is in `packages` is what the suite offers.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { clearSign, type SigningKey } from './openpgp.js';
import type { BuiltPackage } from './package.js';

export interface ArchiveOptions {
  readonly key: SigningKey;
  readonly suite: string;
  readonly origin: string;
  readonly label: string;
  /** dpkg's name of the architecture that the archive serves. */
  readonly architecture: string;
  readonly date?: Date;
  /** Absent: the index never expires. */
  readonly validUntil?: Date;
}

/** What an index is made of: a package, and the paragraph of its control file. */
export type OfferedPackage = Pick<BuiltPackage, 'file' | 'control'>;

/** Writes (or replaces) one suite of the archive in `folder`, with exactly the given packages. */
export function buildArchive(
  folder: string,
  packages: readonly OfferedPackage[],
  options: ArchiveOptions,
): void {
  const binary = `main/binary-${options.architecture}`;
  const dist = join(folder, 'dists', options.suite);
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, binary), { recursive: true });
  mkdirSync(join(folder, 'pool'), { recursive: true });

  const index = Buffer.from(packages.map((built) => indexParagraph(folder, built)).join('\n'), 'utf8');
  const compressed = gzipSync(index);
  const files = new Map([
    [`${binary}/Packages`, index],
    [`${binary}/Packages.gz`, compressed],
  ]);
  // As on Debian's own mirrors, only the compressed index is there. (From a `file:` source apt would else not copy the index
  // but link to it, and lose it where the archive is out of sight.)
  writeFileSync(join(dist, `${binary}/Packages.gz`), compressed);

  const date = options.date ?? new Date();
  const release = releaseText(options, date, files);
  writeFileSync(join(dist, 'Release'), release);
  writeFileSync(join(dist, 'InRelease'), clearSign(release, options.key, Math.floor(date.getTime() / 1000)));
}

/** The text of a `.sources` file for a suite of the archive (sources.list(5), deb822 style). */
export function sourceEntry(uri: string, suites: readonly string[], keyring: string): string {
  return [
    'Types: deb',
    `URIs: ${uri}`,
    `Suites: ${suites.join(' ')}`,
    'Components: main',
    `Signed-By: ${keyring}`,
    '',
  ].join('\n');
}

/** Copies the package into the pool and describes it. */
function indexParagraph(folder: string, built: OfferedPackage): string {
  const name = `pool/${basename(built.file)}`;
  const target = join(folder, name);
  if (target !== built.file) copyFileSync(built.file, target);
  const content = readFileSync(target);
  return [
    built.control,
    `Filename: ${name}`,
    `Size: ${content.length}`,
    `SHA256: ${sha256(content)}`,
    '',
  ].join('\n');
}

function releaseText(options: ArchiveOptions, date: Date, files: ReadonlyMap<string, Buffer>): string {
  return [
    `Origin: ${options.origin}`,
    `Label: ${options.label}`,
    `Suite: ${options.suite}`,
    `Codename: ${options.suite}`,
    'Version: 1',
    `Date: ${releaseDate(date)}`,
    ...(options.validUntil ? [`Valid-Until: ${releaseDate(options.validUntil)}`] : []),
    `Architectures: ${options.architecture}`,
    'Components: main',
    'SHA256:',
    ...[...files].map(([name, content]) => ` ${sha256(content)} ${content.length} ${name}`),
    '',
  ].join('\n');
}

/** As RFC 2822 with the zone named UTC, the only form that the format allows. */
function releaseDate(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC');
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
