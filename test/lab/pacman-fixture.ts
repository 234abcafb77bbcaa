/** The fixture of the conformance suite for pacman: a small root of its own, packages good and bad, and a faulty mirror of a signed archive. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainView } from '../../electron/engine/environments/plain-view.js';
import { pacman } from '../../electron/engine/packages/pacman/pacman.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { openSystem } from '../../electron/engine/system.js';
import type { PackageFixture } from '../conformance/package-manager/suite.js';
import { archiveFaults, damaged, type ArchiveFiles } from './archive-faults.js';
import { serveArchive } from './archive-server.js';
import { removeRoot } from './template.js';
import {
  describePackages,
  fileNameOf,
  folderOf,
  makeKey,
  makePackage,
  signFile,
  trustKey,
  writeDatabase,
  type PacmanPackage,
} from './pacman-packages.js';
import { pacmanRoot } from './pacman-root.js';
import { throwawaySession, treeSession } from './tree-session.js';

export const installedVersion = '1.0-1';
export const updateVersion = '1.1-1';
const conffile = 'etc/understudy-practice/settings.conf';
const practice = (name: string): string => `understudy-practice-${name}`;
export const badName = (name: string): string => `understudy-bad-${name}`;

export interface PacmanFixture extends PackageFixture {
  /** Makes, signs (or not, or with a key that nobody trusts) and describes a package of a test's own, to be offered by its name. */
  add(spec: PacmanPackage, signed?: 'signed' | 'unsigned' | 'by-a-stranger'): Promise<void>;
  /** Installs packages in the tree itself, as an administrator would have long ago. */
  install(...specs: readonly PacmanPackage[]): Promise<void>;
  /** A command in the tree itself, as an administrator would run it. Throws when it fails. */
  inTree(argv: readonly [string, ...string[]]): Promise<string>;
}

const both = (make: (version: string) => PacmanPackage): [PacmanPackage, PacmanPackage] => [
  make(installedVersion),
  make(updateVersion),
];

const kernelRelease = (version: string): string =>
  version === installedVersion ? '6.1.0-1-practice' : '6.1.0-2-practice';

function kernelImage(version: string): PacmanPackage {
  const release = kernelRelease(version);
  return {
    name: practice(`kernel-${release}`),
    version: '1-1',
    files: { [`usr/lib/modules/${release}/vmlinuz`]: 'no kernel\n' },
    provides: ['WIREGUARD-MODULE'],
  };
}

/** Each in the version that is installed and in that of the update. */
const pairs: readonly [PacmanPackage, PacmanPackage][] = [
  both((version) => ({
    name: practice('settings'),
    version,
    files: {
      [conffile]: `# practice settings\nspeed = ${version === updateVersion ? 20 : 10}\n`,
      'etc/understudy-practice/untouched.conf': `level = ${version}\n`,
    },
    backup: [conffile, 'etc/understudy-practice/untouched.conf'],
  })),
  both((version) => ({
    name: practice('library'),
    version,
    files: { 'usr/lib/libpractice.so': `library ${version}\n` },
  })),
  both((version) => ({
    name: practice('program'),
    version,
    depends: [`${practice('library')}=${version}`],
    // More than is sent of a download that is cut short.
    files: { 'usr/share/understudy-practice/program': randomBytes(64 * 1024) },
  })),
  both((version) => ({
    name: practice('kernel'),
    version,
    depends: [kernelImage(version).name],
    provides: ['WIREGUARD-MODULE'],
  })),
  both((version) => ({
    name: badName('script-fails'),
    version,
    ...(version === updateVersion
      ? { scripts: { post_upgrade: 'echo "the script says no" >&2\nreturn 3' } }
      : {}),
  })),
  both((version) => ({
    name: badName('hangs'),
    version,
    ...(version === updateVersion
      ? { scripts: { post_upgrade: 'echo "waiting for ever"\nexec sleep 100000' } }
      : {}),
  })),
];

/** pacman itself is a package of every system that it manages. */
const pacmanItself: PacmanPackage = { name: 'pacman', version: '6.0.2-1' };

