/** What a file must be to be taken for a live patch, and how each of those that are none is refused. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../../electron/engine/fault.js';
import { readLivepatch } from '../../../../electron/engine/kernel/livepatch/module-file.js';
import { raw } from '../../../../electron/engine/posix/raw-path.js';
import { buildModule, testRelease, type ModuleRecipe } from '../../../lab/livepatch-module.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-module-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'patch.ko');
const read = (content: Buffer, hardware = 'x86_64') => {
  writeFileSync(path(), content);
  return readLivepatch(raw(path()), hardware);
};
function reasonOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault && error.code === 'LIVEPATCH_UNFIT') return error.problem.details.join();
    throw error;
  }
  throw new Error('it was taken');
}

describe('a live patch', () => {
  test('says what it is called, for which kernel it is, and whether it is signed', () => {
    const content = buildModule();
    expect(read(content)).toMatchObject({
      name: 'fix_net',
      release: testRelease,
      vermagic: `${testRelease} SMP preempt mod_unload modversions `,
      srcversion: 'A1B2C3D4',
      sha256: createHash('sha256').update(content).digest('hex'),
      signed: false,
    });
    expect(read(buildModule({ signed: true })).signed).toBe(true);
    expect(read(buildModule({ values: { srcversion: undefined } })).srcversion).toBeNull();
  });

  test('may be packed by gzip, and is then what is inside', () => {
    const content = buildModule({ signed: true });
    const { content: inside, signed } = read(gzipSync(content));
    expect(inside.equals(content)).toBe(true);
    expect(signed).toBe(true);
    expect(reasonOf(() => read(gzipSync(content).subarray(0, -20)))).toContain('packed by gzip, and damaged');
  });

  test('may be for any architecture that has live patches, if it is that of the machine', () => {
    const arm = buildModule({ machine: 183 });
    expect(read(arm, 'aarch64').name).toBe('fix_net');
    expect(read(buildModule({ machine: 22, bigEndian: true }), 's390x').name).toBe('fix_net');
    expect(reasonOf(() => read(arm))).toContain('for another architecture than x86_64');
    expect(reasonOf(() => read(buildModule({ bits: 32, machine: 3 })))).toContain('another architecture');
    expect(reasonOf(() => read(buildModule({ bigEndian: true })))).toContain('another architecture');
    expect(reasonOf(() => read(buildModule(), 'riscv64'))).toContain('another architecture than riscv64');
  });
});

test.each<[string, ModuleRecipe, string]>([
  ['a module that is none', { values: { livepatch: undefined } }, 'but no live patch (livepatch=Y)'],
  ['one that says it is none', { values: { livepatch: 'N' } }, 'but no live patch'],
  ['a program', { type: 3 }, 'it is no kernel module: such a file is relocatable'],
  ['an object file', { section: '.comment' }, 'it has no section .modinfo'],
  ['no vermagic', { values: { vermagic: undefined } }, 'it does not say its vermagic'],
  ['no name', { values: { name: undefined } }, 'it does not say its name'],
  ['a name that leads elsewhere', { values: { name: '../../etc' } }, 'its name is none'],
  ['a name with a line end', { values: { name: 'a\nb' } }, 'its name is none'],
  ['an endless name', { values: { name: 'a'.repeat(56) } }, 'its name is none'],
  ['a release that leads elsewhere', { values: { vermagic: '../../x SMP' } }, 'for which kernel release'],
  ['a hidden release', { values: { vermagic: '.understudy SMP' } }, 'for which kernel release'],
  ['an empty release', { values: { vermagic: ' SMP' } }, 'for which kernel release'],
  ['a great .modinfo', { values: { description: 'x'.repeat(70_000) } }, '.modinfo is too large'],
])('%s is refused', (_, recipe, reason) => {
  expect(reasonOf(() => read(buildModule(recipe)))).toContain(reason);
});

test.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), 'it is no ELF file'],
  ['a text', Buffer.from('#!/bin/sh\nexec reboot\n'), 'it is no ELF file'],
  ['packed by xz', Buffer.from('fd377a585a000004', 'hex'), 'unpack it first with "xz -d"'],
  ['packed by zstd', Buffer.from('28b52ffd00000000', 'hex'), 'unpack it first with "zstd -d"'],
])('%s is refused', (_, content, reason) => {
  expect(reasonOf(() => read(content))).toContain(reason);
});

test('one that is cut short anywhere is refused', () => {
  const whole = buildModule();
  for (let length = 0; length < whole.length; length += 1)
    expect(() => read(whole.subarray(0, length)), String(length)).toThrow(Fault);
});

test('whatever one byte becomes, it is taken or refused, and never more', () => {
  const whole = buildModule();
  for (let at = 0; at < whole.length; at += 1)
    for (const value of [0x00, 0x7f, 0xff]) {
      const altered = Buffer.from(whole);
      altered[at] = value;
      try {
        read(altered);
      } catch (error) {
        expect(error instanceof Fault && error.code, `${at}: ${value}`).toBe('LIVEPATCH_UNFIT');
      }
    }
});

test('what is no regular file is refused, without waiting and without following', () => {
  const at = (name: string): string => join(folder, name);
  writeFileSync(path(), buildModule());
  symlinkSync(path(), at('link.ko'));
  mkdirSync(at('folder.ko'));
  execFileSync('mkfifo', [at('pipe.ko')]);
  const reason = (name: string): string => reasonOf(() => readLivepatch(raw(at(name)), 'x86_64'));
  expect(reason('link.ko')).toContain('it is a link, which is not followed');
  expect(reason('folder.ko')).toContain('it is no regular file');
  expect(reason('pipe.ko')).toContain('it is no regular file');
  expect(reason('none.ko')).toContain('there is no such file');
  expect(reason('patch.ko/x')).toContain('there is no such file');
  expect(reason('x'.repeat(300))).toContain('the name is too long');
  expect(reason('a\0b')).toContain('no name holds a NUL');
});
