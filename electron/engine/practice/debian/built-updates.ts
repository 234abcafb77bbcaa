/**
 * The practice archive put to use in a practice root: its first versions installed, an edit of "the user" made, its updates
 * offered. `prove` then looks for the trace that each of them must have left.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { plainView } from '../../environments/plain-view.js';
import type { Session } from '../../environments/environment.js';
import { ask } from '../../packages/apt/command.js';
import { bytes, display, join, nameOf, raw, type RawPath } from '../../posix/raw-path.js';
import { getXattr } from '../../posix/xattr.js';
import type { System } from '../../system.js';
import { makePracticeArchive } from '../archive/practice-archive.js';
import { editedConffile, userEdit } from '../archive/practice-updates.js';
import type { BuiltUpdates } from '../family.js';

/** Below /srv, which belongs to no environment. */
const archivePath = 'srv/understudy-practice' as RawPath;
const keyringPath = 'etc/apt/keyrings/understudy-practice.gpg' as RawPath;
const sourcesFolder = 'etc/apt/sources.list.d' as RawPath;

export async function buildUpdates(system: System, open: () => Promise<Session>): Promise<BuiltUpdates> {
  const { root, signal } = system;
  const folder = join(root, archivePath);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o755 });
  const archive = await makePracticeArchive(display(folder), plainView(root));
  signal.throwIfAborted();
  rmSync(bytes(join(root, join(sourcesFolder, 'archive.sources'))), { force: true });
  writeFileSync(bytes(join(root, keyringPath)), archive.keyring);
  writeFileSync(
    bytes(join(root, join(sourcesFolder, 'practice.sources'))),
    archive.sources(`file:/${archivePath}`, `/${keyringPath}`),
  );
  const session = await open();
  try {
    const files = archive.installed.map(({ file }) => `/${archivePath}/pool/${nameOf(raw(file))}`);
    await ask(
      (argv, options) => session.run(argv, options),
      ['dpkg', '--force-unsafe-io', '--install', ...files],
      {
        timeoutMs: 120_000,
        signal,
        environment: { DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
  } finally {
    await session.close();
  }
  appendFileSync(bytes(join(root, editedConffile)), userEdit);
  archive.offer('updates');
  return {
    installed: archive.installed.length,
    updates: archive.updates.length,
    prove: () => traces(root),
  };
}

function traces(root: RawPath): { seen: string[]; missing: string[] } {
  const text = (path: string): string => {
    const place = plainView(root).resolve(path as RawPath);
    return place === undefined ? '' : readFileSync(bytes(place), 'latin1');
  };
  const listener = plainView(root).resolve('usr/bin/understudy-practice-listen' as RawPath);
  const looked: [sentence: string, found: boolean][] = [
    [
      'your edit of a configuration file that the update changes too',
      text(editedConffile).includes('colour = green'),
    ],
    [
      'the package’s own version of that file beside it',
      text(`${editedConffile}.dpkg-dist`).includes('speed = 20'),
    ],
    [
      'a configuration file that only the package changed',
      text('etc/understudy-practice/untouched.conf') === 'level = 2\n',
    ],
    ['a new system account', /^understudy-practice:/m.test(text('etc/passwd'))],
    ['that account’s shadow entry', /^understudy-practice:/m.test(text('etc/shadow'))],
    ['a changed service', text('usr/lib/systemd/system/understudy-practice.service').includes('1.1-1')],
    ['a new timer', text('usr/lib/systemd/system/understudy-practice.timer') !== ''],
    [
      'a program with a capability',
      listener !== undefined && getXattr(listener, 'security.capability') !== undefined,
    ],
    [
      'a new kernel with its modules and initramfs beside the old one',
      ['boot/vmlinuz-', 'boot/initrd.img-'].every((name) =>
        ['1', '2'].every((abi) => text(`${name}6.1.0-${abi}-practice`) !== ''),
      ) && text('usr/lib/modules/6.1.0-2-practice/modules.dep') !== '',
    ],
  ];
  return {
    seen: looked.filter(([, found]) => found).map(([sentence]) => sentence),
    missing: looked.filter(([, found]) => !found).map(([sentence]) => sentence),
  };
}
