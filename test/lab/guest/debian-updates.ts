/**
 * Debian's own pending updates for a guest, which has no network: fetched here and offered by a signed archive inside its root, so that it can
 * rehearse them by itself.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildArchive, sourceEntry } from '../../../electron/engine/practice/archive/archive.js';
import { makeSigningKey } from '../../../electron/engine/practice/archive/openpgp.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { mirrors } from '../mirror.js';
import { inTree } from '../practice-system.js';

const place = 'srv/debian';
const suite = 'updates';
const day = 86_400;

/** Answers how many packages are offered; throws where there are none, for then nothing would be tested. */
export async function offerDebianUpdates(root: string): Promise<number> {
  const pool = join(root, place, 'pool');
  mkdirSync(pool, { recursive: true });
  await download(root);
  const packages = [];
  for (const name of readdirSync(pool).filter((each) => each.endsWith('.deb'))) {
    const file = join(pool, name);
    const { stdout } = await runOrFault(['dpkg-deb', '--field', file], { timeoutMs: 30_000 });
    packages.push({ file, control: stdout.trimEnd() });
  }
  if (packages.length === 0) throw new Error('Debian has no update for the guest');
  rmSync(join(pool, 'partial'), { recursive: true, force: true });
  rmSync(join(pool, 'lock'), { force: true });
  const key = makeSigningKey('Debian for a guest <guest@localhost>', Math.floor(Date.now() / 1000) - day);
  buildArchive(join(root, place), packages, {
    key,
    suite,
    origin: 'Debian',
    label: 'Debian-Security',
    architecture: 'amd64',
  });
  writeFileSync(join(root, 'etc/apt/debian.gpg'), key.keyring);
  writeFileSync(
    join(root, 'etc/apt/sources.list.d/debian.sources'),
    sourceEntry(`file:/${place}`, [suite], '/etc/apt/debian.gpg'),
  );
  return packages.length;
}

/** With the sources of Debian alone, for the time being. */
async function download(root: string): Promise<void> {
  const { security } = mirrors() ?? {};
  const list = join(root, 'etc/apt/fetched.list');
  writeFileSync(list, `deb ${security} trixie-security main\n`);
  const options = [
    'Dir::Etc::SourceList=/etc/apt/fetched.list',
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::Cache::Archives=/${place}/pool`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  try {
    await inTree(root, ['apt-get', ...options, 'update']);
    await inTree(root, ['apt-get', ...options, '--yes', '--download-only', 'dist-upgrade']);
  } finally {
    rmSync(list);
    for (const name of readdirSync(join(root, 'var/lib/apt/lists')))
      if (name !== 'partial') rmSync(join(root, 'var/lib/apt/lists', name), { recursive: true });
  }
}