export async function pacmanFixture(): Promise<PacmanFixture> {
  const root = await pacmanRoot();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-archive-'));
  const [pool, descriptions] = [
    join(folder, 'practice'),
    mkdtempSync(join(tmpdir(), 'understudy-described-')),
  ];
  mkdirSync(pool);
  const server = await serveArchive(folder);
  const key = makeKey('Understudy tests <tests@localhost>');
  const stranger = makeKey('Stranger <stranger@localhost>');
  await trustKey(root, key);
  writeFileSync(join(root, 'etc/pacman.conf'), configuration(server.uri));

  const add: PacmanFixture['add'] = async (spec, signed = 'signed') => {
    const file = await makePackage(spec, pool);
    if (signed !== 'unsigned') signFile(file, signed === 'signed' ? key : stranger);
    await describePackages([file], descriptions);
    packages.push(spec);
  };
  const packages: PacmanPackage[] = [...pairs.map(([, update]) => update), kernelImage(updateVersion)];
  const updates = await Promise.all(packages.map((spec) => makePackage(spec, pool)));
  for (const file of updates) signFile(file, key);
  await describePackages(updates, descriptions);

  const inTree: PacmanFixture['inTree'] = async (argv) => {
    const session = await treeSession(root, { network: 'none', binds: [] });
    try {
      const result = await session.run(argv, { timeoutMs: 120_000 });
      if (result.status !== 0) throw new Error(`${argv.join(' ')}: ${result.stdout}${result.stderr}`);
      return result.stdout;
    } finally {
      await session.close();
    }
  };
  const install: PacmanFixture['install'] = async (...specs) => {
    const cache = join(root, 'var/cache/pacman/pkg');
    for (const file of await Promise.all(specs.map((spec) => makePackage(spec, cache)))) signFile(file, key);
    const files = specs.map((spec) => `/var/cache/pacman/pkg/${fileNameOf(spec)}`);
    await inTree(['pacman', '--upgrade', '--noconfirm', '--noprogressbar', ...files]);
  };
  await install(...pairs.map(([installed]) => installed), kernelImage(installedVersion), pacmanItself);

  let offered: readonly string[] = [];
  const write = (signer = key, how: 'valid' | 'expired' = 'valid'): void => {
    const wanted = packages.filter(({ name }) => offered.includes(name) || isNeeded(name, offered));
    writeDatabase(join(pool, 'practice.db'), descriptions, wanted.map(folderOf));
    signFile(join(pool, 'practice.db'), signer, how);
  };
  write();

  const archives = join(root, 'var/lib/understudy/packages/pacman/pkg');
  return {
    root,
    view: plainView(raw(root)),
    add,
    install,
    inTree,
    names: {
      settings: practice('settings'),
      security: practice('program'),
      kernel: practice('kernel'),
      kernelImage: kernelImage(updateVersion).name,
      failing: badName('script-fails'),
      hanging: badName('hangs'),
    },
    versions: { installed: installedVersion, update: updateVersion },
    conffile: raw(conffile),
    conffileBeside: raw(`${conffile}.pacnew`),
    conffileOld: raw(`${conffile}.pacsave`),
    cached: () => readdirSync(archives).filter((name) => name.endsWith('.pkg.tar.gz')),
    cachedFile: (name) => join(archives, name),
    offer(...names) {
      offered = names;
      write();
    },
    disorder(what) {
      if (what === 'none') write();
      if (what === 'unknown-key') write(stranger);
      if (what === 'expired') write(key, 'expired');
      server.setFaults(...archiveFaults(what, archiveFiles));
    },
    session: (use, keep) => {
      const open = keep === 'kept' ? treeSession : throwawaySession;
      const network = use === 'fetch' ? 'host' : 'none';
      return open(root, { network, binds: pacman.binds(openSystem(root), use) });
    },
    async hold(session, name) {
      const argv = ['sed', '-i', `s/^\\[options\\]/&\\nIgnorePkg = ${name}/`, '/etc/pacman.conf'] as const;
      const result = await session.run(argv, { timeoutMs: 30_000 });
      if (result.status !== 0) throw new Error(result.stderr);
    },
    async interrupt(session, name) {
      // As after a power cut while the files of the package were unpacked: its entry is begun, the lock is there, the log has no end.
      const script = [
        'rm /var/lib/pacman/local/$1-$2/desc',
        'touch /var/lib/pacman/db.lck',
        'echo "[2026-11-20T12:00:00+0000] [ALPM] transaction started" >>/var/log/pacman.log',
      ].join(' && ');
      const argv = ['sh', '-c', script, 'sh', name, installedVersion] as const;
      const result = await session.run(argv, { timeoutMs: 30_000 });
      if (result.status !== 0) throw new Error(result.stderr);
    },
    async dispose() {
      await server.close();
      for (const place of [folder, descriptions]) rmSync(place, { recursive: true, force: true });
      removeRoot(root);
    },
  };
}

function configuration(uri: string): string {
  return [
    '[options]',
    'HoldPkg = pacman glibc',
    'Architecture = auto',
    'CheckSpace',
    'ParallelDownloads = 5',
    'SigLevel = Required DatabaseRequired',
    'LocalFileSigLevel = Optional',
    '[practice]',
    `Server = ${uri}/$repo`,
    '',
  ].join('\n');
}

/** The packages that come along with an offered one. */
function isNeeded(name: string, offered: readonly string[]): boolean {
  if (name === kernelImage(updateVersion).name) return offered.includes(practice('kernel'));
  return name === practice('library') && offered.includes(practice('program'));
}

const archiveFiles: ArchiveFiles = {
  index: /\.db$/,
  wrongSignature: { path: /\.db\.sig$/, kind: 'replace', content: damaged },
  packages: /program.*\.pkg\.tar\.gz$/,
};
