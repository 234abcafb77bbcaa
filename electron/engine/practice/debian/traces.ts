/** What the practice updates must have left in a root once they are active, looked for in the files themselves. */
import { readFileSync, statSync } from 'node:fs';
import { plainView } from '../../environments/plain-view.js';
import { filesOf } from '../../packages/apt/database.js';
import { bytes, type RawPath } from '../../posix/raw-path.js';
import { getXattr } from '../../posix/xattr.js';
import type { BuiltPackage } from '../archive/package.js';
import { editedConffile } from '../archive/practice-updates.js';
import type { BuiltUpdates } from '../family.js';

type Looked = readonly [sentence: string, found: boolean];

export function tracesOf(updates: readonly BuiltPackage[], root: RawPath): ReturnType<BuiltUpdates['prove']> {
  const view = plainView(root);
  const text = (path: string): string => {
    const place = view.resolve(path as RawPath);
    return place === undefined ? '' : readFileSync(bytes(place), 'latin1');
  };
  const listener = view.resolve('usr/bin/understudy-practice-listen' as RawPath);
  const releases = ['6.1.0-1-practice', '6.1.0-2-practice'];
  const looked: Looked[] = [
    [
      'your edit of a configuration file that the update changes too',
      text(editedConffile).includes('colour = green'),
    ],
    [
      'the package’s own version of that file, beside yours',
      text(`${editedConffile}.dpkg-dist`).includes('speed = 20'),
    ],
    [
      'a configuration file that only the package changed',
      text('etc/understudy-practice/untouched.conf') === 'level = 2\n',
    ],
    [
      'a new system account',
      ['passwd', 'shadow', 'group'].every((name) => /^understudy-practice:/m.test(text(`etc/${name}`))),
    ],
    ['a changed service', text('usr/lib/systemd/system/understudy-practice.service').includes('1.1-1')],
    ['a new timer', text('usr/lib/systemd/system/understudy-practice.timer') !== ''],
    [
      'a program with a capability',
      listener !== undefined && getXattr(listener, 'security.capability') !== undefined,
    ],
    [
      'a new kernel with modules and initramfs beside the old one',
      releases.every((name) =>
        [`boot/vmlinuz-${name}`, `boot/initrd.img-${name}`, `usr/lib/modules/${name}/modules.dep`].every(
          (path) => text(path) !== '',
        ),
      ),
    ],
  ];
  const library = updates.find(({ spec }) => spec.name === 'understudy-practice-library')?.spec;
  if (library) {
    const files = filesOf(view, library.name, library.architecture);
    looked.push([
      'a newer library',
      files.some((path) => isFile(view.resolve(path)) && text(path).endsWith('practice 1.1-1\0')),
    ]);
  }
  return {
    seen: looked.filter(([, found]) => found).map(([sentence]) => sentence),
    missing: looked.filter(([, found]) => !found).map(([sentence]) => sentence),
  };
}

function isFile(place: RawPath | undefined): boolean {
  return place !== undefined && statSync(bytes(place)).isFile();
}
