/** The decision table, on real trees: what one side changed is taken, and nothing of mine is ever lost. */
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { getXattr, setXattr } from '../../../electron/engine/posix/xattr.js';
import { sideNames, Sides, type SideName } from './fixture.js';

let sides: Sides;
beforeEach(() => {
  sides = new Sides();
});
afterEach(() => sides.remove());

const out = (path: string): string => readFileSync(sides.at('out', path), 'latin1');
const present = (path: string): boolean =>
  lstatSync(sides.at('out', path), { throwIfNoEntry: false }) !== undefined;
const isRoot = process.getuid?.() === 0;

describe('files', () => {
  it('of one side are taken, those of both merged, the others left to the user', () => {
    sides.file('same', 'a\n', 'a\n', 'a\n');
    sides.file('mine', 'a\n', 'b\n', 'a\n');
    sides.file('theirs', 'a\n', 'a\n', 'b\n');
    sides.file('both', 'a\n', 'b\n', 'b\n');
    sides.file('text', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n');
    sides.file('clash', 'a\n', 'b\n', 'c\n');
    sides.file('added-mine', undefined, 'm\n');
    sides.file('added-theirs', undefined, undefined, 't\n');
    sides.file('added-same', undefined, 's\n', 's\n');
    sides.file('added-clash', undefined, 'm\n', 't\n');
    sides.file('binary', 'a\nb\n\0\n', 'A\nb\n\0\n', 'a\nb\n\0\nx');
    expect(sides.merge()).toEqual([
      'conflict added-clash (added-by-both) > added-clash.dpkg-dist',
      'mine added-mine',
      'theirs added-theirs',
      'conflict binary (binary) > binary.dpkg-dist',
      'conflict clash (content) > clash.dpkg-dist',
      'mine mine',
      'merged text',
      'theirs theirs',
    ]);
    expect(['same', 'mine', 'theirs', 'both', 'text'].map(out)).toEqual([
      'a\n',
      'b\n',
      'b\n',
      'b\n',
      'A\nb\nC\n',
    ]);
    expect([out('clash'), out('clash.dpkg-dist')]).toEqual(['b\n', 'c\n']);
    expect([out('added-clash'), out('added-clash.dpkg-dist')]).toEqual(['m\n', 't\n']);
    expect([out('binary'), out('binary.dpkg-dist')]).toEqual(['A\nb\n\0\n', 'a\nb\n\0\nx']);
    expect(readdirSync(sides.at('out')).length).toBe(14);
    const clash = sides.result.outcomes.find(({ path }) => path === 'clash');
    const texts = sideNames.map((side) => readFileSync(clash?.[side]?.place ?? '', 'utf8'));
    expect(texts).toEqual(['a\n', 'b\n', 'c\n']);
  });

  it('that are gone on one side go, unless the other one changed them', () => {
    sides.file('gone-theirs', 'a\n', 'a\n');
    sides.file('gone-mine', 'a\n', undefined, 'a\n');
    sides.file('gone-both', 'a\n');
    sides.file('edited-mine', 'a\n', 'b\n');
    sides.file('edited-theirs', 'a\n', undefined, 'b\n');
    sides.file('mode-mine', 'a\n', 'a\n');
    chmodSync(sides.at('mine', 'mode-mine'), 0o600);
    expect(sides.merge()).toEqual([
      'conflict edited-mine (removed-by-theirs)',
      'conflict edited-theirs (removed-by-mine) > edited-theirs.dpkg-dist',
      'mine gone-mine',
      'theirs gone-theirs',
      'conflict mode-mine (removed-by-theirs)',
    ]);
    expect(readdirSync(sides.at('out')).sort()).toEqual([
      'edited-mine',
      'edited-theirs.dpkg-dist',
      'mode-mine',
    ]);
  });

  it('without a record of the base are never decided silently', () => {
    sides.file('same', undefined, 'a\n', 'a\n');
    sides.file('text', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n');
    sides.file('mine/only', undefined, 'm\n');
    sides.file('theirs/only', undefined, undefined, 't\n');
    expect(sides.merge({ record: false })).toEqual([
      'conflict mine (no-record)',
      'mine mine/only',
      'conflict text (no-record) > text.dpkg-dist',
      'conflict theirs (no-record) > theirs.dpkg-dist',
    ]);
    expect([out('text'), out('mine/only'), out('theirs.dpkg-dist/only')]).toEqual([
      'A\nb\nc\n',
      'm\n',
      't\n',
    ]);
    expect(present('theirs')).toBe(false);
  });

  it('keep names that are not UTF-8, and lie beside what has the usual name already', () => {
    const odd = (side: SideName): RawPath => `${sides.at(side)}/n\xe4me\xff` as RawPath;
    for (const [side, text] of [
      ['base', 'a\n'],
      ['mine', 'b\n'],
      ['theirs', 'c\n'],
    ] as const)
      writeFileSync(Buffer.from(odd(side), 'latin1'), text);
    sides.file('clash', 'a\n', 'b\n', 'c\n');
    sides.file('clash.dpkg-dist', undefined, 'of years ago\n');
    const long = 'l'.repeat(255);
    sides.file(long, 'a\n', 'b\n', 'c\n');
    expect(sides.merge()).toEqual([
      'conflict clash (content) > clash.dpkg-dist.2',
      'mine clash.dpkg-dist',
      `conflict ${long} (content) > ${'l'.repeat(245)}.dpkg-dist`,
      'conflict n\\344me\\377 (content) > n\\344me\\377.dpkg-dist',
    ]);
    expect(out('clash.dpkg-dist')).toBe('of years ago\n');
    expect(out('clash.dpkg-dist.2')).toBe('c\n');
    const path = Buffer.from(`${sides.at('out')}/n\xe4me\xff.dpkg-dist`, 'latin1');
    expect(readFileSync(path, 'utf8')).toBe('c\n');
  });

  it('stay one file under several names where a side has them so', () => {
    sides.file('a', 'x\n', 'mine\n', 'x\n');
    sides.file('c', 'a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n');
    for (const side of sideNames) {
      linkSync(sides.at(side, 'a'), sides.at(side, 'b'));
      linkSync(sides.at(side, 'c'), sides.at(side, 'd'));
    }
    sides.file('apart', undefined, 'same\n');
    sides.file('apart2', undefined, 'same\n');
    sides.merge();
    const inode = (path: string): number => statSync(sides.at('out', path)).ino;
    expect(inode('a')).toBe(inode('b'));
    expect(inode('c')).toBe(inode('d'));
    expect([out('b'), out('d')]).toEqual(['mine\n', 'A\nb\nC\n']);
    expect(inode('apart')).not.toBe(inode('apart2'));
    expect(inode('a')).not.toBe(statSync(sides.at('mine', 'a')).ino);
  });
});

describe('attributes', () => {
  it('are merged each by itself', () => {
    for (const path of ['mode', 'clash', 'xattr']) sides.file(path, 'a\nb\nc\n', 'a\nb\nc\n', 'a\nb\nC\n');
    chmodSync(sides.at('mine', 'mode'), 0o600);
    chmodSync(sides.at('mine', 'clash'), 0o600);
    chmodSync(sides.at('theirs', 'clash'), 0o640);
    const set = (side: SideName, name: string, value: string): void =>
      setXattr(raw(sides.at(side, 'xattr')), name, Buffer.from(value));
    for (const side of sideNames) set(side, 'user.one', 'old');
    set('mine', 'user.one', 'mine');
    set('theirs', 'user.two', 'theirs');
    expect(sides.merge()).toEqual([
      'conflict clash (attributes, mode) > clash.dpkg-dist',
      'merged mode',
      'merged xattr',
    ]);
    expect(out('mode')).toBe('a\nb\nC\n');
    expect(statSync(sides.at('out', 'mode')).mode & 0o7777).toBe(0o600);
    expect(statSync(sides.at('out', 'clash')).mode & 0o7777).toBe(0o600);
    expect(statSync(sides.at('out', 'clash.dpkg-dist')).mode & 0o7777).toBe(0o640);
    const xattr = (name: string): string | undefined =>
      getXattr(raw(sides.at('out', 'xattr')), name)?.toString();
    expect([xattr('user.one'), xattr('user.two')]).toEqual(['mine', 'theirs']);
    set('theirs', 'user.one', 'theirs');
    expect(sides.merge()).toContain('conflict xattr (attributes, user.one) > xattr.dpkg-dist');
  });

  it('of an ACL and of the mode belong together', () => {
    sides.file('acl', 'a\n', 'a\n', 'a\n');
    // u::rw- u:1234:r-- g::r-- m::r-- o::r-- (acl(5); version 2, then tag, permissions and id of each entry)
    const acl = Buffer.from(
      '0200000001000600ffffffff02000400d204000004000400ffffffff10000400ffffffff20000400ffffffff',
      'hex',
    );
    setXattr(raw(sides.at('theirs', 'acl')), 'system.posix_acl_access', acl);
    expect(sides.merge()).toEqual(['theirs acl']);
    expect(getXattr(raw(sides.at('out', 'acl')), 'system.posix_acl_access')).toEqual(acl);
    chmodSync(sides.at('mine', 'acl'), 0o600);
    expect(sides.merge()).toEqual(['conflict acl (attributes, system.posix_acl_access) > acl.dpkg-dist']);
    expect(statSync(sides.at('out', 'acl')).mode & 0o777).toBe(0o600);
  });

  it.skipIf(!isRoot)('of owners and of set-user-ID programs survive (needs root)', () => {
    sides.file('owner', 'a\n', 'a\n', 'b\n');
    chownSync(sides.at('mine', 'owner'), 1234, 0);
    chownSync(sides.at('theirs', 'owner'), 0, 77);
    for (const side of sideNames) chmodSync(sides.at(side, 'owner'), 0o4750);
    expect(sides.merge()).toEqual(['merged owner']);
    const { uid, gid, mode } = statSync(sides.at('out', 'owner'));
    expect([uid, gid, mode & 0o7777]).toEqual([1234, 77, 0o4750]);
    chownSync(sides.at('theirs', 'owner'), 5, 77);
    expect(sides.merge()).toEqual(['conflict owner (attributes, owner) > owner.dpkg-dist']);
  });

  it('of folders come from the side that changed them, times from the side that is taken', () => {
    sides.file('folder/file', 'a\n', 'a\n', 'a\n');
    chmodSync(sides.at('theirs', 'folder'), 0o500);
    chmodSync(sides.at('mine', ''), 0o711);
    expect(sides.merge()).toEqual(['mine ', 'theirs folder']);
    expect(statSync(sides.at('out', 'folder')).mode & 0o777).toBe(0o500);
    expect(statSync(sides.at('out', '')).mode & 0o777).toBe(0o711);
    expect(statSync(sides.at('out', 'folder/file')).mtimeMs).toBe(
      statSync(sides.at('mine', 'folder/file')).mtimeMs,
    );
    chmodSync(sides.at('theirs', 'folder'), 0o700);
  });
});

describe('types', () => {
  const become = {
    file: (side: SideName, path: string) => {
      rmSync(sides.at(side, path), { recursive: true, force: true });
      writeFileSync(sides.at(side, path), `a file of ${side}\n`);
    },
    link: (side: SideName, path: string) => {
      rmSync(sides.at(side, path), { recursive: true, force: true });
      symlinkSync(`to-${side}`, sides.at(side, path));
    },
    folder: (side: SideName, path: string) => {
      rmSync(sides.at(side, path), { recursive: true, force: true });
      mkdirSync(sides.at(side, path));
      writeFileSync(sides.at(side, `${path}/in`), `in a folder of ${side}\n`);
    },
  };

  it.each([
    ['file', 'link'],
    ['file', 'folder'],
    ['link', 'file'],
    ['link', 'folder'],
    ['folder', 'file'],
    ['folder', 'link'],
  ] as const)('a %s that becomes a %s on one side does so', (from, to) => {
    const kindAt = (path: string): string => {
      const status = lstatSync(sides.at('out', path));
      return status.isDirectory() ? 'folder' : status.isSymbolicLink() ? 'link' : 'file';
    };
    for (const path of ['t', 'm', 'c']) {
      become[from]('base', path);
      for (const side of ['mine', 'theirs']) {
        rmSync(join(sides.folder, side, path), { recursive: true, force: true });
        // As it was.
        if (from === 'file') writeFileSync(join(sides.folder, side, path), 'a file of base\n');
        else if (from === 'link') symlinkSync('to-base', join(sides.folder, side, path));
        else {
          mkdirSync(join(sides.folder, side, path));
          writeFileSync(join(sides.folder, side, path, 'in'), 'in a folder of base\n');
        }
      }
    }
    become[to]('theirs', 't');
    become[to]('mine', 'm');
    become[to]('theirs', 'c');
    // An edit of mine in what they replaced.
    if (from === 'folder') writeFileSync(sides.at('mine', 'c/in'), 'edited\n');
    else if (from === 'file') writeFileSync(sides.at('mine', 'c'), 'edited\n');
    else {
      rmSync(sides.at('mine', 'c'));
      symlinkSync('edited', sides.at('mine', 'c'));
    }
    const lines = sides.merge();
    expect(lines).toContain('conflict c (type) > c.dpkg-dist');
    expect(lines).toContain('theirs t');
    expect(lines).toContain('mine m');
    expect([kindAt('t'), kindAt('m'), kindAt('c'), kindAt('c.dpkg-dist')]).toEqual([to, to, from, to]);
    if (to === 'folder') {
      expect(out('t/in')).toBe('in a folder of theirs\n');
      expect(out('c.dpkg-dist/in')).toBe('in a folder of theirs\n');
    }
    if (from === 'folder') expect(out('c/in')).toBe('edited\n');
  });

  it('of links: their targets are values', () => {
    for (const side of sideNames) for (const name of ['l', 'm']) symlinkSync('old', sides.at(side, name));
    become.link('mine', 'l');
    become.link('mine', 'm');
    become.link('theirs', 'm');
    expect(sides.merge()).toEqual(['mine l', 'conflict m (content) > m.dpkg-dist']);
    expect([readlinkSync(sides.at('out', 'm')), readlinkSync(sides.at('out', 'm.dpkg-dist'))]).toEqual([
      'to-mine',
      'to-theirs',
    ]);
  });
});

describe('folders', () => {
  it('that one side removed go, with what nobody changed in them', () => {
    for (const whole of ['theirs', 'mine', 'edited', 'added'])
      for (const file of ['a', 'deep/b']) sides.file(`${whole}/${file}`, 'x\n', 'x\n', 'x\n');
    for (const name of ['theirs', 'edited', 'added']) rmSync(sides.at('theirs', name), { recursive: true });
    rmSync(sides.at('mine', 'mine'), { recursive: true });
    writeFileSync(sides.at('mine', 'edited/deep/b'), 'edited\n');
    writeFileSync(sides.at('mine', 'added/deep/new'), 'new\n');
    const lines = sides.merge();
    expect(lines.filter((line) => line.startsWith('conflict'))).toEqual([
      'conflict edited/deep/b (removed-by-theirs)',
    ]);
    expect(present('theirs')).toBe(false);
    expect(present('mine')).toBe(false);
    expect(readdirSync(sides.at('out', 'edited'), { recursive: true }).sort()).toEqual(['deep', 'deep/b']);
    expect(readdirSync(sides.at('out', 'added'), { recursive: true }).sort()).toEqual(['deep', 'deep/new']);
  });

  it('that I removed come back only for what they changed in them', () => {
    sides.file('d/edited', 'x\n', undefined, 'y\n');
    sides.file('d/left', 'x\n', undefined, 'x\n');
    sides.file('d/new', undefined, undefined, 'n\n');
    expect(sides.merge()).toEqual([
      'theirs d',
      'conflict d/edited (removed-by-mine) > d/edited.dpkg-dist',
      'mine d/left',
      'theirs d/new',
    ]);
    expect(readdirSync(sides.at('out', 'd')).sort()).toEqual(['edited.dpkg-dist', 'new']);
  });

  it('follow no link out of the tree', () => {
    mkdirSync(join(sides.folder, 'outside'));
    writeFileSync(join(sides.folder, 'outside/secret'), 's\n');
    sides.file('d/file', 'a\n', 'a\n', 'b\n');
    renameSync(sides.at('mine', 'd'), sides.at('mine', 'e'));
    symlinkSync(join(sides.folder, 'outside'), sides.at('mine', 'd'));
    sides.merge();
    expect(lstatSync(sides.at('out', 'd')).isSymbolicLink()).toBe(true);
    expect(out('d.dpkg-dist/file')).toBe('b\n');
    expect(existsSync(join(sides.folder, 'outside/file'))).toBe(false);
    expect(readdirSync(join(sides.folder, 'outside'))).toEqual(['secret']);
  });
});
