import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, tryLock } from '../../../electron/engine/posix/lock.js';
import {
  bytes,
  display,
  fromDisplay,
  isWithin,
  join as joinRaw,
  nameOf,
  parentOf,
  raw,
  type RawPath,
} from '../../../electron/engine/posix/raw-path.js';
import { exchange } from '../../../electron/engine/posix/rename.js';
import { makeSpecialFile } from '../../../electron/engine/posix/special-file.js';
import { syncDirectory, syncFileSystem } from '../../../electron/engine/posix/sync.js';
import { setModificationTime } from '../../../electron/engine/posix/times.js';
import { getXattr, listXattrs, removeXattr, setXattr } from '../../../electron/engine/posix/xattr.js';

let folder = '';
const at = (name: string): RawPath => raw(join(folder, name));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'understudy-posix-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('raw paths', () => {
  it('carry any bytes there and back', () => {
    const name = Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0xc3, 0x28]);
    const path = joinRaw(raw(folder), name.toString('latin1'));
    writeFileSync(bytes(path), 'x');
    expect(existsSync(Buffer.concat([Buffer.from(`${folder}/`), name]))).toBe(true);
  });

  it('show UTF-8 as text, other bytes and control characters as octal escapes', () => {
    expect(display(raw('étage'))).toBe('étage');
    expect(display('a\xffb' as RawPath)).toBe('a\\377b');
    expect(display(raw('a\u001b[31m\nb\\'))).toBe('a\\033[31m\\012b\\134');
  });

  it('are known again from what is shown of them', () => {
    const names = ['plain', 'étage', 'a\u001b[31m\nb\\', '\\134', '\\', 'ä\\303 \n'].map(raw);
    for (const path of [...names, 'a\xffb' as RawPath, '\xc3\\\x80' as RawPath])
      expect(fromDisplay(display(path))).toBe(path);
  });

  it('know parents and names', () => {
    expect(parentOf('a/b/c' as RawPath)).toBe('a/b');
    expect(parentOf('a' as RawPath)).toBe('');
    expect(parentOf('/a' as RawPath)).toBe('/');
    expect(nameOf('a/b' as RawPath)).toBe('b');
    expect(joinRaw('/' as RawPath, 'usr')).toBe('/usr');
    expect(isWithin('usr/lib', 'usr')).toBe(true);
    expect(isWithin('usrlib', 'usr')).toBe(false);
  });
});

describe('renameat2', () => {
  it('exchanges two folders in one step', () => {
    mkdirSync(at('a'));
    mkdirSync(at('b'));
    writeFileSync(at('a/old'), '');
    exchange(at('a'), at('b'));
    expect(existsSync(at('b/old'))).toBe(true);
    expect(existsSync(at('a/old'))).toBe(false);
  });

  it('names the error when one of them is missing', () => {
    mkdirSync(at('a'));
    expect(() => exchange(at('a'), at('missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(existsSync(at('a'))).toBe(true);
  });

  it('refuses a path with a NUL, which would be cut there', () => {
    expect(() => exchange(`${at('a')}\0/x` as RawPath, at('b'))).toThrow('NUL');
  });
});

describe('attributes', () => {
  it('sets times to the nanosecond, before 1970 and of links themselves', () => {
    writeFileSync(at('file'), '');
    symlinkSync('file', at('link'));
    const time = lstatSync(at('file'), { bigint: true }).mtimeNs;
    setModificationTime(at('link'), -1_234_567_891n);
    expect(lstatSync(at('link'), { bigint: true }).mtimeNs).toBe(-1_234_567_891n);
    expect(lstatSync(at('file'), { bigint: true }).mtimeNs).toBe(time);
  });

  it('lists, reads, sets and removes extended attributes', () => {
    writeFileSync(at('file'), '');
    setXattr(at('file'), 'user.b', Buffer.from([0, 255]));
    setXattr(at('file'), 'user.a', Buffer.from('one'));
    expect(listXattrs(at('file'))).toEqual(['user.a', 'user.b']);
    expect(getXattr(at('file'), 'user.b')).toEqual(Buffer.from([0, 255]));
    removeXattr(at('file'), 'user.a');
    removeXattr(at('file'), 'user.a');
    expect(getXattr(at('file'), 'user.a')).toBeUndefined();
  });

  it('makes fifos', () => {
    makeSpecialFile(at('fifo'), 0o010644, 0n);
    expect(lstatSync(at('fifo')).isFIFO()).toBe(true);
  });

  it('syncs a folder and its file system, and refuses a link in its place', () => {
    syncDirectory(raw(folder));
    syncFileSystem(raw(folder));
    symlinkSync(folder, at('link'));
    expect(() => syncFileSystem(at('link'))).toThrow();
  });
});

describe('record locks', () => {
  const perl = (path: string) => ['-MFcntl=:DEFAULT,:flock', '-e', `
    use Fcntl; open(my $f, "+>>", "${path}") or die; my $l = pack("s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0);
    fcntl($f, F_SETLK, $l) or die; $| = 1; print "held\\n"; <STDIN>;`]; // prettier-ignore

  it('are seen by, and keep out, other processes', async () => {
    const attempt = tryLock(at('lock'));
    expect('held' in attempt).toBe(true);
    expect(() => execFileSync('perl', perl(join(folder, 'lock')), { stdio: 'pipe', input: '' })).toThrow();
    if ('held' in attempt) attempt.held.release();
    expect(lockHolder(at('lock'))).toBeUndefined();

    const other = spawn('perl', perl(join(folder, 'lock')), { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    expect(lockHolder(at('lock'))).toBe(other.pid);
    expect(tryLock(at('lock'))).toEqual({ busy: { pid: other.pid } });
    const gone = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    expect(lockHolder(at('lock'))).toBeUndefined();
  });

  it('follow no link, and a missing file has no holder', () => {
    writeFileSync(at('target'), '');
    symlinkSync('target', at('link'));
    expect(() => tryLock(at('link'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(lockHolder(at('missing'))).toBeUndefined();
    linkSync(at('target'), at('hard'));
    const attempt = tryLock(at('hard'));
    expect('held' in attempt).toBe(true);
    if ('held' in attempt) attempt.held.release();
  });
});
