/** A small Debian tree without what no test looks at, which is half of it. */
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
  // What is essential is in perl-base; no script of a package may rely on more.
  'usr/share/perl',
  'usr/lib/x86_64-linux-gnu/perl',
];

const title = 'lean';

/** The folder of a fresh tree; `removeRoot` removes it. */
export function leanRoot(): Promise<string> {
  return rootFrom(title, makeLeanRoot);
}

/** As `leanRoot`, copied into an existing folder. */
export function leanRootIn(folder: string): Promise<void> {
  return rootFromIn(folder, title, makeLeanRoot);
}

async function makeLeanRoot(): Promise<string> {
  const root = await debianRoot({ variant: 'minbase' });
  for (const path of heavy) rmSync(join(root, path), { recursive: true, force: true });
  return root;
}
