/**
 * Which running programs use files that the switch replaces or that an earlier update has deleted: they go on with the old
 * ones until they are started again. Read from /proc/PID/exe and /proc/PID/maps (proc(5)); what this user may not read is
 * left out, and so is what runs in a container, with files of its own.
 */
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ServiceUse } from '../../../shared/changeset.js';
import { systemErrorCode } from '../fault.js';
import { bytes, display, isWithin, join, nameOf, raw, type RawPath } from '../posix/raw-path.js';
import { storePath } from '../system.js';
import { pace } from './pace.js';
import type { TreeChange } from './tree-change.js';

export interface ServicesOptions {
  /** The root that the changes are relative to. */
  readonly root: RawPath;
  readonly changes: readonly TreeChange[];
  readonly signal: AbortSignal;
  /** Where proc is mounted. */
  readonly procRoot?: RawPath;
}

const deleted = ' (deleted)';
/** Only here are mapped files programs and libraries; deleted files elsewhere are data and shared memory. */
const programFolders = ['usr', 'opt', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/** Programs that use such files, sorted by unit, then by process. */
export async function servicesUsing({
  root,
  changes,
  signal,
  procRoot = raw('/proc'),
}: ServicesOptions): Promise<ServiceUse[]> {
  const replaced = new Set(
    changes.filter((change) => change.kind !== 'added').map((change) => change.path as string),
  );
  const breathe = pace(signal);
  const uses: ServiceUse[] = [];
  for (const name of await readdir(bytes(procRoot), { encoding: 'latin1' })) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    await breathe();
    const use = await useOf(join(procRoot, name), Number(name), root, replaced);
    if (use !== undefined) uses.push(use);
  }
  return uses.sort((a, b) => compare(a.unit ?? '\uffff', b.unit ?? '\uffff') || a.pid - b.pid);
}

async function useOf(
  folder: RawPath,
  pid: number,
  root: RawPath,
  replaced: ReadonlySet<string>,
): Promise<ServiceUse | undefined> {
  try {
    const executable = readlinkSync(bytes(join(folder, 'exe')), 'latin1');
    if (!seesTree(folder, root)) return undefined;
    const maps = await readFile(bytes(join(folder, 'maps')), 'latin1');
    const files = new Set(
      [executable, ...mappedFiles(maps)].filter((file) => isOutdated(file, root, replaced)),
    );
    if (files.size === 0) return undefined;
    return {
      unit: unitOf(readFileSync(bytes(join(folder, 'cgroup')), 'latin1')),
      process: display(nameOf(withoutMark(executable) as RawPath) as RawPath),
      pid,
      files: [...files].map((file) => display(withoutMark(file) as RawPath)).sort(compare),
    };
  } catch (error) {
    // it ended meanwhile, is a kernel thread, or belongs to someone else
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** A container has a /usr of its own; a service with private mounts still has this one. */
function seesTree(folder: RawPath, root: RawPath): boolean {
  const inTree = join(root, 'usr');
  const own = statSync(bytes(inTree));
  const its = statSync(bytes(join(folder, `root${inTree}`)), { throwIfNoEntry: false });
  return its?.ino === own.ino && its.dev === own.dev;
}

/** Files in /proc/PID/maps: `address perms offset dev inode path`, with a newline in a name as `\012`. */
function mappedFiles(maps: string): Set<string> {
  const files = new Set<string>();
  for (const line of maps.split('\n')) {
    const path = /^\S+ \S+ \S+ \S+ \d+ +(\/.*)$/.exec(line)?.[1];
    if (path !== undefined) files.add(path.replace(/\\012/g, '\n'));
  }
  return files;
}

function isOutdated(file: string, root: RawPath, replaced: ReadonlySet<string>): boolean {
  const path = withoutMark(file);
  const prefix = root === '/' ? '/' : `${root}/`;
  if (!path.startsWith(prefix)) return false;
  const inTree = path.slice(prefix.length);
  // an environment that was left by an earlier switch lies in Understudy's own folder
  if (replaced.has(inTree) || isWithin(inTree, storePath)) return true;
  return file.endsWith(deleted) && programFolders.some((folder) => isWithin(inTree, folder));
}

function withoutMark(file: string): string {
  return file.endsWith(deleted) ? file.slice(0, -deleted.length) : file;
}

/**
 * The unit of the system manager that a control group belongs to (cgroups(7)): the first part of its path that is no
 * slice. Part of a user's session answers with the user's manager or the session's scope.
 */
export function unitOf(cgroup: string): string | null {
  const lines = cgroup.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  // the unified hierarchy is 0; on older systems systemd has one of its own
  const line = lines.find((each) => each?.[2] === 'name=systemd') ?? lines.find((each) => each?.[1] === '0');
  for (const part of (line?.[3] ?? '').split('/')) {
    const name = part.replace(/^_/, '');
    if (/^.+\.(service|scope|socket|mount|swap)$/.test(name)) return display(name as RawPath);
  }
  return null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
