/**
 * The overlay of a staged layer. Whoever mounts it does so with the same options: every entry of the upper folder stays complete and
 * readable without the overlay.
 */
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { mount } from '../../posix/mount.js';
import { bytes, join, type RawPath } from '../../posix/raw-path.js';

export interface OverlayFolders {
  readonly lower: RawPath;
  readonly upper: RawPath;
  readonly work: RawPath;
}

export interface OverlayMount {
  /** How it is called in the list of mounts. */
  readonly source: string;
  /** mount(2). */
  readonly flags: number;
  /** Without any fsync, so that it must not be mounted again before all of it is synced. */
  readonly isVolatile: boolean;
  readonly userNamespace: boolean;
}

export function mountOverlay(layer: OverlayFolders, target: RawPath, how: OverlayMount): void {
  // The mark of an earlier volatile mount; its data was synced when that session closed.
  rmSync(bytes(join(layer.work, 'work/incompat')), { recursive: true, force: true });
  // Through descriptors, since a path with a comma or colon cannot be written in the option string.
  const folders = [layer.lower, layer.upper, layer.work].map((path) =>
    openSync(bytes(path), constants.O_RDONLY | constants.O_DIRECTORY),
  );
  const [lower, upper, work] = folders.map((fd) => `/proc/self/fd/${fd}`);
  const options = [
    `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
    how.userNamespace ? 'userxattr' : 'redirect_dir=nofollow,metacopy=off,index=off,xino=off',
    ...(how.isVolatile ? ['volatile'] : []),
  ];
  try {
    mount(how.source, target, 'overlay', how.flags, options.join(','));
  } finally {
    for (const fd of folders) closeSync(fd);
  }
}
