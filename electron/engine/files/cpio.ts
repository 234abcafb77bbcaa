/** Entries of a cpio archive ("newc") as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format.rst). */

export const cpioModes = { file: 0o100_644, folder: 0o40_755 } as const;

export function cpioEntry(name: string, mode: number, inode: number, content: Buffer): Buffer {
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map(hex).join('')}`, 'latin1');
  return Buffer.concat([padded(Buffer.concat([header, nameBytes])), padded(content)]);
}

/** The last entry of every archive. */
export function cpioEnd(): Buffer {
  return cpioEntry('TRAILER!!!', 0, 0, Buffer.alloc(0));
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** To a multiple of four bytes, at which each entry and each archive begins. */
export function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
}
