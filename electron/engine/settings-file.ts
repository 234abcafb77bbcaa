/**
 * The file of settings of a system, `etc/understudy/settings.json`: root writes it, everyone may read it. No link is followed on the
 * way to it. Until the new file is whole and on the disk, the one before is in its place. Neither the folder nor anything in it belongs to an environment
 * (`environments/areas.ts`): a rollback takes no setting back, and a setting changed meanwhile stops no switch.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { problem, type Problem } from '../../shared/errors.js';
import { defaultSystemSettings, settingsSchema, type SystemSettings } from '../../shared/settings.js';
import { systemErrorCode } from './fault.js';
import { openDirectory, type DirectoryHandle } from './files/directory-handle.js';
import { readRegularFile } from './files/regular-file.js';
import { bytes, join, type RawPath } from './posix/raw-path.js';
import { setModificationTime } from './posix/times.js';

/** Relative to the root. */
export const settingsFolder = 'etc/understudy' as RawPath;
const name = 'settings.json';

/** Far more than a whole file has. */
const largest = 64 * 1024;

export interface ReadSettings {
  /** The ones that come with Understudy wherever the file cannot be used. */
  readonly settings: SystemSettings;
  /** `SETTINGS_DAMAGED`, or `STATE_NEWER` for a file that a newer Understudy wrote; null where the file is good or absent. */
  readonly problem: Problem | null;
}

/** Never throws: a system must work whatever lies there. */
export function readSettings(root: RawPath): ReadSettings {
  const place = `/${settingsFolder}/${name}`;
  const instead = (reason: Problem): ReadSettings => ({ settings: defaultSystemSettings, problem: reason });
  let text: string | undefined;
  try {
    text = textIn(root);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    return instead(problem('SETTINGS_DAMAGED', `${place}: ${why}`));
  }
  if (text === undefined) return { settings: defaultSystemSettings, problem: null };
  const content = parsed(text);
  if (versionOf(content) > 1)
    return instead(problem('STATE_NEWER', `${place}: version ${versionOf(content)}`));
  const settings = settingsSchema.safeParse(content);
  if (settings.success) return { settings: settings.data, problem: null };
  const reasons = settings.error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  return instead(problem('SETTINGS_DAMAGED', place, ...reasons));
}

/** Writes the file anew; what lay there and could not be read is kept as `settings.json.damaged`. */
export function writeSettings(root: RawPath, settings: SystemSettings, keepDamaged: boolean): void {
  const folder = openFolder(root);
  try {
    const [file, beside] = [folder.entry(name), folder.entry(`${name}.new`)];
    rmSync(bytes(beside), { force: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const fd = openSync(bytes(beside), flags, 0o600);
    try {
      const content = Buffer.from(`${JSON.stringify(settings, undefined, 2)}\n`);
      for (let written = 0; written < content.length;) written += writeSync(fd, content, written);
      fchmodSync(fd, 0o644); // whatever the umask is
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (keepDamaged) renameSync(bytes(file), bytes(folder.entry(`${name}.damaged`)));
    renameSync(bytes(beside), bytes(file));
    syncFolder(folder);
  } finally {
    folder.close();
  }
}

/** `undefined` where there is none. Throws for anything that is no small regular file. */
function textIn(root: RawPath): string | undefined {
  const folder = orAbsent(() => openDirectory(root, settingsFolder));
  if (!folder) return undefined;
  try {
    return orAbsent(() => readRegularFile(folder.entry(name), largest).toString('utf8'));
  } finally {
    folder.close();
  }
}

function orAbsent<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Made when missing; the folder above keeps its time, as the one above the store does. Throws where a link is in the way. */
function openFolder(root: RawPath): DirectoryHandle {
  const above = join(root, 'etc');
  const { mtimeNs } = lstatSync(bytes(above), { bigint: true });
  const handle = openDirectory(root, 'etc' as RawPath);
  try {
    mkdirSync(bytes(handle.entry('understudy')), { mode: 0o755 });
    const fd = openSync(bytes(handle.entry('understudy')), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      fchmodSync(fd, 0o755);
    } finally {
      closeSync(fd);
    }
    syncFolder(handle);
    setModificationTime(above, mtimeNs);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  } finally {
    handle.close();
  }
  return openDirectory(root, settingsFolder);
}

function syncFolder(folder: DirectoryHandle): void {
  const fd = openSync(bytes(folder.self), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** 0 where there is none. */
function versionOf(content: unknown): number {
  const has = typeof content === 'object' && content !== null && 'version' in content;
  return has && typeof content.version === 'number' ? content.version : 0;
}
