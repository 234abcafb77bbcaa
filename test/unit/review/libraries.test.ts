import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { configuredFolders } from '../../../electron/engine/review/libraries/ld-so-conf.js';
import { LibraryTree } from '../../../electron/engine/review/libraries/library-tree.js';
import { missingFor } from '../../../electron/engine/review/libraries/missing.js';
import { libraries } from '../../../electron/engine/review/libraries/prove-libraries.js';
import { expand } from '../../../electron/engine/review/libraries/search-path.js';
import { buildElf, type ElfRecipe } from './elf-builder.js';
import { prove, samplePair, type SampleTree } from './sample-tree.js';

const loader = '/lib64/ld-linux-x86-64.so.2';
const multiarch = 'usr/lib/x86_64-linux-gnu';

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => {
  ({ before, after, clean } = samplePair());
  for (const tree of [before, after]) {
    tree.link('lib', 'usr/lib').link('lib64', 'usr/lib64').link('bin', 'usr/bin');
    library(tree, 'usr/lib64/ld-linux-x86-64.so.2');
    library(tree, `${multiarch}/libc.so.6`, { versionsDefined: ['GLIBC_2.4', 'GLIBC_2.36'] });
    library(tree, `${multiarch}/libz.so.1.2.13`).link(`${multiarch}/libz.so.1`, 'libz.so.1.2.13');
  }
});
afterEach(() => clean());

const library = (tree: SampleTree, path: string, recipe: ElfRecipe = {}) => tree.file(path, buildElf(recipe));
const program = (tree: SampleTree, path: string, recipe: ElfRecipe = {}) =>
  tree.file(path, buildElf({ interpreter: loader, needed: ['libc.so.6'], ...recipe }), 0o755);
const proof = () => prove(libraries, before, after);

