/** The folders and the record of a clone: an upper and a work folder for each volume, on that volume. */
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault, systemErrorCode } from '../../fault.js';
import { removeTree } from '../../files/remove-tree.js';
import { copyTree } from '../../files/copy-tree.js';
import { writeFileDurably } from '../../files/durable.js';
import { entriesIn } from '../../files/entries.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';
import { isOverlayXattr, listXattrs, removeXattr } from '../../posix/xattr.js';
import type { System } from '../../system.js';
import type { Clone, Session, SessionOptions } from '../environment.js';
import { openSession } from '../session/open-session.js';
import type { Assembly } from '../session/protocol.js';
import { statusOf, type Layer } from './overlay-view.js';
import { isSimple, ownFolders, placeOn, volumesOf, type Volume } from './places.js';

export const layerSchema = z.strictObject({
  mount: z.string(),
  kind: z.enum(['overlay', 'copy']),
  /** The clone's folder on the volume: `upper` and `work` in it. */
  folder: z.string(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  layers: z.array(layerSchema),
});

export interface TreeClone extends Clone {
  readonly layers: readonly (Layer & { readonly work: RawPath })[];
}

/** The folder of all clones in the store. */
export const clonesFolder = 'stages';

export function createClone(system: System, id: string): TreeClone {
  const volumes = volumesOf(system);
  const layers = volumes.map((volume, index) =>
    makeLayer(system, volume, `${id}${index === 0 ? '' : `.${index}`}`),
  );
  const folder = cloneFolder(system, id);
  mkdirSync(bytes(join(folder, 'root')), { recursive: true, mode: 0o700 });
  const record: z.infer<typeof recordSchema> = { version: 1, id, layers };
  writeFileDurably(join(folder, 'clone.json'), JSON.stringify(record));
  return readClone(system, id);
}

export type LayerRecord = z.infer<typeof layerSchema>;

/** An empty overlay for a volume, or a copy of it, in the folder of this name on the volume itself. */
export function makeLayer(system: System, volume: Volume, name: string): LayerRecord {
  const kind = isSimple(volume) ? ('copy' as const) : ('overlay' as const);
  const folder = join(placeOn(system, volume, clonesFolder), name);
  mkdirSync(bytes(join(folder, 'upper')), { recursive: true, mode: 0o700 });
  mkdirSync(bytes(join(folder, 'work')), { recursive: true, mode: 0o700 });
  matchTop(join(system.root, volume.mount), join(folder, 'upper'));
  if (kind === 'copy') copyTree(join(system.root, volume.mount), join(folder, 'upper'));
  return {
    mount: volume.mount,
    kind,
    folder: folder.slice(system.root === '/' ? 1 : system.root.length + 1),
  };
}

/** Throws `STAGE_DAMAGED` when the layer is gone, or its record leads elsewhere. */
export function openLayer(system: System, id: string, record: LayerRecord): TreeClone['layers'][number] {
  const place = join(system.root, record.folder);
  const isOurs = !record.folder.split('/').includes('..');
  if (!isOurs || !statusOf(join(place, 'upper'))?.isDirectory())
    throw new Fault('STAGE_DAMAGED', `${id}: its files are missing`);
  return {
    mount: record.mount as RawPath,
    kind: record.kind,
    lower: join(system.root, record.mount),
    upper: join(place, 'upper'),
    work: join(place, 'work'),
  };
}

/** Throws `STAGE_UNKNOWN` or `STAGE_DAMAGED`. */
export function readClone(system: System, id: string): TreeClone {
  const { layers } = readCloneRecord(system, id, recordSchema);
  return {
    id,
    folder: cloneFolder(system, id),
    layers: layers.map((layer) => openLayer(system, id, layer)),
  };
}

/** Throws `STAGE_UNKNOWN` or `STAGE_DAMAGED`. */
export function readCloneRecord<T>(system: System, id: string, schema: z.ZodType<T>): T {
  const folder = cloneFolder(system, id);
  let text: string;
  try {
    text = readFileSync(bytes(join(folder, 'clone.json')), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    if (existsSync(bytes(folder))) throw new Fault('STAGE_DAMAGED', `${id}: its record is missing`);
    throw new Fault('STAGE_UNKNOWN', id);
  }
  const record = schema.safeParse(parseJson(text));
  if (!record.success) throw new Fault('STAGE_DAMAGED', `${id}: its record cannot be read`);
  return record.data;
}

export function cloneFolder(system: System, id: string): RawPath {
  return join(join(system.store, clonesFolder), id);
}

/** Removes a clone with everything in it. Repeatable; the record goes last. */
export function destroyClone(system: System, id: string): void {
  for (const volume of volumesOf(system)) {
    const place = placeOn(system, volume, clonesFolder);
    // With a /var of its own, the root's share lies under the same name as the clone, but not in the store.
    const isShare = (name: string): boolean =>
      name.startsWith(`${id}.`) || (name === id && join(place, name) !== cloneFolder(system, id));
    for (const name of readdirSync(bytes(place), { encoding: 'latin1' }))
      if (isShare(name)) removeTree(join(place, name));
  }
  const folder = cloneFolder(system, id);
  for (const name of ['upper', 'work', 'root']) removeTree(join(folder, name));
  removeTree(folder);
}

export function openCloneSession(
  system: System,
  clone: TreeClone,
  options: SessionOptions,
): Promise<Session> {
  return openSession({
    ...assemblyOf(system, clone),
    binds: options.binds.map(({ from, to, readOnly }) => ({ from, to, readOnly })),
    network: options.network,
  });
}

export function assemblyOf(system: System, clone: TreeClone): Assembly {
  return {
    layers: clone.layers.map(({ mount, kind, lower, upper, work }) => ({ mount, kind, lower, upper, work })),
    mountPoint: join(clone.folder, 'root'),
    hidden: ownFolders(volumesOf(system)),
    userNamespace: inUserNamespace(),
  };
}

/** Removes the marks that overlayfs leaves on files, since those very inodes become part of the running system. */
export function stripOverlayMarks(clone: TreeClone): void {
  const walk = (folder: RawPath): void => {
    for (const entry of entriesIn(folder)) {
      const path = join(folder, entry.name);
      if (entry.isFolder) walk(path);
      else for (const name of listXattrs(path).filter(isOverlayXattr)) removeXattr(path, name);
    }
  };
  for (const layer of clone.layers) walk(layer.upper);
}

/** True when this process is root in a user namespace only (user_namespaces(7)). */
export function inUserNamespace(map = readFileSync('/proc/self/uid_map', 'utf8')): boolean {
  const [inner, outer, count] = map.trim().split(/\s+/).map(Number);
  return !(inner === 0 && outer === 0 && count === 4_294_967_295);
}

/** The top of the upper folder stands for the mount's own top: it must look like it. */
function matchTop(top: RawPath, upper: RawPath): void {
  const { uid, gid, mode } = lstatSync(bytes(top));
  chownSync(bytes(upper), uid, gid);
  chmodSync(bytes(upper), mode & 0o7777);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
