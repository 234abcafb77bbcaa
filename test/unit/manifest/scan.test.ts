import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { collectEntries, comparePaths } from '../../../electron/engine/manifest/entry.js';
import { scanTree } from '../../../electron/engine/manifest/scan.js';
import { bytes, raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { setModificationTime } from '../../../electron/engine/posix/times.js';
import { setXattr } from '../../../electron/engine/posix/xattr.js';
import { hasCommand, isRoot, TemporaryTree } from './temporary-tree.js';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

describe('what a scan says about', () => {
  test('a regular file', async () => {
    const tree = new TemporaryTree().file('a', 'hello', 0o640);
    const status = lstatSync(tree.bytes('a'), { bigint: true });
    expect(await tree.entry('a')).toEqual({
      path: 'a',
      type: 'file',
      mode: 0o640,
      uid: Number(status.uid),
      gid: Number(status.gid),
      size: 5,
      mtimeNs: status.mtimeNs,
      sha256: sha256('hello'),
    });
  });

  test('the root, first and with an empty path', async () => {
    const tree = new TemporaryTree().file('a');
    const [first] = await tree.scan();
    expect(first).toMatchObject({ path: '', type: 'dir', size: 0 });
  });

  test('an empty directory', async () => {
    const tree = new TemporaryTree().dir('empty');
    expect(await tree.entry('empty')).toMatchObject({ type: 'dir', size: 0, sha256: undefined });
  });

  test('a symbolic link, which is not followed', async () => {
    const tree = new TemporaryTree().link('l', 'no where\xff');
    expect(await tree.entry('l')).toMatchObject({ type: 'link', link: 'no where\xff', size: 0 });
  });

  test('setuid, setgid and sticky bits', async () => {
    const tree = new TemporaryTree().file('su', '', 0o4755).dir('sticky');
    chmodSync(tree.bytes('sticky'), 0o3777);
    expect((await tree.entry('su')).mode).toBe(0o4755);
    expect((await tree.entry('sticky')).mode).toBe(0o3777);
  });

  test('a fifo, without waiting for a writer', async () => {
    const tree = new TemporaryTree();
    tree.run('mkfifo', 'pipe');
    expect(await tree.entry('pipe')).toMatchObject({ type: 'fifo', sha256: undefined });
  });

  test('a socket', async () => {
    const tree = new TemporaryTree();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(tree.at('s'), resolve));
    onTestFinished(() => void server.close());
    expect(await tree.entry('s')).toMatchObject({ type: 'socket', size: 0 });
  });

  test.skipIf(!isRoot)('device nodes (needs root)', async () => {
    const tree = new TemporaryTree();
    tree.run('mknod', 'null', 'c', '1', '3');
    tree.run('mknod', 'loop', 'b', '7', '300');
    expect(await tree.entry('null')).toMatchObject({ type: 'char', device: { major: 1, minor: 3 } });
    expect(await tree.entry('loop')).toMatchObject({ type: 'block', device: { major: 7, minor: 300 } });
  });

  test('a sparse file', async () => {
    const tree = new TemporaryTree().file('holes', 'x');
    truncateSync(tree.bytes('holes'), 3_000_000);
    const content = Buffer.alloc(3_000_000);
    content.write('x');
    expect(await tree.entry('holes')).toMatchObject({ size: 3_000_000, sha256: sha256(content) });
  });

  test.each([-1n, -1_500_000_001n, 1n, 4_102_444_800_123_456_789n])('the time %d', async (time) => {
    const tree = new TemporaryTree().file('a');
    setModificationTime(tree.at('a'), time);
    expect((await tree.entry('a')).mtimeNs).toBe(time);
  });

  test('extended attributes, sorted, without those of overlayfs', async () => {
    const tree = new TemporaryTree().file('a');
    setXattr(tree.at('a'), 'user.z', Buffer.from([0, 255]));
    setXattr(tree.at('a'), 'user.a', Buffer.alloc(0));
    setXattr(tree.at('a'), 'user.overlay.opaque', Buffer.from('y'));
    const { xattrs } = await tree.entry('a');
    expect([...(xattrs ?? [])]).toEqual([
      ['user.a', Buffer.alloc(0)],
      ['user.z', Buffer.from([0, 255])],
    ]);
    expect((await tree.entry('a', { xattrs: false })).xattrs).toBeUndefined();
  });

  test('attributes whose names need more than the first buffer', async () => {
    const tree = new TemporaryTree().file('a');
    for (let i = 0; i < 6; i++) setXattr(tree.at('a'), `user.${i}${'n'.repeat(200)}`, Buffer.from('1'));
    expect((await tree.entry('a')).xattrs?.size).toBe(6);
  });

  test.skipIf(!hasCommand('setfacl'))('an ACL (needs setfacl)', async () => {
    const tree = new TemporaryTree().file('a');
    tree.run('setfacl', '-m', 'u:12345:r', 'a');
    expect([...((await tree.entry('a')).xattrs?.keys() ?? [])]).toContain('system.posix_acl_access');
  });

  test.skipIf(!isRoot || !hasCommand('setcap'))('file capabilities (needs root and setcap)', async () => {
    const tree = new TemporaryTree().file('a');
    tree.run('setcap', 'cap_net_raw+ep', 'a');
    expect([...((await tree.entry('a')).xattrs?.keys() ?? [])]).toEqual(['security.capability']);
  });

  test('names that are not UTF-8, or have blanks, newlines, # and backslashes', async () => {
    const names = ['\xff\xfe', 'new\nline', 'two  words', '#hash', 'back\\slash', '*?[', 'é'].map(String);
    const tree = new TemporaryTree();
    for (const name of names) tree.file(name, 'x');
    const found = (await tree.scan()).filter((entry) => entry.sha256 === sha256('x'));
    expect(found.map((entry) => entry.path)).toEqual(names.sort());
  });
});

