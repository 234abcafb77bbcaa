import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The release of the one kernel that is in the tree of a guest. */
export function onlyKernel(root: string): string {
  const kernels = join(root, 'usr/lib/modules');
  const [kernel, ...others] = readdirSync(kernels);
  if (kernel === undefined || others.length > 0) throw new Error(`not one kernel in ${kernels}`);
  return kernel;
}
