/** The digest of a staged clone's own data: what was verified is what is activated, or it is refused. */
import { createHash } from 'node:crypto';
import { HashCache } from '../../manifest/hash-cache.js';
import { formatManifest } from '../../manifest/mtree-format.js';
import { scanTree } from '../../manifest/scan.js';
import { join } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import type { TreeClone } from './clone.js';

/** Hex sha256 over the manifests of all layers. Files that did not change since the last call are not read again. */
export async function sealOf(system: System, clone: TreeClone): Promise<string> {
  const digest = createHash('sha256');
  for (const [index, layer] of clone.layers.entries()) {
    const cache = new HashCache(join(clone.folder, `seal-${index}.hashes`));
    const entries = scanTree(layer.upper, { hash: true, cache, signal: system.signal });
    digest.update(`${layer.kind} ${layer.mount}\n`);
    for await (const chunk of formatManifest(entries)) digest.update(chunk);
  }
  return digest.digest('hex');
}
