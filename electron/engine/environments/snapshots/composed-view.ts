/** One tree seen with the other file systems that are mounted in it. */
import { isWithin, type RawPath } from '../../posix/raw-path.js';
import type { TreeView } from '../environment.js';
import { plainView } from '../plain-view.js';
import { resolveInTree } from '../resolve.js';

/** `others` answers for everything at and below the mounts; its paths are those of the whole system. */
export function composedView(tree: RawPath, mounts: readonly RawPath[], others: TreeView): TreeView {
  const own = plainView(tree);
  const viewOf = (path: RawPath): TreeView => (mounts.some((mount) => isWithin(path, mount)) ? others : own);
  const locate = (path: RawPath): RawPath | undefined => viewOf(path).locate(path);
  return {
    locate,
    resolve: (path) => resolveInTree(path, locate)?.onHost,
    list: (path) => viewOf(path).list(path),
  };
}

/** A tree that is gone. */
export const emptyView: TreeView = {
  locate: () => undefined,
  resolve: () => undefined,
  list: () => undefined,
};
