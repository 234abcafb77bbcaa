/**
 * Reads a staged tree from the overlay's own folders, without mounting it (overlayfs.rst, "whiteouts and opaque
 * directories"). Redirects and metacopy are switched off when it is mounted, so an upper entry is always whole.
 */
import { lstatSync, type Stats } from 'node:fs';
import { bytes, join, parentOf, type RawPath } from '../../posix/raw-path.js';
import { getXattr } from '../../posix/xattr.js';
import type { TreeView } from '../environment.js';
import { namesIn } from '../plain-view.js';
import { resolveInTree } from '../resolve.js';

export interface Layer {
  /** Mount point relative to the root; `''` for the root. */
  readonly mount: RawPath;
  readonly kind: 'overlay' | 'copy';
  readonly lower: RawPath;
  readonly upper: RawPath;
}

export function statusOf(path: RawPath): Stats | undefined {
  try {
    return lstatSync(bytes(path), { throwIfNoEntry: false });
  } catch {
    return undefined; // ENOTDIR: a component is no directory
  }
}

/** A character device 0/0 hides the lower entry. */
export function isWhiteout(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === 0;
}

/** An opaque directory hides everything below the lower one. */
export function isOpaque(directory: RawPath): boolean {
  for (const name of ['trusted.overlay.opaque', 'user.overlay.opaque']) {
    if (getXattr(directory, name)?.toString('latin1') === 'y') return true;
  }
  return false;
}

/** The layer that holds a path, and the path within it. */
export function layerOf(path: RawPath, layers: readonly Layer[]): { layer: Layer; inner: RawPath } {
  let best: Layer | undefined;
  for (const layer of layers) {
    const within = layer.mount === '' || path === layer.mount || path.startsWith(`${layer.mount}/`);
    if (within && (best === undefined || layer.mount.length > best.mount.length)) best = layer;
  }
  if (!best) throw new Error('a clone always has a layer for the root');
  const inner = best.mount === '' ? path : (path.slice(best.mount.length + 1) as RawPath);
  return { layer: best, inner };
}

export function overlayView(layers: readonly Layer[]): TreeView {
  const locate = (path: RawPath): RawPath | undefined => {
    const { layer, inner } = layerOf(path, layers);
    const upper = join(layer.upper, inner);
    const status = statusOf(upper);
    if (status) return isWhiteout(status) ? undefined : upper;
    if (layer.kind === 'copy' || hiddenByUpper(layer.upper, inner)) return undefined;
    const lower = join(layer.lower, inner);
    return statusOf(lower) ? lower : undefined;
  };
  return {
    locate,
    resolve: (path) => resolveInTree(path, locate)?.onHost,
    list(path) {
      const { layer, inner } = layerOf(path, layers);
      const upper = join(layer.upper, inner);
      const status = statusOf(upper);
      if (status && !status.isDirectory()) return undefined;
      if (!status && (layer.kind === 'copy' || hiddenByUpper(layer.upper, inner))) return undefined;
      if (!status) return namesIn(join(layer.lower, inner));
      const names = new Set(
        layer.kind === 'copy' || isOpaque(upper) || hiddenByUpper(layer.upper, inner)
          ? []
          : (namesIn(join(layer.lower, inner)) ?? []),
      );
      for (const name of namesIn(upper) ?? []) {
        const entry = statusOf(join(upper, name));
        if (entry && isWhiteout(entry)) names.delete(name);
        else names.add(name);
      }
      return [...names].sort();
    },
  };
}

/**
 * True when some parent of a path is a whiteout, opaque, or no directory in the upper folder. An opaque directory hides
 * the lower one with all below it, though the directories made inside it bear no mark of their own.
 */
function hiddenByUpper(upper: RawPath, inner: RawPath): boolean {
  for (let parent = parentOf(inner); parent !== ''; parent = parentOf(parent)) {
    const place = join(upper, parent);
    const status = statusOf(place);
    if (status && (!status.isDirectory() || isOpaque(place))) return true;
  }
  return false;
}
