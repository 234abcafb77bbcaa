/**
 * The helper that a packaged app brings: a Node of its own and the program, beside the archive, for Electron's own program is not allowed to be
 * a Node there (the fuse `RunAsNode`). Invariant: what is to run as root lies where root can read it; the mount of an AppImage is
 * closed to root (FUSE, mount.fuse3(8), `allow_root`), so there it is copied first, wholly or not at all.
 */
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HelperProgram } from '../services/elevate/helper-program.js';

export interface Installation {
  readonly isPackaged: boolean;
  /** Folder of the resources: `process.resourcesPath`. */
  readonly resources: string;
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What is copied out of an AppImage: folders of the resources. */
const parts = ['runtime', 'program'] as const;
/** Copies of other versions go after so many days without use; a helper that still runs may load more of its program. */
const keptDays = 30;

/** Undefined in a checkout, where the services find their own. */
export async function helperProgram(installation: Installation): Promise<HelperProgram | undefined> {
  const { isPackaged, resources, environment } = installation;
  if (!isPackaged) return undefined;
  const isAppImage = environment['APPIMAGE'] !== undefined;
  return programIn(isAppImage ? await copied(installation) : resources);
}

function programIn(folder: string): HelperProgram {
  return {
    node: join(folder, 'runtime/node'),
    main: join(folder, 'program/dist/program/helper.js'),
    isElectron: false,
  };
}

async function copied({ resources, version, environment }: Installation): Promise<string> {
  const place = cacheFolder(environment);
  const target = join(place, `helper-${version}`);
  await mkdir(place, { recursive: true, mode: 0o700 });
  if (!(await isThere(target))) {
    const beside = await mkdtemp(join(place, 'new-'));
    for (const part of parts) await cp(join(resources, part), join(beside, part), { recursive: true });
    await rename(beside, target).catch(async (error: unknown) => {
      // Another start of the app was quicker.
      await rm(beside, { recursive: true, force: true });
      if (!(await isThere(target))) throw error;
    });
  }
  const now = new Date();
  await utimes(target, now, now);
  await removeUnused(place, now);
  return target;
}

async function removeUnused(place: string, now: Date): Promise<void> {
  for (const name of await readdir(place)) {
    if (!/^(helper|new)-/.test(name)) continue;
    const { mtimeMs } = await stat(join(place, name));
    if (now.getTime() - mtimeMs > keptDays * 24 * 3_600_000)
      await rm(join(place, name), { recursive: true, force: true });
  }
}

/** By the XDG Base Directory Specification: a path that is not absolute is ignored. */
function cacheFolder({ XDG_CACHE_HOME: given }: NodeJS.ProcessEnv): string {
  return join(given?.startsWith('/') === true ? given : join(homedir(), '.cache'), 'understudy');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
