import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { collectEntries, comparePaths, type ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { formatManifest } from '../../../electron/engine/manifest/mtree-format.js';
import { readManifest, verifyManifest } from '../../../electron/engine/manifest/read.js';
import { writeManifest } from '../../../electron/engine/manifest/write.js';
import { bytes, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { TemporaryTree } from './temporary-tree.js';

function entry(path: string, more: Partial<ManifestEntry> = {}): ManifestEntry {
  return { path: path as RawPath, type: 'dir', mode: 0o755, uid: 0, gid: 0, size: 0, mtimeNs: 0n, ...more };
}

const every: ManifestEntry[] = [
  entry(''),
  entry('blk', { type: 'block', device: { major: 259, minor: 1_048_575 } }),
  entry('char', { type: 'char', device: { major: 1, minor: 3 }, mode: 0 }),
  entry('d d', { mode: 0o3777, mtimeNs: -1n }),
  entry('d d/\xff\n\t#\\*?[=\x7f', {
    type: 'file',
    size: 5,
    mode: 0o4755,
    sha256: 'ab'.repeat(32),
    mtimeNs: 1n,
  }),
  entry('d d.b', { type: 'fifo', uid: 4_294_967_294, gid: 65534, mtimeNs: 4_102_444_800_123_456_789n }),
  entry('l', { type: 'link', link: '../with blank=\\ \xe9' as RawPath, mode: 0o777 }),
  entry('sock', { type: 'socket', mtimeNs: -62_135_596_800_000_000_001n }),
  entry('x', {
    type: 'file',
    size: 9_000_000_000_000_000,
    xattrs: new Map([
      ['security.capability', Buffer.from('0100000200200000000000000000000000000000', 'hex')],
      ['user.empty', Buffer.alloc(0)],
      ['user.large', Buffer.alloc(60_000, 'large')],
      ['user.odd = name\n', Buffer.from([0, 10, 255])],
    ]),
  }),
];

async function text(entries: readonly ManifestEntry[]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of formatManifest([entries])) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** What the reader makes of a text that some program wrote. */
async function parsed(content: string): Promise<ManifestEntry[]> {
  const file = new TemporaryTree().beside('m');
  writeFileSync(bytes(file), content, 'latin1');
  return collectEntries(readManifest(file));
}

describe('our own manifests', () => {
  test('give back every kind of entry', async () => {
    expect(await parsed(await text(every))).toEqual(every);
  });

  test('have one line of printable ASCII for each entry', async () => {
    const content = await text(every);
    expect(content).toMatch(/^[\x20-\x7e\n]*$/);
    expect(content.split('\n')[0]).toBe('#mtree');
    expect(content).toContain(
      './d\\040d/\\377\\012\\011\\043\\134\\052\\077\\133=\\177 type=file mode=04755 uid=0 gid=0 size=5 ' +
        `time=0.000000001 sha256digest=${'ab'.repeat(32)}\n`,
    );
    expect(content).toContain('. type=dir mode=0755 uid=0 gid=0 time=0.000000000\n');
    expect(content).toContain('time=-1.999999999\n');
  });

  test('that were cut off anywhere are told from complete ones', async () => {
    const content = await text(every.slice(0, 7));
    for (let length = 0; length < content.length; length += 7) {
      await expect(parsed(content.slice(0, length)), `${length}`).rejects.toMatchObject({
        code: 'MANIFEST_TRUNCATED',
      });
    }
  });

  test('that were altered are refused', async () => {
    const content = await text(every);
    await expect(parsed(content.replace('mode=0755', 'mode=0754'))).rejects.toMatchObject({
      code: 'MANIFEST_MALFORMED',
    });
    await expect(parsed(`${content}./more type=dir\n`)).rejects.toMatchObject({ code: 'MANIFEST_MALFORMED' });
  });

  test('can be verified without being read', async () => {
    const file = new TemporaryTree().beside('m');
    await writeManifest(file, [every]);
    expect(() => verifyManifest(file)).not.toThrow();
    writeFileSync(bytes(file), '#mtree\n. type=dir\n');
    expect(() => verifyManifest(file)).toThrow(expect.objectContaining({ code: 'MANIFEST_TRUNCATED' }));
  });

  test('are private to their owner and replace an older one whole or not at all', async () => {
    const tree = new TemporaryTree();
    const file = tree.beside('m');
    await writeManifest(file, [every]);
    expect(statSync(bytes(file)).mode & 0o777).toBe(0o600);
    const before = readFileSync(bytes(file));
    await expect(writeManifest(file, [[...every].reverse()])).rejects.toThrow('order');
    expect(readFileSync(bytes(file))).toEqual(before);
    expect(readdirSync(bytes(tree.folder)).sort()).toEqual(['m', 'root']);
  });

  test('larger than any buffer are read whole', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      entry(`f${String(i).padStart(6, '0')}`, { type: 'file', sha256: randomBytes(32).toString('hex') }),
    );
    expect(await parsed(await text(many))).toEqual(many);
  });
});

