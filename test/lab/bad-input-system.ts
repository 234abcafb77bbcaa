/**
 * A real, small Debian tree with practice and bad packages in version 1, an archive on the loopback that offers what a test asks
 * for, and the judge: is the tree, outside logs and Understudy's own folder, what it was?
 */
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { plainView } from '../../electron/engine/environments/plain-view.js';
import type { ManifestEntry } from '../../electron/engine/manifest/entry.js';
import { nativeArchitecture, statusEntries } from '../../electron/engine/packages/apt/database.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { setModificationTime } from '../../electron/engine/posix/times.js';
import { buildArchive, sourceEntry } from '../../electron/engine/practice/archive/archive.js';
import { makeSigningKey } from '../../electron/engine/practice/archive/openpgp.js';
import {
  buildPackage,
  type BuiltPackage,
  type PackageSpec,
} from '../../electron/engine/practice/archive/package.js';
import {
  editedConffile,
  practiceUpdates,
  userEdit,
} from '../../electron/engine/practice/archive/practice-updates.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { serveArchive, type ServerFault } from './archive-server.js';
import { harmless, misbehaving, misbehaviours, withConffile } from './bad-packages.js';
import { moreInstalled, moreUpdates } from './bad-input-packages.js';
import { leanRoot, leanRootIn } from './lean-root.js';
import { removeRoot } from './template.js';
import { inTree } from './practice-system.js';
import { differences, manifestOf } from './tree-difference.js';

const day = 24 * 3600_000;
const suite = 'bad-input';
const keyring = '/etc/apt/keyrings/understudy-test.gpg';

export interface Offer {
  /** Signed with a key that the tree does not know. */
  readonly byStranger?: boolean;
  readonly expired?: boolean;
}

export interface BadInputSystem {
  readonly root: string;
  readonly store: string;
  /** Names of the packages that the practice updates change. */
  readonly practice: readonly string[];
  /** Offers the updates of the named packages, and nothing else. */
  offer(names: readonly string[], how?: Offer): void;
  setFaults(...faults: readonly ServerFault[]): void;
  /** Takes the tree as it is for the one that it has to be. */
  remember(): Promise<void>;
  /** What differs from the tree that was remembered. */
  changed(): Promise<string[]>;
  /** Removes Understudy's folder, as if it had never run here. */
  forget(): void;
  dispose(): Promise<void>;
}

/** Makes the tree in a folder of its own, or as `root` in `place`. */
export async function badInputSystem(place?: string): Promise<BadInputSystem> {
  const root = place === undefined ? await leanRoot() : join(place, 'root');
  if (place !== undefined) {
    mkdirSync(root);
    await leanRootIn(root);
  }
  const archive = mkdtempSync(join(tmpdir(), 'understudy-archive-'));
  chmodSync(archive, 0o755);
  const server = await serveArchive(archive);
  const view = plainView(raw(root));
  const architecture = nativeArchitecture(statusEntries(view)) ?? 'amd64';
  const created = Math.floor((Date.now() - 60 * day) / 1000);
  const key = makeSigningKey('Understudy tests <tests@localhost>', created);
  const stranger = makeSigningKey('Stranger <stranger@localhost>', created);

  const build = async (specs: readonly PackageSpec[]): Promise<BuiltPackage[]> => {
    const built: BuiltPackage[] = [];
    for (const spec of specs) built.push(await buildPackage(spec, join(archive, 'pool')));
    return built;
  };
  const practice = practiceUpdates(view, architecture);
  const installed = await build([
    ...practice.installed,
    ...misbehaviours.map(harmless),
    withConffile('1'),
    ...moreInstalled,
  ]);
  const updates = await build([
    ...practice.updates,
    ...misbehaviours.map(misbehaving),
    withConffile('2'),
    ...moreUpdates,
  ]);

  for (const name of readdirSync(join(root, 'etc/apt/sources.list.d')))
    rmSync(join(root, 'etc/apt/sources.list.d', name));
  rmSync(join(root, 'etc/apt/sources.list'), { force: true });
  mkdirSync(join(root, 'etc/apt/keyrings'), { recursive: true });
  writeFileSync(join(root, keyring), key.keyring);
  writeFileSync(join(root, 'etc/apt/sources.list.d/test.sources'), sourceEntry(server.uri, [suite], keyring));
  // What a test looks at is the engine, not apt's patience.
  writeFileSync(join(root, 'etc/apt/apt.conf.d/99test'), 'Acquire::Retries::Delay "false";\n');
  const pool = join(root, 'install');
  mkdirSync(pool);
  for (const { file } of installed) await runOrFault(['cp', file, pool], { timeoutMs: 60_000 });
  await inTree(root, [
    'dpkg',
    '--force-unsafe-io',
    '-i',
    ...installed.map(({ file }) => `/install/${basename(file)}`),
  ]);
  rmSync(pool, { recursive: true });
  appendFileSync(join(root, editedConffile), userEdit);

  let remembered: ManifestEntry[] = [];
  const system: BadInputSystem = {
    root,
    store: join(root, 'var/lib/understudy'),
    practice: practice.updates.map(({ name }) => name),
    offer(names, how = {}) {
      const wanted = updates.filter(({ spec }) => names.includes(spec.name));
      buildArchive(archive, wanted, {
        key: how.byStranger ? stranger : key,
        suite,
        architecture,
        origin: 'Bad Input',
        label: 'Bad-Input',
        ...(how.expired
          ? { date: new Date(Date.now() - 30 * day), validUntil: new Date(Date.now() - 20 * day) }
          : {}),
      });
    },
    setFaults: (...faults) => server.setFaults(...faults),
    async remember() {
      remembered = await manifestOf(root);
    },
    changed: async () => differences(remembered, await manifestOf(root)),
    forget() {
      const above = join(root, 'var/lib');
      const { mtimeNs } = lstatSync(above, { bigint: true });
      rmSync(join(above, 'understudy'), { recursive: true, force: true });
      setModificationTime(raw(above), mtimeNs);
    },
    async dispose() {
      await server.close();
      rmSync(archive, { recursive: true, force: true });
      if (place === undefined) removeRoot(root);
    },
  };
  system.offer([]);
  await system.remember();
  return system;
}

/** Free bytes and inodes of the file system that holds the folder. */
export async function freeOn(folder: string): Promise<{ bytes: number; inodes: number }> {
  const { stdout } = await run(['stat', '--file-system', '--format=%f %S %d', folder], { timeoutMs: 10_000 });
  const [blocks = 0, size = 0, inodes = 0] = stdout.trim().split(' ').map(Number);
  return { bytes: blocks * size, inodes };
}
