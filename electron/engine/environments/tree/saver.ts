/** Keeps what a switch will replace outside the exchanged folders, and notes how to bring it back. */
import { linkSync, mkdirSync } from 'node:fs';
import { systemErrorCode } from '../../fault.js';
import { bigStatus } from '../../files/attributes.js';
import { copyEntry } from '../../files/copy-tree.js';
import { directoryCache } from '../../files/directory-handle.js';
import { bytes, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { statusOf } from './overlay-view.js';
import { folderAttributes, type Placement } from './placements.js';
import { volumeOf, type Volume } from './places.js';
import { relativeToRoot, restoreFolderOn } from './restore-folders.js';

/** Keeps the entries that will be replaced, as hard links on their own volume, and notes how to bring them back. */
export class Saver {
  readonly backward: Placement[] = [];
  readonly #folders = new Map<RawPath, RawPath>();
  /** Reached without following links: services own folders below /var and /etc. */
  readonly #parents: ReturnType<typeof directoryCache>;
  #count = 0;

  constructor(
    readonly system: System,
    readonly volumes: readonly Volume[],
    readonly restorePoint: string,
  ) {
    this.#parents = directoryCache(system.root);
  }

  close(): void {
    this.#parents.close();
  }

  save(path: RawPath, exists: boolean): void {
    const current = join(this.system.root, path);
    if (!exists) this.backward.push({ put: 'nothing', path });
    else if (statusOf(current)?.isDirectory())
      this.backward.push({ put: 'folder', path, attributes: folderAttributes(current) });
    else
      this.backward.push({
        put: 'entry',
        path,
        from: relativeToRoot(this.system, this.#keep(path)),
      });
    if (exists && statusOf(current)?.isDirectory()) this.saveTime(path);
  }

  saveTime(path: RawPath): void {
    this.backward.push({ put: 'time', path, time: String(bigStatus(join(this.system.root, path)).mtimeNs) });
  }

  #keep(path: RawPath): RawPath {
    const place = join(this.#folderOn(volumeOf(path, this.volumes)), String(this.#count++));
    const entry = this.#parents.of(parentOf(path)).entry(nameOf(path));
    try {
      linkSync(bytes(entry), bytes(place));
    } catch (error) {
      if (!['EPERM', 'EMLINK', 'ENOTSUP', 'EXDEV'].includes(systemErrorCode(error) ?? '')) throw error;
      copyEntry(entry, place);
    }
    return place;
  }

  #folderOn(volume: Volume): RawPath {
    const known = this.#folders.get(volume.mount);
    if (known !== undefined) return known;
    const folder = join(restoreFolderOn(this.system, volume, this.restorePoint), 'saved');
    mkdirSync(bytes(folder), { recursive: true, mode: 0o700 });
    this.#folders.set(volume.mount, folder);
    return folder;
  }
}
