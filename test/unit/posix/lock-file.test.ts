/** Locks that are held by a file being there. */
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOwnLockFile, removeOwnLockFile, tryLockFile } from '../../../electron/engine/posix/lock-file.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';

let folder: string;
const file = () => join(folder, 'db.lck');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-lock-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('is there while it is held, and nothing else is', () => {
  const attempt = tryLockFile(raw(file()));
  expect(readdirSync(folder)).toEqual(['db.lck']);
  expect(isOwnLockFile(raw(file()))).toBe(true);
  if ('held' in attempt) attempt.held.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('of someone else is respected, whatever it is', () => {
  for (const put of [() => writeFileSync(file(), ''), () => symlinkSync('nowhere', file())]) {
    put();
    expect(tryLockFile(raw(file()))).toEqual({ busy: { pid: -1 } });
    removeOwnLockFile(raw(file()));
    expect(readdirSync(folder)).toEqual(['db.lck']);
    rmSync(file());
  }
});

test('that was left is taken over', () => {
  tryLockFile(raw(file()));
  expect('held' in tryLockFile(raw(file()))).toBe(true);
  removeOwnLockFile(raw(file()));
  expect(existsSync(file())).toBe(false);
});
