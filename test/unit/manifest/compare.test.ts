import { chmodSync, unlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareManifests, type Difference } from '../../../electron/engine/manifest/compare.js';
import { type ManifestEntry, sameEntry } from '../../../electron/engine/manifest/entry.js';
import { readManifest } from '../../../electron/engine/manifest/read.js';
import { scanTree } from '../../../electron/engine/manifest/scan.js';
import { writeManifest } from '../../../electron/engine/manifest/write.js';
import { setModificationTime } from '../../../electron/engine/posix/times.js';
import { removeXattr, setXattr } from '../../../electron/engine/posix/xattr.js';
import { TemporaryTree } from './temporary-tree.js';

async function differences(
  before: readonly ManifestEntry[],
  after: readonly ManifestEntry[],
  ignoreDirectoryTimes = true,
): Promise<string[]> {
  const found: string[] = [];
  for await (const difference of compareManifests([before], [after], { ignoreDirectoryTimes })) {
    found.push(summary(difference));
  }
  return found;
}

function summary(difference: Difference): string {
  const what = difference.kind === 'changed' ? ` ${[...difference.what].join()}` : '';
  return `${difference.kind} ${difference.path}${what}`;
}

test('additions, removals and changes come in manifest order, with the fields', async () => {
  const tree = new TemporaryTree().dir('a').file('a/x').file('a.b').file('z', 'one').link('l', 'a');
  const before = await tree.scan();
  unlinkSync(tree.bytes('a/x'));
  unlinkSync(tree.bytes('l'));
  tree.file('a-new').file('z', 'three').link('l', 'b').dir('a/sub').file('a/sub/y');
  chmodSync(tree.bytes('a.b'), 0o600);
  setXattr(tree.at('a.b'), 'user.note', Buffer.from('1'));
  const expected = ['added a/sub', 'added a/sub/y', 'removed a/x', 'added a-new', 'changed a.b mode,xattrs'];
  const after = await tree.scan();
  expect(await differences(before, after)).toEqual([
    ...expected,
    'changed l time,link',
    'changed z size,time,sha256',
  ]);
});

test('directory times can be left out', async () => {
  const tree = new TemporaryTree().dir('d');
  const before = await tree.scan();
  setModificationTime(tree.at('d'), 5n);
  const after = await tree.scan();
  expect(await differences(before, after)).toEqual([]);
  expect(await differences(before, after, false)).toEqual(['changed d time']);
});

test('a change of type is reported as nothing but that', async () => {
  const tree = new TemporaryTree().file('a');
  const before = await tree.scan();
  unlinkSync(tree.bytes('a'));
  tree.dir('a');
  expect(await differences(before, await tree.scan())).toEqual(['changed a type']);
});

test('the values of extended attributes count', async () => {
  const tree = new TemporaryTree().file('a');
  setXattr(tree.at('a'), 'user.n', Buffer.from('1'));
  const before = await tree.scan();
  setXattr(tree.at('a'), 'user.n', Buffer.from('2'));
  expect(await differences(before, await tree.scan())).toEqual(['changed a xattrs']);
  removeXattr(tree.at('a'), 'user.n');
  expect(await differences(before, await tree.scan())).toEqual(['changed a xattrs']);
});

test('an entry without attributes equals one with an empty set of them', async () => {
  const entry = await new TemporaryTree().file('a').entry('a');
  expect(sameEntry(entry, { ...entry, xattrs: new Map() })).toBe(true);
});

test('streams that are not in manifest order are refused', async () => {
  const entries = await new TemporaryTree().file('a').file('b').scan();
  await expect(differences([...entries].reverse(), entries)).rejects.toMatchObject({
    code: 'MANIFEST_MALFORMED',
  });
});

test('a scan is compared with a stored manifest without either in memory', async () => {
  const tree = new TemporaryTree().file('a', '1');
  const file = tree.beside('manifest');
  await writeManifest(file, scanTree(tree.root, { hash: true }));
  tree.file('a', '2').file('b');
  const kinds: string[] = [];
  const now = scanTree(tree.root, { hash: true });
  for await (const { kind, path } of compareManifests(readManifest(file), now)) kinds.push(`${kind} ${path}`);
  expect(kinds).toEqual(['changed ', 'changed a', 'added b']);
});

describe('a random tree', () => {
  /** Root may read any file; others only those that they let themselves read. */
  const readable = process.geteuid?.() === 0 ? 0 : 0o600;

  /** A linear congruential generator: the same tree for the same seed. */
  function generator(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function randomTree(seed: number): TemporaryTree {
    const random = generator(seed);
    const tree = new TemporaryTree();
    const directories = [''];
    const taken = new Set(['', '.', '..']);
    const name = (): string => {
      const directory = directories[random(directories.length)] as string;
      let text = '';
      for (let length = 1 + random(12); length > 0; length--) {
        const byte = 1 + random(255);
        text += byte === 0x2f ? '.' : String.fromCharCode(byte);
      }
      return directory === '' ? text : `${directory}/${text}`;
    };
    for (let i = 0; i < 300; i++) {
      const path = name();
      if (taken.has(path) || /(^|\/)\.{1,2}$/.test(path)) continue;
      taken.add(path);
      const kind = random(10);
      if (kind < 3) {
        tree.dir(path);
        directories.push(path);
      } else if (kind < 5) tree.link(path, name());
      else tree.file(path, 'x'.repeat(random(3000)), random(0o10000) | readable);
      if (kind > 6) setXattr(tree.at(path), `user.${random(1000)}`, Buffer.alloc(random(50), random(256)));
      const time = BigInt(random(2 ** 31)) * BigInt(random(2 ** 32)) - 10n ** 18n;
      setModificationTime(tree.at(path), time);
    }
    return tree;
  }

  test.each([1, 2, 3, 4, 5])('is the same after writing and reading (seed %d)', async (seed) => {
    const tree = randomTree(seed);
    const file = tree.beside('manifest');
    const scanned = await tree.scan();
    await writeManifest(file, [scanned]);
    const found: string[] = [];
    const options = { hash: true };
    for await (const d of compareManifests(readManifest(file), scanTree(tree.root, options)))
      found.push(summary(d));
    expect(found).toEqual([]);
    expect(scanned.length).toBeGreaterThan(200);
    expect(scanned.map((entry) => entry.path)).toEqual([...new Set(scanned.map((entry) => entry.path))]);
  });
});
