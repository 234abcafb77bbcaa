/** Files that look like those of a kernel to every tool that only looks: image, modules, map, and the initramfs's content. */
import { cpioEnd, cpioEntry, cpioModes } from '../../files/cpio.js';
import type { PackageEntry } from './package.js';

/** The entries of a kernel package, and where its postinst finds the content of the initramfs. */
export function kernelEntries(release: string): PackageEntry[] {
  const modules = `usr/lib/modules/${release}`;
  return [
    { path: `boot/vmlinuz-${release}`, content: kernelImage(release) },
    { path: `boot/System.map-${release}`, content: 'ffffffff81000000 T _text\n' },
    { path: `boot/config-${release}`, content: `# practice kernel ${release}\nCONFIG_MODULES=y\n` },
    { path: `${modules}/kernel/drivers/practice.ko`, content: `practice module of ${release}\n` },
    { path: `${modules}/modules.order`, content: 'kernel/drivers/practice.ko\n' },
    { path: `${modules}/modules.builtin`, content: '' },
    { path: `${modules}/modules.dep`, content: 'kernel/drivers/practice.ko:\n' },
    { path: initramfsContent(release), content: cpio([['etc/practice-release', `${release}\n`]]) },
  ];
}

export function initramfsContent(release: string): string {
  return `usr/share/understudy-practice/initramfs-${release}`;
}

/** 64 KiB with the header by which a bzImage is known (kernel: Documentation/arch/x86/boot.rst). */
function kernelImage(release: string): Buffer {
  const image = Buffer.alloc(65_536);
  image.writeUInt16LE(0xaa55, 0x1fe);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x020f, 0x206);
  image.writeUInt16LE(0x400, 0x20e); // the version text, counted from 0x200
  image.write(`${release} (practice)\0`, 0x600, 'latin1');
  return image;
}

function cpio(files: readonly (readonly [name: string, content: string])[]): Buffer {
  const entries = files.map(([name, content], index) =>
    cpioEntry(name, cpioModes.file, index + 1, Buffer.from(content, 'utf8')),
  );
  return Buffer.concat([...entries, cpioEnd()]);
}
