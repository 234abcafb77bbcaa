/** Which kernel of a tree a start of it takes, with its initramfs. */
import type { TreeView } from '../environments/environment.js';
import { flavourOf, installedKernels } from '../inspect/kernels.js';
import { raw, type RawPath } from '../posix/raw-path.js';

export interface BootFiles {
  readonly release: string;
  readonly kernel: RawPath;
  /** In the order in which they are loaded: the processor's microcode first. */
  readonly initrds: readonly RawPath[];
}

/** The kernel of this release, or the newest of its flavour. Undefined where its image, its modules or its initramfs are missing. */
export function bootFilesOf(
  view: TreeView,
  release: string,
  which: 'same' | 'newest',
): BootFiles | undefined {
  const isWanted = (candidate: string): boolean =>
    which === 'same' ? candidate === release : flavourOf(candidate) === flavourOf(release);
  const found = installedKernels(view).find(
    ({ release: candidate, image, initramfs, modules }) =>
      isWanted(candidate) && image !== null && initramfs !== null && modules,
  );
  if (found?.image == null || found.initramfs === null) return undefined;
  const kernel = view.resolve(found.image);
  const initramfs = view.resolve(found.initramfs);
  if (kernel === undefined || initramfs === undefined) return undefined;
  return { release: found.release, kernel, initrds: [...microcode(view), initramfs] };
}

/** Arch and its relatives load it from files of its own; elsewhere it is part of the initramfs. */
function microcode(view: TreeView): RawPath[] {
  return (view.list(raw('boot')) ?? [])
    .filter((name) => /^(amd|intel)-ucode\.img$/.test(name))
    .flatMap((name) => view.resolve(`boot/${name}` as RawPath) ?? []);
}
