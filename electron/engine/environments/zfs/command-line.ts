/**
 * Which dataset the boot entry asks for, as the initramfs reads it: dracut.zfs(7), contrib/initramfs of OpenZFS, genkernel(8). A name on the kernel
 * command line comes before the pool's `bootfs`.
 */

/** `undefined` when the pool decides. */
export function pinnedDataset(words: readonly string[]): string | undefined {
  const last = (key: string): string | undefined =>
    words.findLast((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const isZfs = last('rootfstype') === 'zfs' || last('boot') === 'zfs';
  const named = [fromRoot(last('real_root') ?? last('root'), isZfs), last('bootfs')].find(
    (name) => name !== undefined && isName(name),
  );
  // A dataset's name may hold spaces, which are written as plus signs.
  return named?.replaceAll('+', ' ');
}

function fromRoot(root: string | undefined, isZfs: boolean): string | undefined {
  const named = /^(?:zfs:(?:FILESYSTEM=|ZFS=)?|ZFS=|FILESYSTEM=)(.*)$/.exec(root ?? '')?.[1];
  return named ?? (isZfs ? root : undefined);
}

/** `AUTO`, and for most of them the name of a mere pool, leave it to the pool; a device is no dataset. */
function isName(name: string): boolean {
  return name.includes('/') && !name.startsWith('/');
}