test('entries come depth first, a directory before its contents, names by their bytes', async () => {
  const tree = new TemporaryTree().dir('a/b').dir('a.b').file('a/b/c').file('a-').file('a.b/x').file('a0');
  const paths = (await tree.scan()).map((entry) => entry.path);
  expect(paths).toEqual(['', 'a', 'a/b', 'a/b/c', 'a-', 'a.b', 'a.b/x', 'a0']);
  expect([...paths].sort(comparePaths)).toEqual(paths);
});

test('a tree deeper than PATH_MAX is listed; what cannot be opened by path is reported', async () => {
  const tree = new TemporaryTree();
  const name = 'd'.repeat(200);
  tree.run(
    'sh',
    '-c',
    `for i in $(seq 25); do mkdir ${name} && cd -P ${name} || exit 1; done; echo hi > deep`,
  );
  const unreadable: string[] = [];
  const entries = await tree.scan({ onUnreadable: (_, code) => unreadable.push(code) });
  expect(entries.length).toBe(27);
  expect(entries.at(-1)).toMatchObject({ size: 3, sha256: undefined });
  expect(new Set(unreadable)).toEqual(new Set(['ENAMETOOLONG']));
});

test('hashing in threads gives the same as hashing here', async () => {
  const tree = new TemporaryTree();
  for (let i = 0; i < 1200; i++) tree.file(`f${i}`, `content ${i}`);
  tree.file('large', Buffer.alloc(9_000_000, 'large'));
  const here = await tree.scan({ workers: 0 });
  expect(here.find((entry) => entry.path === 'f7')?.sha256).toBe(sha256('content 7'));
  expect(await tree.scan({ workers: 3 })).toEqual(here);
});

test('without hashing there are no hashes', async () => {
  const tree = new TemporaryTree().file('a');
  expect((await tree.entry('a', { hash: false })).sha256).toBeUndefined();
});

test('an excluded directory is pruned with all below it', async () => {
  const tree = new TemporaryTree().dir('keep').dir('drop/sub').file('drop/sub/x').file('keep/drop');
  const asked: [RawPath, boolean][] = [];
  const exclude = (path: RawPath, isDirectory: boolean): boolean => {
    asked.push([path, isDirectory]);
    return path === 'drop';
  };
  const paths = (await tree.scan({ exclude })).map((entry) => entry.path);
  expect(paths).toEqual(['', 'keep', 'keep/drop']);
  expect(asked).toEqual([
    ['drop', true],
    ['keep', true],
    ['keep/drop', false],
  ]);
});