describe('the proof that programs find their libraries', () => {
  it('passes when nothing or only data changed', async () => {
    after.file('usr/share/doc/readme', 'text').file('usr/bin/script', '#!/bin/sh\n', 0o755);
    expect(await proof()).toMatchObject({
      id: 'libraries',
      result: 'pass',
      sentence: 'The update changes no program or library.',
    });
  });

  it('passes for programs and libraries that find all they need', async () => {
    program(after, 'usr/bin/new', { needed: ['libz.so.1', 'libc.so.6'] });
    library(after, `${multiarch}/libnew.so.1`, { needed: ['libc.so.6'] });
    expect(await proof()).toMatchObject({
      result: 'pass',
      sentence: expect.stringContaining('2 programs and libraries') as string,
    });
  });

  it('fails for a library that is nowhere, and names program and library', async () => {
    program(after, 'usr/bin/new', { needed: ['libgone.so.3', 'libc.so.6'] });
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['usr/bin/new: library libgone.so.3 is missing'],
    });
  });

  it('fails for a dangling link and for a library of another machine, class or kind', async () => {
    after.link(`${multiarch}/liba.so.1`, 'liba.so.1.0');
    library(after, `${multiarch}/libb.so.1`, { machine: 183 });
    library(after, `${multiarch}/libc2.so.1`, { bits: 32, machine: 3 });
    after.file(`${multiarch}/libd.so.1`, 'INPUT(libd.a)');
    program(after, 'usr/bin/new', { needed: ['liba.so.1', 'libb.so.1', 'libc2.so.1', 'libd.so.1'] });
    const { result, details } = await proof();
    expect(result).toBe('fail');
    expect(details).toEqual(
      ['liba', 'libb', 'libc2', 'libd'].map((name) => `usr/bin/new: library ${name}.so.1 is missing`),
    );
  });

  it('fails for a missing interpreter', async () => {
    program(after, 'usr/bin/new', { interpreter: '/lib64/ld-lsb-x86-64.so.3' });
    expect((await proof()).details).toEqual([
      'usr/bin/new: interpreter /lib64/ld-lsb-x86-64.so.3 is missing',
    ]);
  });

  it('fails for a symbol version that the library does not define, unless it is weak or the library has none at all', async () => {
    const versionsNeeded = {
      'libc.so.6': [{ name: 'GLIBC_2.36' }, { name: 'GLIBC_2.99' }, { name: 'GLIBC_3', weak: true }],
      'libz.so.1': [{ name: 'ZLIB_9' }],
    };
    program(after, 'usr/bin/new', { needed: ['libz.so.1', 'libc.so.6'], versionsNeeded });
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['usr/bin/new: version GLIBC_2.99 of libc.so.6 is missing'],
    });
  });

  it('fails for a program elsewhere whose library the update removes', async () => {
    for (const tree of [before, after])
      program(tree, 'usr/sbin/daemon', { needed: ['libz.so.1', 'libc.so.6'] });
    for (const tree of [before, after]) program(tree, 'usr/libexec/unconcerned');
    after.remove(`${multiarch}/libz.so.1`).remove(`${multiarch}/libz.so.1.2.13`);
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['usr/sbin/daemon: library libz.so.1 is missing'],
    });
  });

  it('fails for a program elsewhere when only the link under its soname is gone, or leads to another ABI', async () => {
    for (const tree of [before, after]) program(tree, 'usr/bin/tool', { needed: ['libz.so.1'] });
    after.remove(`${multiarch}/libz.so.1`);
    expect((await proof()).details).toEqual(['usr/bin/tool: library libz.so.1 is missing']);
    library(after, `${multiarch}/libz.so.2.0`, { bits: 32, machine: 3 }).link(
      `${multiarch}/libz.so.1`,
      'libz.so.2.0',
    );
    expect((await proof()).details).toEqual(['usr/bin/tool: library libz.so.1 is missing']);
  });

  it('fails for a program elsewhere when a library loses a symbol version that it needs', async () => {
    for (const tree of [before, after])
      program(tree, 'usr/bin/tool', { versionsNeeded: { 'libc.so.6': [{ name: 'GLIBC_2.36' }] } });
    library(after, `${multiarch}/libc.so.6`, { versionsDefined: ['GLIBC_2.4'] });
    expect((await proof()).details).toEqual(['usr/bin/tool: version GLIBC_2.36 of libc.so.6 is missing']);
  });

  it('fails for a program elsewhere when a folder goes from ld.so.conf', async () => {
    for (const tree of [before, after]) {
      tree.file('etc/ld.so.conf', 'include /etc/ld.so.conf.d/*.conf\n');
      library(tree, 'opt/vendor/lib/libvendor.so.1');
      program(tree, 'usr/bin/vendor', { needed: ['libvendor.so.1'] });
    }
    before.file('etc/ld.so.conf.d/vendor.conf', '/opt/vendor/lib\n');
    expect((await proof()).details).toEqual(['usr/bin/vendor: library libvendor.so.1 is missing']);
  });

  it('fails for every program of an ABI whose loader the update removes', async () => {
    for (const tree of [before, after]) program(tree, 'usr/bin/tool');
    after.remove('usr/lib64/ld-linux-x86-64.so.2');
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: [`usr/bin/tool: interpreter ${loader} is missing`],
    });
  });

  it("only warns for the user's own programs below usr/local and opt", async () => {
    for (const tree of [before, after]) program(tree, 'usr/local/bin/mine', { needed: ['libz.so.1'] });
    after.remove(`${multiarch}/libz.so.1`);
    expect(await proof()).toMatchObject({
      result: 'warn',
      details: ['usr/local/bin/mine: library libz.so.1 is missing'],
    });
  });

  it('only warns for what was missing before, also when the library got a new file name', async () => {
    program(before, 'usr/bin/old', { needed: ['libnever.so.1'] });
    program(after, 'usr/bin/old', { needed: ['libnever.so.1', 'libz.so.1'] });
    library(before, `${multiarch}/libplug.so.1.0`, { soname: 'libplug.so.1', needed: ['libnever.so.2'] });
    library(after, `${multiarch}/libplug.so.1.1`, { soname: 'libplug.so.1', needed: ['libnever.so.2'] });
    expect(await proof()).toMatchObject({
      result: 'warn',
      details: [
        'usr/bin/old: library libnever.so.1 is missing, as before the update',
        `${multiarch}/libplug.so.1.1: library libnever.so.2 is missing, as before the update`,
      ],
    });
  });

  it('leaves out debugging symbols, kernel modules, objects, and programs for machines that the tree cannot run', async () => {
    const needed = ['libgone.so.1'];
    library(after, 'usr/lib/debug/usr/bin/x.debug', { needed });
    library(after, 'usr/lib/modules/6.1/kernel/x.ko', { needed });
    library(after, 'usr/lib/grub/x.mod', { type: 1, needed });
    program(after, 'usr/aarch64-linux-gnu/bin/x', {
      machine: 183,
      interpreter: '/lib/ld-linux-aarch64.so.1',
      needed,
    });
    after.file('usr/lib/static', buildElf({ type: 2, machine: 8, bits: 32 }));
    expect((await proof()).result).toBe('pass');
  });

  it('fails for a damaged program and only warns for a damaged sample file', async () => {
    const whole = buildElf({ needed: ['libc.so.6'] });
    after
      .file('usr/bin/cut', whole.subarray(0, 200), 0o755)
      .file('usr/share/samples/cut', whole.subarray(0, 200));
    const { result, details } = await proof();
    expect(result).toBe('fail');
    expect(details).toEqual([
      expect.stringMatching(/^usr\/bin\/cut: damaged program: /),
      expect.stringMatching(/^usr\/share\/samples\/cut: damaged program: /),
    ]);
    before.file('usr/bin/cut', whole.subarray(0, 201), 0o755);
    expect((await proof()).result).toBe('warn');
  });

  it('shows names that are no text with escapes, and shortens a long list', async () => {
    for (let index = 0; index < 250; index += 1)
      program(after, `usr/bin/p${index}`, { needed: ['lib\x1b\xff.so'] });
    const { details } = await proof();
    expect(details).toHaveLength(201);
    expect(details[0]).toContain('library lib\\033\\377.so is missing');
    expect(details.at(-1)).toBe('and 50 more');
  });

  it('stops when it is cancelled', async () => {
    program(after, 'usr/bin/new');
    await expect(prove(libraries, before, after, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('where libraries are looked for', () => {
  const find = (path: string, recipe: ElfRecipe): string[] => {
    program(after, path, recipe);
    const tree = new LibraryTree(after.view);
    const reading = tree.read(path as RawPath);
    return reading?.kind === 'elf' ? missingFor(tree, path as RawPath, reading.file) : ['unreadable'];
  };

  it('follows RUNPATH and RPATH with $ORIGIN and $LIB, and prefers RUNPATH', () => {
    library(after, 'usr/lib/suite/libown.so');
    library(after, 'opt/a/lib/x86_64-linux-gnu/libwide.so');
    expect(find('usr/bin/a', { needed: ['libown.so'], runpath: '/nowhere:$ORIGIN/../lib/suite' })).toEqual(
      [],
    );
    expect(find('usr/bin/b', { needed: ['libown.so'], rpath: '${ORIGIN}/../lib/suite/' })).toEqual([]);
    expect(find('usr/bin/c', { needed: ['libwide.so'], runpath: '/opt/a/$LIB' })).toEqual([]);
    expect(
      find('usr/bin/d', { needed: ['libown.so'], rpath: '/usr/lib/suite', runpath: '/nowhere' }),
    ).toEqual(['library libown.so']);
    expect(find('usr/bin/e', { needed: ['libown.so'], runpath: 'usr/lib/suite:' })).toEqual([
      'library libown.so',
    ]);
  });

  it('expands $PLATFORM and keeps a name that only begins like a token', () => {
    const abi = { bits: 64, bigEndian: false, machine: 62 } as const;
    expect(expand('/p/$PLATFORM:/q/$ORIGINAL', 'usr/bin/x' as RawPath, abi)).toEqual([
      'p/x86_64',
      'p/haswell',
      'p/xeon_phi',
      'q/$ORIGINAL',
    ]);
  });

  it('honours DF_1_NODEFLIB and needed names with a slash', () => {
    library(after, 'usr/lib/suite/libown.so');
    expect(find('usr/bin/a', { needed: ['libz.so.1'], flags1: 0x800 })).toEqual(['library libz.so.1']);
    expect(
      find('usr/bin/b', { needed: ['/usr/lib/suite/libown.so', '$ORIGIN/../lib/suite/libown.so'] }),
    ).toEqual([]);
    expect(find('usr/bin/c', { needed: ['/usr/lib/suite/libnot.so'] })).toEqual([
      'library /usr/lib/suite/libnot.so',
    ]);
  });

  it('finds libraries in glibc-hwcaps', () => {
    library(after, `${multiarch}/glibc-hwcaps/x86-64-v3/libfast.so.1`);
    expect(find('usr/bin/a', { needed: ['libfast.so.1'] })).toEqual([]);
  });

  it('lets a private plug-in rest on its neighbours, but not a program on the path or a public library', () => {
    library(after, 'usr/lib/jvm/lib/server/libjvm.so');
    const needed = ['libjvm.so'];
    library(after, 'usr/lib/jvm/lib/libawt.so', { needed });
    program(after, 'usr/lib/jvm/lib/bin/java', { needed });
    library(after, `${multiarch}/libpublic.so`, { needed });
    const tree = new LibraryTree(after.view);
    const missing = (path: string): string[] => {
      const reading = tree.read(path as RawPath);
      return reading?.kind === 'elf' ? missingFor(tree, path as RawPath, reading.file) : ['unreadable'];
    };
    expect(missing('usr/lib/jvm/lib/libawt.so')).toEqual([]);
    expect(missing('usr/lib/jvm/lib/bin/java')).toEqual(['library libjvm.so']);
    expect(missing(`${multiarch}/libpublic.so`)).toEqual(['library libjvm.so']);
  });

  it('knows musl, whose loader is its libc', () => {
    library(after, 'usr/lib/ld-musl-x86_64.so.1');
    library(after, 'usr/lib/x86_64-linux-musl/libextra.so');
    expect(
      find('usr/bin/m', { interpreter: '/lib/ld-musl-x86_64.so.1', needed: ['libc.so', 'libextra.so'] }),
    ).toEqual([]);
  });

  it('never leaves the tree through a link', () => {
    const outside = join(dirname(after.root), 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'libout.so'), buildElf());
    after.link('opt/escape', outside).link(`${multiarch}/libup.so`, '../../../../outside/libout.so');
    after.link(`${multiarch}/libround.so`, 'libround.so');
    const missing = find('usr/bin/a', {
      needed: ['libout.so', 'libup.so', 'libround.so'],
      runpath: '/opt/escape',
    });
    expect(missing).toEqual(['library libout.so', 'library libup.so', 'library libround.so']);
  });

  it('reads ld.so.conf: includes with patterns, comments, several folders a line, circles', () => {
    after
      .file(
        'etc/ld.so.conf',
        '# mine\ninclude ld.so.conf.d/[ab]?.conf /etc/more/*.conf\ninclude /etc/ld.so.conf\n/one /two:/three,/four=libc6\nhwcap 1 x\nrelative\n',
      )
      .file('etc/ld.so.conf.d/a1.conf', '/from-a//  # trailing\n')
      .file('etc/ld.so.conf.d/b1.conf', '/from-b\ninclude c1.conf\n')
      .file('etc/ld.so.conf.d/c1.conf', '/from-c\n')
      .file('etc/ld.so.conf.d/.hidden.conf', '/hidden\n')
      .link('etc/more', '/etc/really');
    after.file('etc/really/x.conf', '/from-more\n').file('etc/really/[.conf', '/odd\n');
    expect(configuredFolders(after.view)).toEqual([
      'from-a',
      'from-b',
      'from-c',
      'odd',
      'from-more',
      'one',
      'two',
      'three',
      'four',
    ]);
    expect(configuredFolders(before.view)).toEqual([]);
  });
});

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

describe('real programs', () => {
  it.skipIf(!hasCompiler)('agrees with the real loader on compiled programs and libraries', async () => {
    const compile = (tree: SampleTree, path: string, source: string, ...options: string[]): void => {
      mkdirSync(dirname(tree.at(path)), { recursive: true });
      execFileSync('gcc', ['-x', 'c', '-', '-x', 'none', '-o', tree.at(path), ...options], {
        input: source,
        stdio: 'pipe',
      });
    };
    const versions = join(before.root, 'versions.map');
    for (const tree of [before, after]) {
      // the machine's own libc and loader, so that the programs can really be run
      for (const [name, path] of resolvedLibraries('/usr/bin/env')) {
        mkdirSync(dirname(tree.at(name)), { recursive: true });
        copyFileSync(path, tree.at(name));
      }
    }
    writeFileSync(versions, 'ONE { global: one; local: *; };\nTWO { global: two; } ONE;\n');
    const shared = ['-shared', '-fPIC', '-Wl,-soname,libfirst.so.1'];
    const source = 'int one(void){return 1;} int two(void){return 2;}';
    compile(before, 'usr/lib/own/libfirst.so.1', source, ...shared, `-Wl,--version-script=${versions}`);
    const link = [before.at('usr/lib/own/libfirst.so.1'), '-Wl,-rpath,$ORIGIN/../lib/own'];
    compile(before, 'usr/bin/uses-two', 'int two(void); int main(void){return two() - 2;}', ...link);
    mkdirSync(after.at('usr/bin'), { recursive: true });
    copyFileSync(before.at('usr/bin/uses-two'), after.at('usr/bin/uses-two'));
    copyTo(before, after, 'usr/lib/own/libfirst.so.1');
    expect(await proof()).toMatchObject({ result: 'pass' });
    expect(spawnSync(after.at('usr/bin/uses-two')).status).toBe(0);

    // the library loses a version: the loader refuses the program
    writeFileSync(versions, 'ONE { global: one; local: *; };\n');
    compile(
      after,
      'usr/lib/own/libfirst.so.1',
      'int one(void){return 1;}',
      ...shared,
      `-Wl,--version-script=${versions}`,
    );
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['usr/bin/uses-two: version TWO of libfirst.so.1 is missing'],
    });
    expect(spawnSync(after.at('usr/bin/uses-two'), { encoding: 'utf8' }).stderr).toContain(
      "version `TWO' not found",
    );

    // the library changes its soname, as a new major version does
    after.remove('usr/lib/own/libfirst.so.1');
    compile(after, 'usr/lib/own/libfirst.so.2', source, '-shared', '-fPIC', '-Wl,-soname,libfirst.so.2');
    expect(await proof()).toMatchObject({
      result: 'fail',
      details: ['usr/bin/uses-two: library libfirst.so.1 is missing'],
    });
    expect(spawnSync(after.at('usr/bin/uses-two'), { encoding: 'utf8' }).stderr).toContain(
      'libfirst.so.1: cannot open shared object',
    );
  });

  it('raises no false alarm for any program of this machine', () => {
    const tree = new LibraryTree(plainView(raw('/')));
    const wrong: string[] = [];
    let checked = 0;
    for (const name of readdirSync('/usr/bin', { encoding: 'latin1' })) {
      const path = join('usr/bin', name) as RawPath;
      if (!statSync(join('/', path), { throwIfNoEntry: false })?.isFile()) continue;
      const reading = tree.read(path);
      if (reading?.kind !== 'elf' || !tree.runs(reading.file.abi)) continue;
      checked += 1;
      // links are started by the name of what they lead to
      const missing = missingFor(tree, path, reading.file);
      if (
        missing.length > 0 &&
        !spawnSync('ldd', [join('/', path)], { encoding: 'utf8' }).stdout.includes('not found')
      )
        wrong.push(`${path}: ${missing.join(', ')}`);
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(50);
  });
});

function copyTo(from: SampleTree, to: SampleTree, path: string): void {
  mkdirSync(dirname(to.at(path)), { recursive: true });
  copyFileSync(from.at(path), to.at(path));
}

/** The libraries of a program with the paths under which the loader finds them. */
function resolvedLibraries(path: string): [string, string][] {
  const said = execFileSync('ldd', [path], { encoding: 'utf8' });
  return [...said.matchAll(/(\/\S+) \(0x/g)].map((match) => [
    match[1]!.slice(1).replace(/^lib/, 'usr/lib'),
    match[1]!,
  ]);
}
