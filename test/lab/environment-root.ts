/** A real, small Debian tree with the tools for attributes in it, copied to where a test wants it: also onto file systems of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFault } from '../../electron/engine/process/run.js';
import { debianRoot, removeRoot } from './debian-root.js';

const heavy = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/zoneinfo',
  'usr/lib/x86_64-linux-gnu/gconv',
  'var/cache',
];

/** The folder of a fresh tree; `removeRoot` removes it. */
export async function environmentRoot(): Promise<string> {
  const root = await debianRoot({ variant: 'minbase', include: ['acl', 'attr', 'libcap2-bin'] });
  for (const path of heavy) rmSync(join(root, path), { recursive: true, force: true });
  return root;
}

/** As `environmentRoot`, copied into an existing folder. */
export async function environmentRootIn(folder: string): Promise<void> {
  const root = await environmentRoot();
  await runOrFault(['cp', '-a', `${root}/.`, folder], { timeoutMs: 120_000 });
  removeRoot(root);
}