test('what vanishes during the scan is left out', async () => {
  const tree = new TemporaryTree().file('file').dir('dir').file('stays');
  const exclude = (path: RawPath): boolean => {
    if (path === 'file') unlinkSync(tree.bytes('file')); // after its stat, before it is hashed
    if (path === 'dir') rmdirSync(tree.bytes('dir'));
    return false;
  };
  expect((await tree.scan({ exclude })).map((entry) => entry.path)).toEqual(['', 'stays']);
});

test('a file that is replaced during the scan is described as it is now', async () => {
  const tree = new TemporaryTree().file('a', 'old').file('b', 'newer', 0o600);
  const exclude = (path: RawPath): boolean => {
    if (path === 'a') renameSync(tree.bytes('b'), tree.bytes('a'));
    return false;
  };
  const [, entry] = await tree.scan({ exclude });
  expect(entry).toMatchObject({ path: 'a', mode: 0o600, size: 5, sha256: sha256('newer') });
});

test('a file that gives way to a fifo does not hang the scan', async () => {
  const tree = new TemporaryTree().file('a');
  const exclude = (): boolean => {
    rmSync(tree.bytes('a'));
    tree.run('mkfifo', 'a');
    return false;
  };
  expect((await tree.scan({ exclude }))[1]).toMatchObject({ type: 'fifo', sha256: undefined });
});

test('mount points are listed but not entered with oneFileSystem', async () => {
  const paths: string[] = [];
  const options = { hash: false, oneFileSystem: true, exclude: (path: RawPath) => !/^proc/.test(path) };
  for await (const batch of scanTree(raw('/'), options)) paths.push(...batch.map((entry) => entry.path));
  expect(paths).toEqual(['', 'proc']);
});

test.skipIf(!isRoot)(
  'unreadable entries are reported and listed without a hash (needs root to drop it)',
  () => {
    const tree = new TemporaryTree().file('secret', 'x', 0o600).dir('closed').file('closed/x');
    chmodSync(tree.bytes('closed'), 0o700);
    chmodSync(bytes(tree.folder), 0o755);
    chmodSync(bytes(tree.root), 0o755);
    const scan = new URL('../../../dist/electron/engine/manifest/scan.js', import.meta.url).href;
    const script = `import { scanTree } from ${JSON.stringify(scan)};
    const seen = [];
    const onUnreadable = (path, code) => seen.push(path + ' ' + code);
    for await (const batch of scanTree(${JSON.stringify(tree.root)}, { hash: true, onUnreadable }))
      for (const { path, size, sha256 } of batch) if (path !== '') seen.push([path, size, sha256 ?? 'none'].join(' '));
    console.log(JSON.stringify(seen.filter((line) => !line.startsWith(' '))));`;
    const options = { uid: 65534, gid: 65534, encoding: 'utf8' } as const;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
    expect(JSON.parse(output)).toEqual(['closed EACCES', 'secret EACCES', 'closed 0 none', 'secret 1 none']);
  },
);

describe('aborting', () => {
  test('before the start throws the reason', async () => {
    const tree = new TemporaryTree();
    await expect(tree.scan({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  test('while threads hash throws the reason and closes every file', async () => {
    const tree = new TemporaryTree();
    for (const name of ['a', 'b', 'c']) {
      tree.file(name, 'x');
      truncateSync(tree.bytes(name), 4_000_000_000);
    }
    const controller = new AbortController();
    const scan = tree.scan({ signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(scan).rejects.toThrow('enough');
    const open = readdirSync('/proc/self/fd').map((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return ''; // closed meanwhile, as that of the list itself
      }
    });
    expect(open.filter((path) => path.startsWith(tree.root))).toEqual([]);
  });
});

test('progress counts files and bytes', async () => {
  const tree = new TemporaryTree().file('a', '123').file('b', '45').link('l', 'a');
  const seen: unknown[] = [];
  await tree.scan({ onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toEqual({ files: 2, bytes: 5 });
});

test('a root that is missing throws ENOENT', async () => {
  const tree = new TemporaryTree();
  await expect(collectEntries(scanTree(tree.beside('missing'), { hash: true }))).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
