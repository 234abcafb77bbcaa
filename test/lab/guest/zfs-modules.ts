/**
 * The kernel's modules of OpenZFS, which Debian has as a source alone: compiled by zfs-dkms for the kernel of a tree, once for each kernel, in a tree
 * of their own, so that no compiler gets into the guest.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, inCache, type Recipe } from '../debian-root.js';
import { inTree } from '../practice-system.js';
import { onlyKernel } from './only-kernel.js';

/** What a tree needs beside the modules to have its root on ZFS. */
export const zfsRecipe = {
  suite: 'trixie',
  include: ['zfsutils-linux', 'zfs-initramfs'],
  components: ['contrib'],
} as const satisfies Recipe;

/** Where dkms(8) of Debian puts them, below the folder of a kernel. */
const folder = 'updates/dkms';

/** Puts them into a tree that `zfsRecipe` is a part of, and into the initramfs of its kernel. */
export async function addZfsModules(root: string): Promise<void> {
  const kernel = onlyKernel(root);
  cpSync(await modulesFor(kernel), join(root, 'usr/lib/modules', kernel, folder), { recursive: true });
  await inTree(root, ['depmod', kernel]);
  await inTree(root, ['update-initramfs', '-u', '-k', kernel], 600_000);
}

/** The first time takes some ten minutes, and several times that on a busy machine. The headers are those of that very kernel, or it fails: then the tree in the cache is too old. */
function modulesFor(kernel: string): Promise<string> {
  const { suite, components } = zfsRecipe;
  const recipe: Recipe = { suite, components, include: [`linux-headers-${kernel}`, 'zfs-dkms'] };
  return inCache(`zfs-modules-${kernel}`, [1, recipe], async (place) => {
    const builder = `${place}.builder`;
    await bootstrap(recipe, builder);
    cpSync(join(builder, 'usr/lib/modules', kernel, folder), place, { recursive: true });
  });
}
