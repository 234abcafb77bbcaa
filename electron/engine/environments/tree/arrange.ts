/**
 * Changes single entries of a staged clone in the overlay's own upper folders, while it is not mounted (overlayfs.rst, "Changes to
 * underlying filesystems"). Each entry is made beside its place and renamed into it; doing it twice changes nothing.
 */
import { constants, renameSync, unlinkSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { copyEntry } from '../../files/copy-tree.js';
import { openDirectory, type DirectoryHandle } from '../../files/directory-handle.js';
import { besideName, bytes, display, join, nameOf, parentOf, type RawPath } from '../../posix/raw-path.js';
import { makeSpecialFile } from '../../posix/special-file.js';
import type { System } from '../../system.js';
import type { Arrangement } from '../environment.js';
import type { TreeClone } from './clone.js';
import { layerOf, overlayView, statusOf } from './overlay-view.js';

export function arrange(system: System, clone: TreeClone, entries: readonly Arrangement[]): void {
  const view = overlayView(clone.layers);
  for (const entry of entries) {
    system.onStep?.('arrange');
    const { layer, inner } = layerOf(entry.path, clone.layers);
    const parent = openFolder(clone, layer.upper, inner);
    try {
      const place = parent.entry(nameOf(inner));
      const beside = parent.entry(besideName(nameOf(inner)));
      remove(beside); // of an arrangement that was cut
      if (entry.put === 'copy') copyEntry(entry.from, beside);
      else if (entry.put === 'current' && layer.kind === 'copy') {
        const current = join(layer.lower, inner);
        if (statusOf(current)) copyEntry(current, beside);
        else remove(place);
      } else {
        remove(place);
        // What the layer below has would show again.
        const shows = entry.put === 'nothing' && view.locate(entry.path) !== undefined;
        if (shows) makeSpecialFile(beside, constants.S_IFCHR, 0n); // a whiteout
      }
      if (statusOf(beside)) renameSync(bytes(beside), bytes(place));
    } finally {
      parent.close();
    }
  }
}

/** Reached without following links: what a package script made a link of is no longer what was staged. */
function openFolder({ id }: TreeClone, upper: RawPath, inner: RawPath): DirectoryHandle {
  try {
    return openDirectory(upper, parentOf(inner));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) throw error;
    throw new Fault('STAGE_DAMAGED', `${id}: the folder of /${display(inner)} is missing`);
  }
}

function remove(entry: RawPath): void {
  if (statusOf(entry)) unlinkSync(bytes(entry));
}