describe('manifests of other programs', () => {
  test('bsdtar: /set, times without padding, no checksum', async () => {
    const content = `#mtree
/set type=file uid=0 gid=7 mode=644
. time=1.0 mode=755 type=dir
./a\\040b time=5.25 size=3 sha256digest=${'AB'.repeat(32)}
/unset gid
./c time=-2.0 gid=1 uid=2 nlink=1 uname=root size=0
`;
    const [root, a, c] = await parsed(content);
    expect(root).toMatchObject({ path: '', type: 'dir', gid: 7, mtimeNs: 1_000_000_000n });
    expect(a).toMatchObject({ path: 'a b', mtimeNs: 5_000_000_025n, size: 3, sha256: 'ab'.repeat(32) });
    expect(c).toMatchObject({ path: 'c', mode: 0o644, uid: 2, gid: 1, mtimeNs: -2_000_000_000n });
  });

  test('NetBSD: nested directories, continued lines, vis(3) escapes', async () => {
    const content = `#	   user: root
/set type=file uid=0 gid=0 mode=0644 time=1.0
.               type=dir mode=0755
    top\\swith\\tblanks size=1
    usr             type=dir \\
                    mode=0700
        bin         type=dir
            sh      type=link link=dash mode=0777
        ..
        a#b size=2
    ..
    end size=3
..
`;
    const entries = await parsed(content);
    expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
      ['', 0o755],
      ['top with\tblanks', 0o644],
      ['usr', 0o700],
      ['usr/bin', 0o644],
      ['usr/bin/sh', 0o777],
      ['usr/a#b', 0o644],
      ['end', 0o644],
    ]);
  });

  test('absolute paths and packed device numbers', async () => {
    const [disk] = await parsed('/dev/sda type=block mode=0660 uid=0 gid=6 time=0.0 device=0x800\n');
    expect(disk).toMatchObject({ path: 'dev/sda', device: { major: 8, minor: 0 } });
  });

  test.each([
    ['an unknown type', './a type=door mode=0 uid=0 gid=0 time=0.0', 2],
    ['a missing time', './a type=dir mode=0 uid=0 gid=0', 2],
    ['a mode that is not octal', './a type=dir mode=0799 uid=0 gid=0 time=0.0', 2],
    ['a negative size', './a type=file size=-1 mode=0 uid=0 gid=0 time=0.0', 2],
    ['a time that is none', './a type=dir mode=0 uid=0 gid=0 time=now', 2],
    ['a link without a target', './a type=link mode=0 uid=0 gid=0 time=0.0', 2],
    ['a short digest', './a type=file mode=0 uid=0 gid=0 time=0.0 sha256=abc', 2],
    ['an unknown escape', './\\q type=dir mode=0 uid=0 gid=0 time=0.0', 2],
    ['a NUL', './a\\000 type=dir mode=0 uid=0 gid=0 time=0.0', 2],
    ['a path that leads out of the tree', './a/../../etc type=dir mode=0 uid=0 gid=0 time=0.0', 2],
    ['the same, escaped', './a/\\056\\056/x type=dir mode=0 uid=0 gid=0 time=0.0', 2],
    ['an attribute that is not base64', '#xattr user.a=???', 2],
    ['an unknown command', '/include other', 2],
  ])('%s is an error with its line number', async (_, line, number) => {
    await expect(parsed(`#mtree\n${line}\n`)).rejects.toMatchObject({
      name: 'ManifestError',
      code: 'MANIFEST_MALFORMED',
      line: number,
    });
  });
});

test('the order of paths has a directory directly before its contents', () => {
  const paths = ['a.b', 'a/b', 'a', 'a-', 'a/b/c', '', 'a0', 'a/b-', '\xff', 'a\x01'] as RawPath[];
  const sorted = ['', 'a', 'a/b', 'a/b/c', 'a/b-', 'a\x01', 'a-', 'a.b', 'a0', '\xff'];
  expect(paths.sort(comparePaths)).toEqual(sorted);
});
