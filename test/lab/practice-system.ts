/**
 * A real, small Debian tree with the practice packages installed in version 1, their updates offered by a signed archive
 * inside the tree, and an edit of the user's in a configuration file. No network is needed once the tree is cached.
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainView } from '../../electron/engine/environments/plain-view.js';
import { raw } from '../../electron/engine/posix/raw-path.js';
import { editedConffile, userEdit } from '../../electron/engine/practice/archive/practice-updates.js';
import { makePracticeArchive } from '../../electron/engine/practice/archive/practice-archive.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { leanRoot } from './lean-root.js';
import { rootFrom, rootFromIn } from './template.js';

const title = 'practice';

/** The folder of a fresh copy; the caller removes it with `removeRoot`. */
export function practiceSystem(): Promise<string> {
  return rootFrom(title, makePracticeSystem);
}

/** The same in an empty folder that is there already, such as the root of a file system. */
export function practiceSystemIn(root: string): Promise<void> {
  return rootFromIn(root, title, makePracticeSystem);
}

async function makePracticeSystem(): Promise<string> {
  const root = await leanRoot();
  await addPracticePackages(root);
  return root;
}

/** Installs the practice packages in version 1 in a Debian tree, offers their updates there and nothing else, and makes the user's edit. */
export async function addPracticePackages(root: string): Promise<void> {
  const archive = join(root, 'srv/archive');
  mkdirSync(archive, { recursive: true });
  const practice = await makePracticeArchive(archive, plainView(raw(root)));
  practice.offer('updates');
  writeFileSync(join(root, 'etc/apt/practice.gpg'), practice.keyring);
  rmSync(join(root, 'etc/apt/sources.list'), { force: true });
  for (const name of readdirSync(join(root, 'etc/apt/sources.list.d')))
    rmSync(join(root, 'etc/apt/sources.list.d', name));
  writeFileSync(
    join(root, 'etc/apt/sources.list.d/practice.sources'),
    practice.sources('file:/srv/archive', '/etc/apt/practice.gpg'),
  );
  await inTree(root, [
    'dpkg',
    '--force-unsafe-io',
    '-i',
    ...practice.installed.map(({ file }) => file.slice(root.length)),
  ]);
  appendFileSync(join(root, editedConffile), userEdit);
}

/** Runs a command in the tree itself, as an administrator would do in a chroot. */
export async function inTree(root: string, argv: readonly string[], timeoutMs = 120_000): Promise<string> {
  const namespace = ['unshare', '--mount', '--pid', '--fork', '--propagation', 'private', '--'] as const;
  const result = await runOrFault([...namespace, 'chroot', root, ...argv], {
    timeoutMs,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.stdout;
}
