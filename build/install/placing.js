/**
 * Puts files into place and takes them away again, by name. The list of what is installed is on the disk before the first of its files: an
 * installation that was interrupted is finished by the next one, and can be removed like any other. Each file is replaced in one step, so that a
 * program that runs meanwhile finds the old one or the new one.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isOurs, listPath, programFolder } from './contents.js';

/** Answers how many files were put into place and how many of an earlier installation were taken away. */
export function place(root, files) {
  const before = listed(root);
  const foreign = files.filter(({ path }) => !before.has(path) && isThere(join(root, path)));
  if (foreign.length > 0) {
    const some = foreign.slice(0, 10).map(({ path }) => `  ${join(root, path)}`);
    throw new Error(`These files were not put there by an installation like this one:\n${some.join('\n')}`);
  }
  const after = new Set([...files.map(({ path }) => path), listPath]);
  const gone = [...before].filter((path) => !after.has(path));
  write(root, { path: listPath, mode: 0o644, text: listOf([...after, ...gone]) });
  for (const file of files) write(root, file);
  for (const path of gone) remove(root, path);
  write(root, { path: listPath, mode: 0o644, text: listOf([...after]) });
  return { placed: files.length, removed: gone.length };
}

/** Answers how many files were removed. */
export function takeAway(root) {
  const paths = [...listed(root)].filter((path) => path !== listPath);
  for (const path of paths) remove(root, path);
  remove(root, listPath);
  return { removed: paths.length };
}

function listOf(paths) {
  return `${[...new Set(paths)].sort().join('\n')}\n`;
}

/** What an earlier installation put there; empty where there is none. */
function listed(root) {
  const file = join(root, listPath);
  if (!existsSync(file)) return new Set();
  const paths = readFileSync(file, 'utf8')
    .split('\n')
    .filter((path) => path !== '');
  const strange = paths.find((path) => !isOurs(path));
  if (strange !== undefined) throw new Error(`${file} names a file that cannot be Understudy's: ${strange}`);
  return new Set(paths);
}

function isThere(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function write(root, { path, mode, from, text }) {
  const target = join(root, path);
  makeFolders(root, dirname(path));
  const beside = `${target}.understudy-new`;
  rmSync(beside, { force: true });
  if (from === undefined) writeFileSync(beside, text, { flag: 'wx' });
  else copyFileSync(from, beside);
  if (process.geteuid() === 0) chownSync(beside, 0, 0);
  chmodSync(beside, mode);
  renameSync(beside, target);
}

/** Readable to everyone, whatever the umask of the caller; folders that are there stay as they are. */
function makeFolders(root, folder) {
  if (folder === '.' || existsSync(join(root, folder))) return;
  makeFolders(root, dirname(folder));
  mkdirSync(join(root, folder));
  chmodSync(join(root, folder), 0o755);
}

/** With the folders of the program that became empty; a folder that others use too is left. */
function remove(root, path) {
  rmSync(join(root, path), { force: true });
  let folder = dirname(path);
  while (folder === programFolder || folder.startsWith(`${programFolder}/`)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return; // not empty, or gone already
    }
    folder = dirname(folder);
  }
}
