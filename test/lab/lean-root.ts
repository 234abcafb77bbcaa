/** A small Debian tree without what no test looks at, which is half of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { debianRoot } from './debian-root.js';
import { rootFrom } from './template.js';

const heavy = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/zoneinfo',
  'usr/lib/x86_64-linux-gnu/gconv',
  // What is essential is in perl-base; no script of a package may rely on more.
  'usr/share/perl',
  'usr/lib/x86_64-linux-gnu/perl',
];

/** The folder of a fresh tree; `removeRoot` removes it. */
export function leanRoot(): Promise<string> {
  return rootFrom('lean', async () => {
    const root = await debianRoot({ variant: 'minbase' });
    for (const path of heavy) rmSync(join(root, path), { recursive: true, force: true });
    return root;
  });
}
