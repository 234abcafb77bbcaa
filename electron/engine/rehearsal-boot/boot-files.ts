/**
 * The kernel and the initramfs that a staged environment would start with, and whether they can find the root of a rehearsal: a folder of
 * the host that comes through 9P (Documentation/filesystems/9p.rst), for which modules may have to be brought along.
 */
import type { TreeView } from '../environments/environment.js';
import { installedKernels } from '../inspect/kernels.js';
import { join, raw, type RawPath } from '../posix/raw-path.js';
import { readText } from '../review/tree-file.js';
import type { TreeChange } from '../review/tree-change.js';

/** A file that the initramfs gets in addition: its path in there, and where it lies on the host. */
export interface Supplement {
  readonly path: string;
  readonly from: RawPath;
}

export interface BootFiles {
  readonly release: string;
  /** On the host. */
  readonly kernel: RawPath;
  readonly initramfs: RawPath;
  readonly supplement: readonly Supplement[];
}

export type FoundBootFiles = { readonly found: BootFiles } | { readonly missing: string };

const largestIndex = 64 * 1024 * 1024;

/** What the root needs: the file system, its way through virtio, and virtio's way to the machine. */
const wanted = ['9p', '9pnet_virtio', 'virtio_pci'];

export function findBootFiles(view: TreeView, changes: readonly TreeChange[]): FoundBootFiles {
  const kernels = installedKernels(view);
  const brought = new Set(changes.flatMap(({ path, kind }) => (kind === 'removed' ? [] : [path])));
  const bootable = kernels.flatMap(({ release, image, initramfs }) => {
    const kernel = image === null ? undefined : view.resolve(image);
    return image === null || kernel === undefined ? [] : [{ release, image, kernel, initramfs }];
  });
  // The newest is what the boot loader takes; of several kinds, the one that the update brings.
  const chosen = bootable.find(({ image }) => brought.has(image)) ?? bootable[0];
  if (chosen === undefined) return { missing: 'There is no kernel in this environment.' };
  const { release, kernel } = chosen;
  if (
    view.resolve(raw('usr/lib/systemd/systemd')) === undefined &&
    view.resolve(raw('lib/systemd/systemd')) === undefined
  )
    return { missing: 'This environment is not started by systemd, whose word is needed on how it went.' };
  const initramfs = chosen.initramfs === null ? undefined : view.resolve(chosen.initramfs);
  if (initramfs === undefined) return { missing: `The kernel ${release} has no initramfs.` };
  // Others do not take a root that they were not made for: they would fail here and start on the real disk.
  if (view.resolve(raw('usr/share/initramfs-tools/init')) === undefined)
    return { missing: 'Only an initramfs made by initramfs-tools can be given the root of a rehearsal.' };
  const supplement = modulesFor(view, release);
  if (supplement === undefined)
    return { missing: `The kernel ${release} has no 9P, through which a rehearsal gets its root.` };
  return { found: { release, kernel, initramfs, supplement } };
}

/** The modules with all that they depend on, and every index, so that udev and modprobe find them by what they are for. */
function modulesFor(view: TreeView, release: string): Supplement[] | undefined {
  const folder = ['usr/lib/modules', 'lib/modules']
    .map((top) => join(raw(top), release))
    .find((path) => (view.list(path) ?? []).includes('modules.dep'));
  if (folder === undefined) return undefined;
  const dependencies = new Map(
    (readText(view, join(folder, 'modules.dep'), largestIndex) ?? '').split('\n').map((line) => {
      // modules.dep(5)
      const [module = '', others = ''] = line.split(':');
      return [moduleName(module), [module, ...others.split(' ').filter(Boolean)]] as const;
    }),
  );
  const builtIn = new Set(
    (readText(view, join(folder, 'modules.builtin'), largestIndex) ?? '').split('\n').map(moduleName),
  );
  if (!wanted.every((name) => dependencies.has(name) || builtIn.has(name))) return undefined;
  const modules = new Set(wanted.flatMap((name) => dependencies.get(name) ?? []));
  const indexes = (view.list(folder) ?? []).filter((name) => name.startsWith('modules.'));
  return [...indexes, ...modules].flatMap((name) => {
    const from = view.resolve(join(folder, name));
    return from === undefined ? [] : [{ path: `lib/modules/${release}/${name}`, from }];
  });
}

/** `kernel/net/9p/9pnet_virtio.ko.xz` is `9pnet_virtio`; a dash and an underscore are the same. */
function moduleName(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.ko(\.\w+)?$/, '')
    .replace(/-/g, '_');
}
