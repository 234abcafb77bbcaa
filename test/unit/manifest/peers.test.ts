/** The programs that people read mtree(5) with: bsdtar (libarchive-tools) and NetBSD's mtree (mtree-netbsd). */
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { collectEntries, type ManifestEntry, sameEntry } from '../../../electron/engine/manifest/entry.js';
import { readManifest } from '../../../electron/engine/manifest/read.js';
import { scanTree } from '../../../electron/engine/manifest/scan.js';
import { writeManifest } from '../../../electron/engine/manifest/write.js';
import { bytes, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { setModificationTime } from '../../../electron/engine/posix/times.js';
import { setXattr } from '../../../electron/engine/posix/xattr.js';
import { hasCommand, isRoot, TemporaryTree } from './temporary-tree.js';

async function sample(): Promise<{ tree: TemporaryTree; manifest: RawPath }> {
  const tree = new TemporaryTree().dir('usr/bin').file('usr/bin/a', 'one').file('usr/bin/su', 'su', 0o4755);
  tree
    .file('#hash')
    .file('back\\slash')
    .file('two words\nand lines')
    .file('\xff\xe9')
    .file('st*r[?')
    .file('e=q');
  tree.link('link', 'usr/bin/a b#c\\').dir('empty').file('old', 'x').file('late', 'y').file('usr.b');
  tree.run('mkfifo', 'pipe');
  if (isRoot) tree.run('mknod', 'device', 'c', '5', '300');
  setXattr(tree.at('usr/bin/a'), 'user.note', Buffer.alloc(3000, 'note'));
  setModificationTime(tree.at('old'), -86_400_500_000_000n);
  setModificationTime(tree.at('late'), 4_102_444_800_123_456_789n);
  const manifest = tree.beside('manifest');
  await writeManifest(manifest, scanTree(tree.root, { hash: true }));
  return { tree, manifest };
}

describe.skipIf(!hasCommand('bsdtar'))('bsdtar (needs libarchive-tools)', () => {
  test('lists our manifest', async () => {
    const { tree, manifest } = await sample();
    const { stdout, stderr, status } = spawnSync('bsdtar', ['-tvf', manifest], { encoding: 'latin1' });
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength((await tree.scan()).length);
    expect(lines.find((line) => line.includes('usr/bin/su'))).toMatch(/^-rwsr-xr-x .* 2 .*\.\/usr\/bin\/su$/);
    expect(lines.find((line) => line.includes('link'))).toMatch(/link -> usr\/bin\/a b#c/);
  });

  test('writes a manifest that says what our scan says', async () => {
    const { tree } = await sample();
    const theirs = tree.beside('theirs');
    const options = '!all,mode,uid,gid,type,size,time,link,sha256,device';
    tree.run('bsdtar', '--format=mtree', `--options=${options}`, '-cf', theirs, '.');
    const read = await collectEntries(readManifest(theirs), { sort: true });
    const ours = await tree.scan({ xattrs: false });
    expect(read.map((entry) => entry.path)).toEqual(ours.map((entry) => entry.path));
    for (const [i, entry] of ours.entries())
      expect(read[i], entry.path).toSatisfy((it: ManifestEntry) => sameEntry(it, entry));
  });

  test('its shorter form with /set is read too', async () => {
    const { tree } = await sample();
    const theirs = tree.beside('theirs');
    tree.run(
      'bsdtar',
      '--format=mtree',
      '--options=!all,use-set,mode,uid,gid,type,size,time,link',
      '-cf',
      theirs,
      'usr',
    );
    const read = await collectEntries(readManifest(theirs), { sort: true });
    expect(read.map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([
      'usr 755',
      'usr/bin 755',
      'usr/bin/a 644',
      'usr/bin/su 4755',
    ]);
  });
});

describe.skipIf(!hasCommand('mtree'))("NetBSD's mtree (needs mtree-netbsd)", () => {
  function check(manifest: RawPath, root: RawPath): SpawnSyncReturns<string> {
    return spawnSync('mtree', ['-f', manifest, '-p', root], { encoding: 'latin1' });
  }

  test('finds the tree to be as our manifest says', async () => {
    const { tree, manifest } = await sample();
    const { status, stdout, stderr } = check(manifest, tree.root);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  const changes: readonly [string, (tree: TemporaryTree) => unknown, RegExp][] = [
    ['content', (tree) => tree.file('usr/bin/a', 'two'), /usr\/bin\/a:[^]*sha256/],
    ['mode', (tree) => tree.file('usr/bin/su', 'su', 0o755), /permissions \(04755, 0755/],
    ['an extra file', (tree) => tree.file('extra'), /extra: extra/],
    ['a missing file', (tree) => tree.file('usr.c').run('mv', 'usr.b', 'empty'), /missing: .*usr\.b/],
    ['a time', (tree) => tree.file('late', 'y'), /modification time/],
  ];

  test.each(changes)('notices a change of %s', async (_, change, expected) => {
    const { tree, manifest } = await sample();
    change(tree);
    const { status, stdout } = check(manifest, tree.root);
    expect(status).toBe(2);
    expect(stdout).toMatch(expected);
  });

  test('writes a manifest that we read', async () => {
    const { tree } = await sample();
    const theirs = tree.beside('theirs');
    const keywords = 'type,mode,uid,gid,size,time,link,sha256,device';
    writeFileSync(bytes(theirs), execFileSync('mtree', ['-c', '-k', keywords, '-p', tree.root]));
    const read = await collectEntries(readManifest(theirs), { sort: true });
    const ours = await tree.scan({ xattrs: false });
    expect(read.map((entry) => entry.path)).toEqual(ours.map((entry) => entry.path));
    expect(read.find((entry) => entry.path === 'late')?.mtimeNs).toBe(4_102_444_800_123_456_789n);
  });
});
