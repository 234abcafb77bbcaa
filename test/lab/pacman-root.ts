/**
 * A small root tree that pacman manages: the machine's own pacman and gpg with the libraries that they need, a shell, and what scripts of
 * packages call. Like a system of Arch it has no other package manager. No network is needed.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';

const limit = { timeoutMs: 120_000 };

const programs = [
  ...['pacman', 'pacman-conf', 'vercmp', 'gpg', 'bsdtar', 'bash', 'sh'],
  ...['cat', 'chmod', 'chown', 'cp', 'env', 'false', 'gzip', 'head', 'ln', 'ls', 'mkdir', 'mv', 'rm'],
  ...['sed', 'sleep', 'tail', 'tee', 'touch', 'true', 'grep', 'dd'],
];

/** Why no such tree can be made here, or `undefined`. For `describe.skipIf`. */
export async function pacmanRootImpossible(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  for (const program of ['pacman', 'repo-add', 'bsdtar', 'gpg']) {
    const probe = await run([program, '--version'], { timeoutMs: 30_000 });
    if (probe.ended !== 'exit') return `needs ${program}`;
  }
  return undefined;
}

/** The folder of a fresh tree; the caller removes it with `removeRoot`. */
export async function pacmanRoot(): Promise<string> {
  const root = join(mkdtempSync(join(tmpdir(), 'understudy-root-')), 'root');
  for (const folder of [
    'usr/bin',
    'usr/lib',
    'usr/lib64',
    'var/cache/pacman/pkg',
    'var/lib/pacman',
    'var/log',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['dev', 'proc', 'sys', 'run', 'tmp', 'var/tmp', 'root', 'boot', 'etc/pacman.d'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const [link, target] of [
    ['bin', 'usr/bin'],
    ['sbin', 'usr/bin'],
    ['usr/sbin', 'bin'],
    ['lib', 'usr/lib'],
    ['lib64', 'usr/lib64'],
    // libalpm looks there for the room on the disks.
    ['etc/mtab', '../proc/self/mounts'],
  ] as const)
    symlinkSync(target, join(root, link));
  await copyPrograms(root);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/bash\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  writeFileSync(join(root, 'etc/os-release'), 'ID=arch\nNAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\n');
  return root;
}

async function copyPrograms(root: string): Promise<void> {
  const found = programs.map((name) => {
    const place = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].find((folder) => existsSync(join(folder, name)));
    if (place === undefined) throw new Error(`no ${name} here`);
    return [name, realpathSync(join(place, name))] as const;
  });
  for (const [name, file] of found) put(file, join(root, 'usr/bin', name));
  const { stdout } = await runOrFault(['ldd', ...found.map(([, file]) => file)], limit);
  const libraries = new Set([...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path));
  const folders = new Set<string>();
  for (const path of libraries) {
    if (path.endsWith(':')) continue;
    // The loader is asked for by its whole path, in lib64; the libraries are found by their names.
    const place = path.startsWith('/lib64/')
      ? path
      : join('/usr/lib', basename(dirname(path)), basename(path));
    folders.add(dirname(place));
    put(realpathSync(path), join(root, place));
  }
  writeFileSync(join(root, 'etc/ld.so.conf'), `${[...folders].join('\n')}\n`);
  await runOrFault(['ldconfig', '-r', root], limit);
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}
