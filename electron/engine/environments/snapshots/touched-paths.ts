/**
 * The paths that a file system names when it tells how one snapshot became another. Folders are renamed on the way, at first to names
 * that exist only while the difference is applied; what was touched below them moves along.
 */
import type { RawPath } from '../../posix/raw-path.js';

export interface TouchedNode {
  touched: boolean;
  readonly children: Map<string, TouchedNode>;
}

export class TouchedPaths {
  readonly top = node();

  touch(path: RawPath): void {
    this.#reach(path).touched = true;
  }

  /** Both names are touched. */
  rename(from: RawPath, to: RawPath): void {
    const moved = this.#take(from);
    this.touch(from);
    const target = this.#reach(to);
    target.touched = true;
    if (moved) merge(moved, target);
  }

  #reach(path: RawPath): TouchedNode {
    let current = this.top;
    for (const name of parts(path)) {
      let next = current.children.get(name);
      if (!next) current.children.set(name, (next = node()));
      current = next;
    }
    return current;
  }

  #take(path: RawPath): TouchedNode | undefined {
    const names = parts(path);
    const last = names.pop();
    let above: TouchedNode | undefined = this.top;
    for (const name of names) above = above?.children.get(name);
    if (last === undefined || !above) return undefined;
    const found = above.children.get(last);
    above.children.delete(last);
    return found;
  }
}

function node(): TouchedNode {
  return { touched: false, children: new Map() };
}

function parts(path: RawPath): string[] {
  return path.split('/').filter((name) => name !== '');
}

function merge(from: TouchedNode, to: TouchedNode): void {
  if (from.touched) to.touched = true;
  for (const [name, child] of from.children) {
    const there = to.children.get(name);
    if (there) merge(child, there);
    else to.children.set(name, child);
  }
}
