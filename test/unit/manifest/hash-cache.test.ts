import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { HashCache } from '../../../electron/engine/manifest/hash-cache.js';
import { scanTree } from '../../../electron/engine/manifest/scan.js';
import { bytes } from '../../../electron/engine/posix/raw-path.js';
import { setModificationTime } from '../../../electron/engine/posix/times.js';
import { TemporaryTree } from './temporary-tree.js';

/** A clock by which the files that the test has just made are old enough to be trusted. */
const later = { now: () => Date.now() + 60_000 };

class CachedTree extends TemporaryTree {
  readonly cacheFile = this.beside('cache');
  readonly cache = new HashCache(this.cacheFile, later);

  cached(): Promise<ManifestEntry[]> {
    return this.scan({ cache: this.cache });
  }

  get stored(): Buffer {
    return readFileSync(bytes(this.cacheFile));
  }

  /**
   * Plants a wrong digest for every file whose digest is the real one. What a scan then reports shows which hashes it reused.
   */
  reuses(entries: readonly ManifestEntry[]): string[] {
    return entries.filter((entry) => entry.sha256?.startsWith('00000000')).map((entry) => entry.path);
  }
}

/** Rewrites the digests in a cache file to zeros, with valid checksums, by the documented layout. */
async function plantZeros(tree: CachedTree): Promise<void> {
  const { createHash } = await import('node:crypto');
  const data = tree.stored;
  for (let at = 20; at < data.length;) {
    const length = data.readUInt32LE(at);
    const payload = data.subarray(at + 40, at + 40 + length);
    for (let record = 0; record < length;) {
      payload.fill(0, record + 48, record + 80);
      record += 84 + ((payload.readUInt32LE(record + 80) + 3) & ~3);
    }
    createHash('sha256')
      .update(payload)
      .digest()
      .copy(data, at + 8);
    at += 40 + length;
  }
  writeFileSync(bytes(tree.cacheFile), data);
}

test('the hash of an unchanged file is reused, that of a changed one is not', async () => {
  const tree = new CachedTree().file('a', '1').dir('d').file('d/b', '2').file('new', '3');
  await tree.cached();
  await plantZeros(tree);
  tree.file('new', '4');
  expect(tree.reuses(await tree.cached())).toEqual(['a', 'd/b']);
});

test('a file altered with the same size and a restored time is noticed through its ctime', async () => {
  const tree = new CachedTree().file('a', 'one');
  const [, before] = await tree.cached();
  tree.file('a', 'two');
  setModificationTime(tree.at('a'), before?.mtimeNs ?? 0n);
  const [, after] = await tree.cached();
  expect(after).toMatchObject({ mtimeNs: before?.mtimeNs, size: 3 });
  expect(after?.sha256).not.toBe(before?.sha256);
});

test('a file exchanged for another of the same size and times is noticed', async () => {
  const tree = new CachedTree().file('a', 'one').file('b', 'two');
  const before = await tree.cached();
  await plantZeros(tree);
  renameSync(tree.bytes('a'), tree.bytes('c'));
  renameSync(tree.bytes('b'), tree.bytes('a'));
  renameSync(tree.bytes('c'), tree.bytes('b'));
  const after = await tree.cached();
  expect(after.map((entry) => entry.sha256)).toEqual([undefined, before[2]?.sha256, before[1]?.sha256]);
});

test('a file that changed just before the scan is not trusted by the next', async () => {
  const tree = new CachedTree().file('fresh');
  await tree.scan({ cache: new HashCache(tree.cacheFile) });
  expect(tree.stored.includes('fresh')).toBe(false);
  await tree.cached();
  expect(tree.stored.includes('fresh')).toBe(true);
});

test('what is gone from the tree is gone from the cache', async () => {
  const tree = new CachedTree().file('stays').file('goes');
  await tree.cached();
  renameSync(tree.bytes('goes'), bytes(tree.beside('goes')));
  await tree.cached();
  expect([tree.stored.includes('stays'), tree.stored.includes('goes')]).toEqual([true, false]);
});

test('a tree that did not change leaves its cache untouched', async () => {
  const tree = new CachedTree().file('a').file('b');
  await tree.cached();
  const { ino } = statSync(bytes(tree.cacheFile));
  await tree.cached();
  expect(statSync(bytes(tree.cacheFile)).ino).toBe(ino);
});

test.each(['first', 'middle', 'last'])(
  'a change at the %s path keeps what is known of the others',
  async (where) => {
    const names = Array.from({ length: 3000 }, (_, i) => `a file with a name of some length ${1000 + i}`);
    const tree = new CachedTree();
    for (const name of names) tree.file(name, 'x');
    await tree.cached();
    await plantZeros(tree);
    const changed = names[{ first: 0, middle: 1500, last: 2999 }[where] ?? 0] as string;
    const others = names.filter((name) => name !== changed);
    for (const change of ['altered', 'removed', 'added'] as const) {
      if (change === 'removed') tree.run('rm', changed);
      else tree.file(changed, change);
      expect(tree.reuses(await tree.cached())).toEqual(others);
    }
    expect(tree.reuses(await tree.cached())).toEqual(others);
  },
);

test('a cache of many blocks is reused whole', async () => {
  const tree = new CachedTree();
  for (let i = 0; i < 3000; i++) tree.file(`a file with a name of some length ${i}`, 'x');
  await tree.cached();
  await plantZeros(tree);
  expect(statSync(bytes(tree.cacheFile)).size).toBeGreaterThan(300_000);
  expect(tree.reuses(await tree.cached())).toHaveLength(3000);
});

test.each(['magic', 'header', 'payload', 'cut', 'empty', 'directory'])(
  'a damaged cache (%s) is ignored and rebuilt',
  async (damage) => {
    const tree = new CachedTree().file('a', '1').file('b', '2');
    const first = await tree.cached();
    const whole = tree.stored;
    await plantZeros(tree); // so that a digest taken from the damaged cache would show
    const file = bytes(tree.cacheFile);
    if (damage === 'directory') {
      tree.run('rm', '../cache');
      tree.run('ln', '-s', '/', '../cache');
    } else if (damage === 'cut' || damage === 'empty') {
      truncateSync(file, damage === 'cut' ? whole.length - 1 : 0);
    } else {
      const fd = openSync(file, 'r+');
      writeSync(fd, Buffer.from([0x7f]), 0, 1, damage === 'magic' ? 3 : damage === 'header' ? 22 : 90);
      closeSync(fd);
    }
    expect(await tree.cached()).toEqual(first);
    expect(tree.stored).toEqual(whole);
  },
);

test('a scan that is not finished leaves the cache as it was', async () => {
  const tree = new CachedTree().file('a');
  await tree.cached();
  const before = tree.stored;
  tree.file('b');
  const unfinished = scanTree(tree.root, { hash: true, cache: tree.cache });
  await unfinished.next();
  await unfinished.return();
  await expect(tree.scan({ cache: tree.cache, exclude: () => { throw new Error('stop'); } })).rejects.toThrow('stop'); // prettier-ignore
  expect(tree.stored).toEqual(before);
  expect(readdirSync(bytes(tree.folder)).sort()).toEqual(['cache', 'root']);
});
