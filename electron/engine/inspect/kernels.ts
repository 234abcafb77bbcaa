/** The kernels that a tree holds: images, initramfs and modules, as the distributions name them. */
import { statSync } from 'node:fs';
import type { Kernel } from '../../../shared/machine.js';
import type { TreeView } from '../environments/environment.js';
import { bytes, display, raw, type RawPath } from '../posix/raw-path.js';
import { textIn } from './read.js';

/** As `Kernel`, with paths that the engine can work on: raw, relative to the root of the tree. */
export interface InstalledKernel {
  readonly release: string;
  readonly image: RawPath | null;
  readonly initramfs: RawPath | null;
  readonly modules: boolean;
}

/** Copies that package managers and bootloader tools leave beside an image, and signatures. */
const notAnImage = /(\.(old|bak|new|tmp|sig|hmac|old-dkms|signed)|\.dpkg-[a-z]+|\.rpm(new|save)|~)$/;

/** Newest first. Throws when `/boot` or the modules cannot be listed. */
export function installedKernels(view: TreeView): InstalledKernel[] {
  const found = new Map<string, InstalledKernel>();
  const add = (kernel: InstalledKernel): void => {
    const known = found.get(kernel.release);
    found.set(kernel.release, {
      release: kernel.release,
      image: known?.image ?? kernel.image,
      initramfs: known?.initramfs ?? kernel.initramfs,
      modules: (known?.modules ?? false) || kernel.modules,
    });
  };
  const moduleFolders = modulesOf(view);
  // Of several with one name, such as those that stay for the kernel that still runs, the image is the newest one's.
  const named = new Map(
    moduleFolders
      .toSorted((a, b) => compareReleases(a.release, b.release))
      .map(({ imageName, release }) => [imageName, release]),
  );
  for (const { suffix, image, initramfs } of imagesIn(view)) {
    const release = named.get(suffix) ?? suffix;
    add({ release, image, initramfs, modules: moduleFolders.some((folder) => folder.release === release) });
  }
  for (const entry of specificationEntries(view)) add(entry);
  // Modules alone are a kernel only when they are complete; what a removal leaves behind (DKMS builds) is none.
  for (const { release, complete } of moduleFolders) {
    if (complete || found.has(release)) add({ release, image: null, initramfs: null, modules: true });
  }
  return [...found.values()].sort((a, b) => compareReleases(b.release, a.release));
}

/** `/boot/vmlinuz-<release>` with its initramfs: `initrd.img-` (Debian), `initramfs-….img` (Fedora, Arch), `initrd-` (SUSE). */
function imagesIn(view: TreeView): { suffix: string; image: RawPath; initramfs: RawPath | null }[] {
  const names = listIn(view, 'boot');
  return names.flatMap((name) => {
    const suffix = /^vmlinu[xz]-(.+)$/.exec(name)?.[1];
    if (suffix === undefined || notAnImage.test(name) || suffix.startsWith('0-rescue')) return [];
    const initramfs = [`initrd.img-${suffix}`, `initramfs-${suffix}.img`, `initrd-${suffix}`].find(
      (candidate) => names.includes(candidate),
    );
    return [
      {
        suffix,
        image: `boot/${name}` as RawPath,
        initramfs: initramfs === undefined ? null : (`boot/${initramfs}` as RawPath),
      },
    ];
  });
}

interface ModuleFolder {
  readonly release: string;
  /** Arch names the image after the package, which it writes into `pkgbase`. */
  readonly imageName: string;
  readonly complete: boolean;
}

/** Without merged /usr the modules are in /lib. With it, that is a link, which leads out of a tree that is not the current one. */
export function modulesFolder(view: TreeView): RawPath {
  return raw(view.resolve(raw('usr/lib/modules')) === undefined ? 'lib/modules' : 'usr/lib/modules');
}

function modulesOf(view: TreeView): ModuleFolder[] {
  const top = modulesFolder(view);
  return listIn(view, top).flatMap((name) => {
    const inside = listIn(view, `${top}/${name}`);
    if (inside.length === 0) return [];
    const release = display(name as RawPath);
    const pkgbase = inside.includes('pkgbase') ? textIn(view, `${top}/${name}/pkgbase`)?.trim() : undefined;
    return [{ release, imageName: pkgbase ?? release, complete: inside.includes('kernel') }];
  });
}

/** Boot Loader Specification, type 1: `<token>/<release>/linux` on the boot partition, as kernel-install(8) writes it. */
function specificationEntries(view: TreeView): InstalledKernel[] {
  return ['boot', 'efi', 'boot/efi'].flatMap((top) =>
    listIn(view, top)
      .filter((token) => /^[0-9a-f]{32}$/.test(token))
      .flatMap((token) => {
        const folder = `${top}/${token}`;
        return listIn(view, folder).flatMap((release): InstalledKernel[] => {
          const inside = listIn(view, `${folder}/${release}`);
          if (!inside.includes('linux')) return [];
          const initramfs = ['initrd', 'initramfs', 'initrd.img'].find((name) => inside.includes(name));
          return [
            {
              release: display(release as RawPath),
              image: `${folder}/${release}/linux` as RawPath,
              initramfs: initramfs === undefined ? null : (`${folder}/${release}/${initramfs}` as RawPath),
              modules: view.resolve(raw(`usr/lib/modules/${release}`)) !== undefined,
            },
          ];
        });
      }),
  );
}

function listIn(view: TreeView, path: string): string[] {
  return view.list(path as RawPath) ?? [];
}

/** Kernels as the contract has them. `running` is the release of the running kernel, or null for another root. */
export function describeKernels(kernels: readonly InstalledKernel[], running: string | null): Kernel[] {
  return kernels.map((kernel) => ({
    release: kernel.release,
    image: kernel.image === null ? null : `/${display(kernel.image)}`,
    initramfs: kernel.initramfs === null ? null : `/${display(kernel.initramfs)}`,
    modules: kernel.modules,
    running: kernel.release === running,
  }));
}

/** Bytes of the largest kernel image together with its initramfs; 0 when there is none. */
export function largestPair(view: TreeView, kernels: readonly InstalledKernel[]): number {
  const sizes = kernels.map((kernel) => sizeOf(view, kernel.image) + sizeOf(view, kernel.initramfs));
  return Math.max(0, ...sizes);
}

function sizeOf(view: TreeView, path: RawPath | null): number {
  const found = path === null ? undefined : view.resolve(path);
  return found === undefined ? 0 : statSync(bytes(found)).size;
}

/** Orders release strings as people read them: numbers by value, `-rc` before the release itself. */
export function compareReleases(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = compareParts(left[index] ?? '', right[index] ?? '');
    if (difference !== 0) return difference;
  }
  return 0;
}

function partsOf(release: string): string[] {
  return release.match(/\d+|[a-z]+/gi) ?? [];
}

function compareParts(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'rc') return -1;
  if (b === 'rc') return 1;
  const [left, right] = [Number(a === '' ? NaN : a), Number(b === '' ? NaN : b)];
  if (!Number.isNaN(left) && !Number.isNaN(right)) return Math.sign(left - right);
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? -1 : 1;
  return a < b ? -1 : 1;
}

/**
 * What tells kernels of one distribution apart that are installed side by side: `amd64` and `cloud-amd64`, `arch` and
 * `lts`. Versions are comparable only within one flavour.
 */
export function flavourOf(release: string): string {
  return release
    .split('-')
    .filter((part) => !/^\d/.test(part) && !/^rc\d*$/.test(part))
    .map((part) => part.replace(/^(arch|zen|hardened)\d+$/, '$1')) // Arch counts its patch sets here
    .join('-');
}
