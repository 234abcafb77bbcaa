/** Which units of the system manager an update touches: unit files, drop-ins, and alias links (systemd.unit(5)). */
import { lstatSync, readlinkSync } from 'node:fs';
import type { TreeView } from '../../environments/environment.js';
import { bytes, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { readWhole } from '../tree-file.js';
import type { TreeChange } from '../tree-change.js';

/** The manager's unit folders, the one that wins first. */
export const unitFolders = [
  'etc/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
] as RawPath[];
const unitName = /^[A-Za-z0-9:_.@\\-]+\.(?:service|socket|timer|mount|path|target)$/;
const largestUnit = 1024 * 1024;

export interface ChangedUnit {
  /** The unit's name, `name@.service` for a template. */
  readonly name: string;
  /** What `systemd-analyze verify` is told: the unit file from the root, or the name where only a drop-in changed. */
  readonly argument: string;
  /** The path that changed. */
  readonly path: RawPath;
}

export interface ChangedUnits {
  readonly units: readonly ChangedUnit[];
  /** Alias links that point to nothing. */
  readonly dangling: readonly RawPath[];
}

export function changedUnits(view: TreeView, changes: readonly TreeChange[]): ChangedUnits {
  const units = new Map<string, ChangedUnit>();
  const dangling: RawPath[] = [];
  const add = (unit: ChangedUnit): void => {
    if (!units.has(unit.argument)) units.set(unit.argument, unit);
  };
  for (const { path, kind, type } of changes) {
    if (kind === 'removed' || (type !== 'file' && type !== 'link')) continue;
    const name = nameOf(path);
    const folder = parentOf(path);
    if (isUnitFolder(folder) && unitName.test(name)) {
      if (type === 'link') {
        if (!isMask(view, path) && view.resolve(path) === undefined) dangling.push(path);
      } else if (!isMasked(view, path)) add({ name, argument: `/${path}`, path });
    } else if (
      type === 'file' &&
      folder.endsWith('.d') &&
      name.endsWith('.conf') &&
      isUnitFolder(parentOf(folder))
    ) {
      const unit = nameOf(folder).slice(0, -2);
      const main = unitName.test(unit) ? unitFile(view, unit) : undefined;
      if (main !== undefined && !isMasked(view, main)) add({ name: unit, argument: unit, path });
    }
  }
  return { units: [...units.values()], dangling };
}

/** The file that defines a unit, or `undefined`. */
export function unitFile(view: TreeView, name: string): RawPath | undefined {
  return unitFolders.map((folder) => join(folder, name)).find((path) => view.resolve(path) !== undefined);
}

/** The text of a unit file, or `undefined` where there is none. */
export function unitText(view: TreeView, path: RawPath): string | undefined {
  return readWhole(view, path, largestUnit)?.toString('latin1');
}

function isUnitFolder(path: RawPath): boolean {
  return unitFolders.includes(path);
}

/** An empty file, or a link to /dev/null, masks a unit: it is not there on purpose. */
function isMasked(view: TreeView, path: RawPath): boolean {
  const onHost = view.resolve(path);
  if (onHost === undefined) return isMask(view, path);
  const stat = lstatSync(bytes(onHost));
  return !stat.isFile() || stat.size === 0;
}

function isMask(view: TreeView, path: RawPath): boolean {
  const onHost = view.locate(path);
  if (onHost === undefined || !lstatSync(bytes(onHost)).isSymbolicLink()) return false;
  return readlinkSync(bytes(onHost), 'latin1') === '/dev/null';
}
