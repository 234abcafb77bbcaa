/** The fixture of the conformance suite for apt: a Debian root, the practice packages and some bad ones, and a faulty mirror. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainView } from '../../electron/engine/environments/plain-view.js';
import { apt } from '../../electron/engine/packages/apt/apt.js';
import { nativeArchitecture, statusEntries } from '../../electron/engine/packages/apt/database.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { buildArchive, sourceEntry } from '../../electron/engine/practice/archive/archive.js';
import { makeSigningKey } from '../../electron/engine/practice/archive/openpgp.js';
import { buildPackage, type BuiltPackage } from '../../electron/engine/practice/archive/package.js';
import { editedConffile, practiceUpdates } from '../../electron/engine/practice/archive/practice-updates.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { openSystem } from '../../electron/engine/system.js';
import type { PackageFixture } from '../conformance/package-manager/suite.js';
import { archiveFaults, type ArchiveFiles } from './archive-faults.js';
import { serveArchive } from './archive-server.js';
import { badName, harmless, misbehaving, misbehaviours, withConffile } from './bad-packages.js';
import { debianRoot, type Recipe } from './debian-root.js';
import { removeRoot } from './template.js';
import { throwawaySession, treeSession } from './tree-session.js';

const day = 24 * 3600_000;
const suites = ['practice', 'practice-security'] as const;
const keyring = '/etc/apt/keyrings/understudy-test.gpg';

export interface AptFixture extends PackageFixture {
  /** What the server was asked for. */
  readonly requests: readonly { readonly path: string; readonly range: string | undefined }[];
  readonly uri: string;
}

export async function aptFixture(recipe: Recipe = {}): Promise<AptFixture> {
  const root = await debianRoot(recipe);
  const folder = mkdtempSync(join(tmpdir(), 'understudy-archive-'));
  const view = plainView(raw(root));
  const architecture = nativeArchitecture(statusEntries(view)) ?? 'amd64';
  const server = await serveArchive(folder);
  const key = makeSigningKey(
    'Understudy tests <tests@localhost>',
    Math.floor((Date.now() - 60 * day) / 1000),
  );
  const stranger = makeSigningKey(
    'Stranger <stranger@localhost>',
    Math.floor((Date.now() - 60 * day) / 1000),
  );

  const practice = practiceUpdates(view, architecture);
  const build = async (specs: readonly Parameters<typeof buildPackage>[0][]): Promise<BuiltPackage[]> => {
    const built: BuiltPackage[] = [];
    for (const spec of specs) built.push(await buildPackage(spec, join(folder, 'pool')));
    return built;
  };
  const installed = await build([...practice.installed, ...misbehaviours.map(harmless), withConffile('1')]);
  const updates = await build([...practice.updates, ...misbehaviours.map(misbehaving), withConffile('2')]);

  mkdirSync(join(root, 'etc/apt/keyrings'), { recursive: true });
  writeFileSync(join(root, keyring), key.keyring);
  writeFileSync(join(root, 'etc/apt/sources.list'), '');
  writeFileSync(join(root, 'etc/apt/sources.list.d/test.sources'), sourceEntry(server.uri, suites, keyring));
  // What a test looks at is the engine, not apt's patience.
  writeFileSync(join(root, 'etc/apt/apt.conf.d/99test'), 'Acquire::Retries::Delay "false";\n');
  await install(root, installed);

  let offered: readonly string[] = [];
  const write = (more: { key?: typeof key; date?: Date; validUntil?: Date } = {}): void => {
    const wanted = updates.filter(({ spec }) => offered.includes(spec.name) || isNeeded(spec.name, offered));
    const isSecurity = ({ spec }: BuiltPackage): boolean => practice.security.includes(spec.name);
    const contents = {
      practice: wanted.filter((built) => !isSecurity(built)),
      'practice-security': wanted.filter(isSecurity),
    };
    for (const suite of suites) {
      const label = suite === 'practice' ? 'Practice' : 'Practice-Security';
      buildArchive(folder, contents[suite], { key, suite, architecture, origin: 'Practice', label, ...more });
    }
  };
  write();

  return {
    root,
    view,
    uri: server.uri,
    requests: server.requests,
    names: {
      settings: 'understudy-practice-settings',
      security: 'understudy-practice-program',
      kernel: 'understudy-practice-kernel',
      kernelImage: 'understudy-practice-kernel-6.1.0-2-practice',
      failing: badName('postinst-fails'),
      hanging: badName('hangs'),
    },
    versions: { installed: '1.0-1', update: '1.1-1' },
    conffile: editedConffile,
    conffileBeside: raw(`${editedConffile}.dpkg-dist`),
    conffileOld: raw(`${editedConffile}.dpkg-old`),
    cached: () =>
      readdirSync(join(root, 'var/lib/understudy/packages/apt/archives')).filter((name) =>
        name.endsWith('.deb'),
      ),
    cachedFile: (name) => join(root, 'var/lib/understudy/packages/apt/archives', name),
    offer(...names) {
      offered = names;
      write();
    },
    disorder(what) {
      if (what === 'none') write();
      if (what === 'unknown-key') write({ key: stranger });
      if (what === 'expired') {
        write({ date: new Date(Date.now() - 30 * day), validUntil: new Date(Date.now() - 20 * day) });
      }
      server.setFaults(...archiveFaults(what, archiveFiles));
    },
    session: (use, keep) => {
      const open = keep === 'kept' ? treeSession : throwawaySession;
      const network = use === 'fetch' ? 'host' : 'none';
      return open(root, { network, binds: apt.binds(openSystem(root), use) });
    },
    async hold(session, name) {
      const result = await session.run(['apt-mark', 'hold', name], { timeoutMs: 30_000 });
      if (result.status !== 0) throw new Error(result.stderr);
    },
    async interrupt(session, name) {
      const script =
        'sed -i "/^Package: $1\\$/,/^\\$/s/^Status: .*/Status: install ok unpacked/" /var/lib/dpkg/status';
      const result = await session.run(['sh', '-c', script, 'sh', name], { timeoutMs: 30_000 });
      if (result.status !== 0) throw new Error(result.stderr);
    },
    async dispose() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
      removeRoot(root);
    },
  };
}

/** The packages that come along with an offered one. */
function isNeeded(name: string, offered: readonly string[]): boolean {
  if (name.startsWith('understudy-practice-kernel-')) return offered.includes('understudy-practice-kernel');
  return name === 'understudy-practice-library' && offered.includes('understudy-practice-program');
}

const archiveFiles: ArchiveFiles = {
  index: /Packages/,
  wrongSignature: {
    path: /InRelease$/,
    kind: 'replace',
    content: (original) => Buffer.from(original.toString().replace('Label: P', 'Label: Q')),
  },
  packages: /program.*\.deb$/,
};

/** Installs the packages as a user would have, long before Understudy. */
async function install(root: string, packages: readonly BuiltPackage[]): Promise<void> {
  const folder = mkdtempSync(join(root, 'install-'));
  await runOrFault(['cp', ...packages.map(({ file }) => file), folder], { timeoutMs: 60_000 });
  const session = await treeSession(root, { network: 'none', binds: [] });
  try {
    const files = readdirSync(folder).map((name) => `${folder.slice(root.length)}/${name}`);
    const result = await session.run(['dpkg', '--force-unsafe-io', '--install', ...files], {
      timeoutMs: 60_000,
    });
    if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`);
  } finally {
    await session.close();
    rmSync(folder, { recursive: true });
  }
}
