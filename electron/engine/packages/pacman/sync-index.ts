/** What the archives offer, read from their databases (`<archive>.db`, a tar of `desc` files, compressed or not). */
import { ask, computeTimeoutMs, type Runner } from '../runner.js';
import { entriesIn, listOf, numberOf, valueOf } from './desc.js';

export interface Offer {
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly fileName: string;
  readonly downloadBytes: number;
  readonly installedBytes: number;
  readonly sha256: string;
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
  readonly replaces: readonly string[];
  readonly depends: readonly string[];
}

export type SyncIndex = readonly Offer[];

/** `folder` is `sync` as the runner's commands see it. Archives whose database was never fetched offer nothing. */
export async function readIndex(
  runner: Runner,
  folder: string,
  repositories: readonly string[],
  signal: AbortSignal,
): Promise<SyncIndex> {
  const options = { timeoutMs: computeTimeoutMs, signal, keepBytes: 512 * 1024 ** 2 };
  const offers: Offer[] = [];
  const { stdout: names } = await ask(runner, ['ls', '-1', folder], options);
  for (const repository of repositories) {
    if (!names.split('\n').includes(`${repository}.db`)) continue;
    // bsdtar comes with the library that pacman itself reads them with, so it takes every compression that pacman takes.
    const { stdout } = await ask(runner, ['bsdtar', '-xOf', `${folder}/${repository}.db`], options);
    offers.push(...entriesIn(stdout).map((fields) => offerOf(repository, fields)));
  }
  return offers;
}

/** pacman takes a package from the first archive that has it, whatever the others' versions are. */
export function offerFor(index: SyncIndex, name: string): Offer | undefined {
  return index.find((offer) => offer.name === name);
}

function offerOf(repository: string, fields: ReturnType<typeof entriesIn>[number]): Offer {
  return {
    repository,
    name: valueOf(fields, 'NAME') ?? '',
    version: valueOf(fields, 'VERSION') ?? '',
    architecture: valueOf(fields, 'ARCH') ?? '',
    fileName: valueOf(fields, 'FILENAME') ?? '',
    downloadBytes: numberOf(fields, 'CSIZE'),
    installedBytes: numberOf(fields, 'ISIZE'),
    sha256: valueOf(fields, 'SHA256SUM') ?? '',
    provides: listOf(fields, 'PROVIDES'),
    conflicts: listOf(fields, 'CONFLICTS'),
    replaces: listOf(fields, 'REPLACES'),
    depends: listOf(fields, 'DEPENDS'),
  };
}
