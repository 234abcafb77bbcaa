import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import type { ElfFile } from '../../../electron/engine/review/elf/elf-file.js';
import { readElf } from '../../../electron/engine/review/elf/read-elf.js';
import { buildElf, type ElfRecipe } from './elf-builder.js';

const hasReadelf = spawnSync('readelf', ['--version']).status === 0;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-elf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(content: Buffer, name = 'sample') {
  writeFileSync(join(folder, name), content);
  return readElf(raw(join(folder, name)));
}

function elf(recipe: ElfRecipe): ElfFile {
  const reading = read(buildElf(recipe));
  if (reading.kind !== 'elf') throw new Error(JSON.stringify(reading));
  return reading.file;
}

describe('reading ELF files', () => {
  for (const bits of [32, 64] as const) {
    for (const bigEndian of [false, true]) {
      it(`reads every field of a ${bits}-bit ${bigEndian ? 'big' : 'little'}-endian file`, () => {
        const file = elf({
          bits,
          bigEndian,
          machine: 21,
          interpreter: '/lib/ld64.so.1',
          needed: ['libc.so.6', 'libz.so.1'],
          soname: 'libsample.so.3',
          rpath: '/old',
          runpath: '$ORIGIN/../lib:/opt/x',
          flags1: 0x800,
          versionsNeeded: {
            'libc.so.6': [{ name: 'GLIBC_2.4' }, { name: 'GLIBC_WEAK', weak: true }],
            'libz.so.1': [{ name: 'ZLIB_1' }],
          },
          versionsDefined: ['SAMPLE_1', 'SAMPLE_2'],
        });
        expect(file).toEqual({
          abi: { bits, bigEndian, machine: 21 },
          type: 'shared',
          interpreter: '/lib/ld64.so.1',
          dynamic: true,
          soname: 'libsample.so.3',
          needed: ['libc.so.6', 'libz.so.1'],
          rpath: '/old',
          runpath: '$ORIGIN/../lib:/opt/x',
          noDefaultFolders: true,
          versionsNeeded: new Map([
            ['libc.so.6', ['GLIBC_2.4']],
            ['libz.so.1', ['ZLIB_1']],
          ]),
          versionsDefined: new Set(['SAMPLE_1', 'SAMPLE_2']),
        });
      });
    }
  }

  it('tells object files and core dumps from programs, and looks no further into them', () => {
    expect(elf({ type: 1, needed: ['libc.so.6'] })).toMatchObject({ type: 'relocatable', needed: [] });
    expect(elf({ type: 4 })).toMatchObject({ type: 'core', dynamic: false });
    expect(elf({ type: 2 })).toMatchObject({ type: 'executable' });
    expect(elf({ type: 0xfe00 })).toMatchObject({ type: 'other' });
  });

  it('finds no ELF in text, in nothing, in a folder, a link and a fifo', () => {
    expect(read(Buffer.from('#!/bin/sh\n')).kind).toBe('not-elf');
    expect(read(Buffer.alloc(0)).kind).toBe('not-elf');
    expect(read(Buffer.from('\x7fEL')).kind).toBe('not-elf');
    mkdirSync(join(folder, 'dir'));
    symlinkSync('/usr/bin/env', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    for (const name of ['dir', 'link', 'fifo']) expect(readElf(raw(join(folder, name))).kind).toBe('not-elf');
  });

  it('throws what the file system says of a file that is not there', () => {
    expect(() => readElf(raw(join(folder, 'absent')))).toThrow('ENOENT');
  });

  it.skipIf(!hasReadelf)('agrees with readelf on the programs and libraries of this machine', () => {
    const names = [
      '/usr/bin',
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib/aarch64-linux-gnu',
      '/usr/lib64',
    ].flatMap((path) => {
      try {
        return readdirSync(path).map((name) => join(path, name));
      } catch {
        return [];
      }
    });
    const files = names
      .filter((path) => lstatSync(path).isFile())
      .filter((_, index) => index % 7 === 0)
      .slice(0, 150);
    let compared = 0;
    for (const path of files) {
      const reading = readElf(raw(path));
      if (reading.kind !== 'elf' || !reading.file.dynamic) continue;
      const said = execFileSync(
        'readelf',
        ['--wide', '--dynamic', '--program-headers', '--version-info', path],
        { encoding: 'utf8', maxBuffer: 1e9 },
      );
      const all = (pattern: RegExp): string[] => [...said.matchAll(pattern)].map((match) => match[1] ?? '');
      expect(reading.file.needed, path).toEqual(all(/\(NEEDED\).*\[(.*)\]/g));
      expect(reading.file.soname, path).toBe(all(/\(SONAME\).*\[(.*)\]/g)[0]);
      expect(reading.file.runpath, path).toBe(all(/\(RUNPATH\).*\[(.*)\]/g)[0]);
      expect(reading.file.rpath, path).toBe(all(/\(RPATH\).*\[(.*)\]/g)[0]);
      expect(reading.file.interpreter, path).toBe(all(/program interpreter: (.*)\]/g)[0]);
      const needs = said
        .slice(said.indexOf('Version needs section'))
        .split('\n')
        .filter((line) => /^\s+0x[0-9a-f]+:\s+Name: .*Flags: (?!.*WEAK)/.test(line));
      if (said.includes('Version needs section'))
        expect([...reading.file.versionsNeeded.values()].flat().sort(), path).toEqual(
          needs.map((line) => /Name: (\S+)/.exec(line)?.[1]).sort(),
        );
      compared += 1;
    }
    expect(compared).toBeGreaterThan(20);
  });
});

