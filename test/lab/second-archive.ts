/**
 * A second archive beside the practice archive, for what comes after the practice updates or at their side: another update of
 * the practice settings, and a package whose update makes folders of files and a file of a folder.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildArchive, sourceEntry } from '../../electron/engine/practice/archive/archive.js';
import { makeSigningKey } from '../../electron/engine/practice/archive/openpgp.js';
import {
  buildPackage,
  type BuiltPackage,
  type PackageSpec,
} from '../../electron/engine/practice/archive/package.js';
import { inTree } from './practice-system.js';

const key = makeSigningKey('Understudy second <second@localhost>', Math.floor(Date.now() / 1000) - 86_400);
const place = 'srv/archive/second';

/** Configuration that changes once more, after the practice update. */
export const laterSettings: PackageSpec = {
  name: 'understudy-practice-settings',
  version: '1.2-1',
  architecture: 'all',
  entries: [
    {
      path: 'etc/understudy-practice/settings.conf',
      content: '# practice settings\nspeed = 30\nshape = round\n',
    },
    { path: 'etc/understudy-practice/untouched.conf', content: 'level = 3\n' },
    { path: 'usr/share/understudy-practice/later', content: 'later\n' },
  ],
  conffiles: ['etc/understudy-practice/settings.conf', 'etc/understudy-practice/untouched.conf'],
};

export const shapes: readonly [PackageSpec, PackageSpec] = [
  {
    name: 'understudy-shapes',
    version: '1',
    architecture: 'all',
    entries: [
      { path: 'etc/shapes', content: 'a file\n' },
      { path: 'usr/share/shapes/thing', content: 'a file\n' },
      { path: 'etc/shapes.d/one', content: 'in a folder\n' },
    ],
  },
  {
    name: 'understudy-shapes',
    version: '2',
    architecture: 'all',
    entries: [
      { path: 'etc/shapes/one', content: 'in a folder\n' },
      { path: 'usr/share/shapes/thing/one', content: 'in a folder\n' },
      { path: 'etc/shapes.d', content: 'a file\n' },
    ],
    scripts: { preinst: 'rm -rf /etc/shapes /usr/share/shapes/thing /etc/shapes.d' },
  },
];

export const byHand: PackageSpec = {
  name: 'understudy-by-hand',
  version: '1',
  architecture: 'all',
  entries: [{ path: 'usr/share/by-hand/file', content: 'by hand\n' }],
};

/** Makes a tree's apt look into the archive, which offers nothing yet. */
export function addSecondArchive(root: string): void {
  mkdirSync(join(root, place), { recursive: true });
  offerSecond(root, []);
  writeFileSync(join(root, 'etc/apt/second.gpg'), key.keyring);
  writeFileSync(
    join(root, 'etc/apt/sources.list.d/second.sources'),
    sourceEntry(`file:/${place}`, ['second'], '/etc/apt/second.gpg'),
  );
}

/** Offers these packages, and nothing else. */
export function offerSecond(root: string, packages: readonly BuiltPackage[]): void {
  buildArchive(join(root, place), packages, {
    key,
    suite: 'second',
    origin: 'Second',
    label: 'Second',
    architecture: 'amd64',
  });
}

export function buildInto(root: string, spec: PackageSpec): Promise<BuiltPackage> {
  return buildPackage(spec, join(root, place, 'pool'));
}

/** As an administrator does with `dpkg -i`. */
export async function installByHand(root: string, spec: PackageSpec): Promise<void> {
  const built = await buildInto(root, spec);
  await inTree(root, ['dpkg', '--force-unsafe-io', '-i', built.file.slice(root.length)]);
}

/** Takes the practice archive out of the tree's sources. */
export function withoutPracticeArchive(root: string): void {
  for (const name of readdirSync(join(root, 'etc/apt/sources.list.d')))
    if (name !== 'second.sources') rmSync(join(root, 'etc/apt/sources.list.d', name));
}
