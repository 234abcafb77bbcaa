/** A real, small Debian tree with the tools for attributes in it, copied to where a test wants it: also onto file systems of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { debianRoot } from './debian-root.js';
import { rootFrom, rootFromIn } from './template.js';

const heavy = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/zoneinfo',
  'usr/lib/x86_64-linux-gnu/gconv',
  'var/cache',
];

const title = 'environment';

/** The folder of a fresh tree; `removeRoot` removes it. */
export function environmentRoot(): Promise<string> {
  return rootFrom(title, makeEnvironmentRoot);
}

/** As `environmentRoot`, copied into an existing folder. */
export function environmentRootIn(folder: string): Promise<void> {
  return rootFromIn(folder, title, makeEnvironmentRoot);
}

async function makeEnvironmentRoot(): Promise<string> {
  const root = await debianRoot({ variant: 'minbase', include: ['acl', 'attr', 'libcap2-bin'] });
  for (const path of heavy) rmSync(join(root, path), { recursive: true, force: true });
  return root;
}
