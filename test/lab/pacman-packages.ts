/** Makes real packages of pacman from a description (alpm-package(7)), signed, with the archive's own database made by `repo-add`. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  makeSigningKey,
  signDetached,
  type SigningKey,
} from '../../electron/engine/practice/archive/openpgp.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { runSyncOrFault } from '../../electron/engine/process/run-sync.js';

const limit = { timeoutMs: 120_000 };

export interface PacmanPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Content by path, relative to the root. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly depends?: readonly string[];
  readonly provides?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly replaces?: readonly string[];
  /** Configuration files. */
  readonly backup?: readonly string[];
  /** Bodies of the functions of its `.INSTALL`, by their names such as `post_upgrade`. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** The name of its folder in a database. */
export function folderOf({ name, version }: PacmanPackage): string {
  return `${name}-${version}`;
}

export function fileNameOf(spec: PacmanPackage): string {
  return `${folderOf(spec)}-${spec.architecture ?? 'any'}.pkg.tar.gz`;
}

/** The file of a package, in `folder`. */
export async function makePackage(spec: PacmanPackage, folder: string): Promise<string> {
  const tree = mkdtempSync(join(tmpdir(), 'understudy-package-'));
  try {
    const put = (path: string, content: string | Buffer): void => {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
      chmodSync(join(tree, path), path.includes('bin/') ? 0o755 : 0o644);
    };
    const files = { [`usr/share/${spec.name}/content`]: `version ${spec.version}\n`, ...spec.files };
    for (const [path, content] of Object.entries(files)) put(path, content);
    put('.PKGINFO', informationOf(spec, files));
    const scripts = Object.entries(spec.scripts ?? {});
    if (scripts.length > 0)
      put('.INSTALL', scripts.map(([name, body]) => `${name}() {\n${body}\n}\n`).join('\n'));
    const tops = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path));
    const members = ['.PKGINFO', ...(scripts.length > 0 ? ['.INSTALL'] : []), ...tops];
    const file = join(folder, fileNameOf(spec));
    const owner = ['--uid', '0', '--gid', '0', '--uname', 'root', '--gname', 'root'];
    await runOrFault(['bsdtar', '-C', tree, ...owner, '-czf', file, ...members], limit);
    return file;
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function informationOf(spec: PacmanPackage, files: Readonly<Record<string, string | Buffer>>): string {
  const size = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  const list = (name: string, values: readonly string[] = []): string[] =>
    values.map((value) => `${name} = ${value}`);
  return [
    `pkgname = ${spec.name}`,
    `pkgbase = ${spec.name}`,
    `pkgver = ${spec.version}`,
    `pkgdesc = ${spec.name}, to try updates with`,
    'url = none',
    'builddate = 1767225600',
    'packager = Understudy tests <tests@localhost>',
    `size = ${size}`,
    `arch = ${spec.architecture ?? 'any'}`,
    'license = GPL',
    ...list('depend', spec.depends),
    ...list('provides', spec.provides),
    ...list('conflict', spec.conflicts),
    ...list('replaces', spec.replaces),
    ...list('backup', spec.backup),
    '',
  ].join('\n');
}

const day = 24 * 3600;

/** A key that is older than every signature of a test. */
export function makeKey(userId: string): SigningKey {
  return makeSigningKey(userId, seconds() - 60 * day);
}

/** Writes the detached signature of a file beside it; `expired`: one that was good for ten days, thirty days ago. */
export function signFile(file: string, key: SigningKey, how: 'valid' | 'expired' = 'valid'): void {
  const content = readFileSync(file);
  const made =
    how === 'valid'
      ? signDetached(content, key, seconds())
      : signDetached(content, key, seconds() - 30 * day, 10 * day);
  writeFileSync(`${file}.sig`, made);
}

/** Makes it a key that the tree trusts, as `pacman-key --add` and `--lsign-key` do. */
export async function trustKey(root: string, key: SigningKey): Promise<void> {
  // Not in the tree, whose path may be too long for the name of a socket (unix(7)): gpg does nothing without a place for those.
  const home = mkdtempSync(join(tmpdir(), 'understudy-gpg-'));
  try {
    // pacman looks for this one, where pacman-key keeps the keys.
    writeFileSync(join(home, 'pubring.gpg'), '');
    const gpg = ['gpg', '--homedir', home, '--batch', '--quiet', '--no-autostart'] as const;
    await runOrFault([...gpg, '--import'], { ...limit, input: key.keyring });
    const input = `${key.fingerprint.toString('hex').toUpperCase()}:6:\n`;
    await runOrFault([...gpg, '--import-ownertrust'], { ...limit, input });
    const place = join(root, 'etc/pacman.d/gnupg');
    mkdirSync(place, { recursive: true, mode: 0o700 });
    for (const name of ['pubring.gpg', 'trustdb.gpg']) copyFileSync(join(home, name), join(place, name));
  } finally {
    rmSync(home, { recursive: true });
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** What `repo-add` says of the packages, as a folder for each of them; `work` is an empty folder. */
export async function describePackages(files: readonly string[], work: string): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'understudy-database-'));
  try {
    const database = join(place, 'all.db.tar.gz');
    await runOrFault(['repo-add', '--quiet', '--nocolor', database, ...files], limit);
    await runOrFault(['bsdtar', '-C', work, '-xf', database], limit);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** An archive's database of some of these descriptions. Without any it is an empty archive, as `repo-add` would leave it. */
export function writeDatabase(file: string, descriptions: string, folders: readonly string[]): void {
  const members = folders.length > 0 ? [...folders] : ['-T', '/dev/null'];
  runSyncOrFault(['bsdtar', '-C', descriptions, '-czf', `${file}.new`, ...members], limit);
  copyFileSync(`${file}.new`, file);
  rmSync(`${file}.new`);
}
