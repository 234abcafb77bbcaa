/**
 * A Debian tree with 10,000 files of three packages, and an archive that offers a newer version of each of them in which every
 * file is another: so that an update of a given size can be had, always from the same tree.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildArchive, sourceEntry } from '../../electron/engine/practice/archive/archive.js';
import { makeSigningKey } from '../../electron/engine/practice/archive/openpgp.js';
import { buildPackage, type PackageEntry } from '../../electron/engine/practice/archive/package.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { serveArchive } from '../lab/archive-server.js';
import { debianRoot } from '../lab/debian-root.js';
import { removeRoot } from '../lab/template.js';

/** Files of each package. Together with those before it: 100, 1,000 and 10,000. */
const packages = [
  ['understudy-bench-a', 100],
  ['understudy-bench-b', 900],
  ['understudy-bench-c', 9000],
] as const;

export interface BenchRoot {
  readonly root: string;
  /** What to select for an update that changes so many files. */
  readonly selectionFor: (files: 100 | 1000 | 10_000) => string[];
  close(): Promise<void>;
}

const suite = 'bench';
const keyring = '/etc/apt/keyrings/understudy-bench.gpg';

/** `include`: more Debian packages in the tree. */
export async function benchRoot(include: readonly string[] = []): Promise<BenchRoot> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-archive-'));
  const server = await serveArchive(folder);
  let root: string | undefined;
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
    if (root !== undefined) removeRoot(root);
  };
  try {
    root = await debianRoot({ include });
    const [before, after] = [await build(folder, '1'), await build(folder, '2')];
    const key = makeSigningKey('Understudy bench <bench@localhost>', Math.floor(Date.now() / 1000) - 3600);
    const { stdout } = await runOrFault(['chroot', root, 'dpkg', '--print-architecture'], {
      timeoutMs: 10_000,
    });
    const names = {
      suite,
      origin: 'Understudy Bench',
      label: 'Understudy-Bench',
      architecture: stdout.trim(),
    };
    buildArchive(folder, after, { key, ...names });
    mkdirSync(join(root, 'etc/apt/keyrings'), { recursive: true });
    writeFileSync(join(root, keyring), key.keyring);
    rmSync(join(root, 'etc/apt/sources.list'), { force: true });
    writeFileSync(
      join(root, 'etc/apt/sources.list.d/bench.sources'),
      sourceEntry(server.uri, [suite], keyring),
    );
    for (const { file } of before) {
      const name = `srv/${file.slice(file.lastIndexOf('/') + 1)}`;
      await runOrFault(['cp', file, join(root, name)], { timeoutMs: 60_000 });
      const argv = ['chroot', root, 'dpkg', '--force-unsafe-io', '--install', `/${name}`] as const;
      await runOrFault(argv, { timeoutMs: 120_000 });
      rmSync(join(root, name));
    }
    await runOrFault(['sync', '--file-system', root], { timeoutMs: 120_000 });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    root,
    selectionFor: (files) => {
      let total = 0;
      return packages.flatMap(([name, count]) => (total < files ? ((total += count), [name]) : []));
    },
    close,
  };
}

async function build(folder: string, version: string) {
  const built = [];
  for (const [name, count] of packages) {
    const entries = Array.from({ length: count }, (_, index) => entryOf(name, index, version));
    built.push(await buildPackage({ name, version, architecture: 'all', entries }, join(folder, 'pool')));
  }
  return built;
}

/** One file in fifty lies in /etc. */
function entryOf(name: string, index: number, version: string): PackageEntry {
  const top = index % 50 === 0 ? 'etc' : 'usr/share';
  const path = `${top}/${name}/folder-${Math.floor(index / 100)}/file-${index % 100}.txt`;
  return { path, content: `${path} ${version}\n`.repeat(20) };
}