describe('hostile ELF files', () => {
  const recipe: ElfRecipe = {
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    needed: ['libc.so.6'],
    soname: 'lib.so.1',
    runpath: '/x',
    versionsNeeded: { 'libc.so.6': [{ name: 'GLIBC_2.4' }] },
    versionsDefined: ['A_1'],
  };

  it('calls a file that was cut off damaged, wherever it was cut', () => {
    const whole = buildElf(recipe);
    writeFileSync(join(folder, 'cut'), whole);
    for (let length = whole.length - 1; length >= 0; length -= 1) {
      truncateSync(join(folder, 'cut'), length);
      const { kind } = readElf(raw(join(folder, 'cut')));
      expect(kind, `${length} bytes`).toBe(length < 4 ? 'not-elf' : 'damaged');
    }
  });

  it('bounds what a file claims: headers, entries, versions, strings', () => {
    const broken = (change: (file: Buffer) => void, from: ElfRecipe = recipe) => {
      const file = buildElf(from);
      change(file);
      return read(file);
    };
    expect(broken((file) => file.writeUInt8(9, 4))).toMatchObject({ kind: 'damaged' });
    expect(broken((file) => file.writeUInt8(9, 5))).toMatchObject({ kind: 'damaged' });
    expect(broken((file) => file.writeUInt16LE(0xffff, 56))).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining('65535') as string,
    });
    expect(broken((file) => file.writeUInt16LE(8, 54))).toMatchObject({ kind: 'damaged' });
    expect(broken((file) => file.writeBigUInt64LE(0xffff_ffff_ffff_fff0n, 32))).toMatchObject({
      kind: 'damaged',
    });
    expect(broken((file) => file.fill(0xff, 64 + 8, 64 + 16))).toMatchObject({ kind: 'damaged' });
    // each of these is well formed, and more than any real file has
    const versions = buildElf({
      ...recipe,
      versionsDefined: Array.from({ length: 9000 }, (_, index) => `V_${index}`),
    });
    expect(read(versions)).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining('versions') as string,
    });
    const many = buildElf({ needed: Array.from({ length: 9000 }, (_, index) => `l${index}`) });
    expect(read(many)).toMatchObject({
      kind: 'damaged',
      reason: expect.stringContaining('dynamic section') as string,
    });
    expect(read(buildElf({ needed: ['x'.repeat(5000)] }))).toMatchObject({
      kind: 'damaged',
      reason: 'a needed library has no end',
    });
  });

  it('answers quickly, and never throws, on 4,000 mutations of real and made files', () => {
    const random = seeded(20_260_101);
    const samples = [buildElf(recipe), buildElf({ ...recipe, bits: 32, bigEndian: true }), smallestProgram()];
    const kinds = { elf: 0, damaged: 0, 'not-elf': 0 };
    const started = performance.now();
    for (let round = 0; round < 4000; round += 1) {
      const file = Buffer.from(samples[round % samples.length]!);
      const edits = 1 + Math.floor(random() * 8);
      // the first 1,024 bytes hold the headers; the rest of the edits go anywhere
      for (let edit = 0; edit < edits; edit += 1) {
        const at = Math.floor(random() * (random() < 0.7 ? Math.min(1024, file.length) : file.length));
        file[at] = random() < 0.5 ? Math.floor(random() * 256) : random() < 0.5 ? 0xff : 0;
      }
      const cut = random() < 0.1 ? file.subarray(0, Math.floor(random() * file.length)) : file;
      kinds[read(cut).kind] += 1;
    }
    expect(kinds.elf).toBeGreaterThan(100);
    expect(kinds.damaged).toBeGreaterThan(100);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

function smallestProgram(): Buffer {
  const names = readdirSync('/usr/bin').map((name) => join('/usr/bin', name));
  const programs = names
    .map((path) => ({ path, stat: lstatSync(path) }))
    .filter(({ path, stat }) => stat.isFile() && stat.size > 4096 && readElf(raw(path)).kind === 'elf')
    .sort((a, b) => a.stat.size - b.stat.size);
  return readFileSync(programs[0]!.path);
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
