/** The initramfs of a kernel: under which names distributions keep it, what makes it, and what it begins with. */
import type { TreeView } from '../environments/environment.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { namesIn } from './tree-file.js';

/** Where the initramfs of a kernel may lie, relative to the tree. */
export function initramfsCandidates(view: TreeView, release: string, name: string): RawPath[] {
  const names = [...new Set([release, name])];
  const plain = names.flatMap((each) =>
    ['initrd.img-R', 'initramfs-R.img', 'initrd-R', 'initrd-R.img', 'initramfs-R'].map(
      (form) => `boot/${form.replace('R', () => each)}`,
    ),
  );
  const modules = ['usr/lib/modules', 'lib/modules'].flatMap((root) => [
    `${root}/${release}/initrd`,
    `${root}/${release}/initramfs.img`,
  ]);
  // Boot Loader Specification: $BOOT/<entry token>/<release>/initrd
  const specified = (['boot', 'efi', 'boot/efi'] as RawPath[]).flatMap((boot) =>
    namesIn(view, boot).flatMap((token) => [
      `${join(boot, token)}/${release}/initrd`,
      `${join(boot, token)}/${release}/initrd.img`,
    ]),
  );
  return [...plain, ...modules, ...specified] as RawPath[];
}

const tools = ['update-initramfs', 'mkinitcpio', 'dracut', 'booster', 'mkinitfs', 'tinyramfs'];

/** The tool in the tree that would have made an initramfs. */
export function initramfsTool(view: TreeView): string | undefined {
  return tools.find((tool) =>
    ['usr/sbin', 'usr/bin', 'sbin', 'bin'].some(
      (folder) => view.resolve(join(folder as RawPath, tool)) !== undefined,
    ),
  );
}

/** What the kernel accepts as an initramfs (Documentation/driver-api/early-userspace): cpio, plain or compressed. */
const starts: readonly (readonly [string, Buffer])[] = [
  ['cpio', Buffer.from('070701')],
  ['cpio', Buffer.from('070702')],
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['gzip', Buffer.from([0x1f, 0x9e])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['lz4', Buffer.from([0x02, 0x21, 0x4c, 0x18])],
  ['bzip2', Buffer.from('BZh')],
  ['lzma', Buffer.from([0x5d, 0x00, 0x00])],
  ['lzo', Buffer.from([0x89, 0x4c, 0x5a, 0x4f, 0x00])],
];

/** How an initramfs that begins like this is packed, or `undefined` when the kernel would not take it. */
export function initramfsKind(start: Buffer): string | undefined {
  return starts.find(([, magic]) => start.subarray(0, magic.length).equals(magic))?.[0];
}
