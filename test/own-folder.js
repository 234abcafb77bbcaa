/**
 * A folder for all temporary files of a run, on a file system of its own where that can be. What is still mounted, running or lying there at the end
 * is cleared away, and named.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { clearAway } from './leftovers.js';
import { mountOwnDisk, unmountOwnDisk } from './own-disk.js';

/**
 * Answers the folder, the environment of what runs in it, and what ends it: that answers what was left behind, a line each. Root trees that take long
 * to make are kept between runs, elsewhere.
 */
export function openOwnFolder() {
  const base = realpathSync(mkdtempSync(join(placeForFiles(), 'understudy-')));
  chmodSync(base, 0o755);
  const disk = mountOwnDisk(base);
  const folder = join(disk ?? base, 't');
  mkdirSync(folder);
  const templates = join(folder, 'templates');
  mkdirSync(templates, { mode: 0o700 });
  // Open to every user, as /tmp is: tests become other users, and apt fetches as one of its own.
  chmodSync(folder, 0o1777);
  const close = async () => {
    const left = await clearAway(folder);
    if (!unmountOwnDisk(base)) left.push(`still mounted: ${disk}`);
    return [...left, ...(await clearAway(base))];
  };
  const environment = {
    ...process.env,
    TMPDIR: folder,
    UNDERSTUDY_TEST_TEMPLATES: templates,
    UNDERSTUDY_TEST_CACHE: process.env.UNDERSTUDY_LAB ?? '/var/tmp/understudy-lab',
  };
  return { folder, environment, close };
}

/** On a real disk where there is one: an overlay (a container's root) cannot carry the overlays that tests mount. */
function placeForFiles() {
  const overlay = 0x794c7630; // statfs(2), OVERLAYFS_SUPER_MAGIC
  const places = [process.env.TMPDIR, '/var/tmp', '/tmp'].filter((place) => place && existsSync(place));
  return places.find((place) => statfsSync(place).type !== overlay) ?? places[0];
}
