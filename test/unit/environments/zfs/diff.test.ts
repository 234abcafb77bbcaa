/** Lines as OpenZFS 2.3 writes them, and what they name. */
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  TouchedPaths,
  type TouchedNode,
} from '../../../../electron/engine/environments/snapshots/touched-paths.js';
import { pathsInDiff, touchAll } from '../../../../electron/engine/environments/zfs/diff.js';
import { namesByFile } from '../../../../electron/engine/environments/zfs/names-by-file.js';
import { raw, type RawPath } from '../../../../electron/engine/posix/raw-path.js';
import { bigStatus } from '../../../../electron/engine/files/attributes.js';

describe('the lines of zfs diff', () => {
  const paths = (text: string, place = '/root'): string[] => pathsInDiff(text, raw(place));

  it('name what came, went, changed and moved', () => {
    const text = 'M\t/root/\nM\t/root/etc/a\n+\t/root/b\n-\t/root/c\nR\t/root/d\t/root/e/f\n';
    expect(paths(text)).toEqual(['', 'etc/a', 'b', 'c', 'd', 'e/f']);
  });

  it('say how the number of names changed, which is no path', () => {
    expect(paths('M\t/root/a\t(+1)\nM\t/root/b\t(-12)\n')).toEqual(['a', 'b']);
    expect(paths('R\t/root/a\t/root/(+1)\t(+1)\n')).toEqual(['a', '(+1)']);
  });

  it('have spaces, backslashes and bytes in octal', () => {
    expect(paths('M\t/root/a\\0040b\\0134c\\0303\\0244\n')).toEqual(['a b\\c\u00c3\u00a4']);
    expect(paths('M\t/mnt\\0040x/a\n', '/mnt x')).toEqual(['a']);
  });

  it('begin with one slash or two where the root itself is meant', () => {
    expect(paths('M\t/etc/a\nM\t//etc/b\nM\t/\n', '/')).toEqual(['etc/a', 'etc/b', '']);
  });

  it('name an attribute below its file', () => {
    expect(paths('M\t/root/a/<xattrdir>/user.x\nM\t/root/a/<xattrdir>\n')).toEqual([
      'a/<xattrdir>/user.x',
      'a',
      'a/<xattrdir>',
      'a',
    ]);
  });

  it.each([
    'X\t/root/a\n',
    'M\t/other/a\n',
    'M\n',
    'R\t/root/a\n',
    'M\t/root/a\t/root/b\n',
    'M\t/rooted/a\n',
  ])('are not guessed at: %j', (text) => expect(() => paths(text)).toThrow('a form that is not known'));
});

describe('what they leave out', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'understudy-diff-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is looked for in the folders: names of a file that is known by another name', () => {
    for (const name of ['one', 'two']) mkdirSync(join(folder, name, 'etc/x'), { recursive: true });
    for (const name of ['same', 'gone']) writeFileSync(join(folder, 'one/etc', name), '');
    for (const name of ['same', 'came'])
      linkSync(join(folder, 'one/etc/same'), join(folder, 'two/etc', name));
    const touched = new TouchedPaths();
    touchAll(touched, [raw('etc')], {
      before: raw(join(folder, 'one')),
      after: raw(join(folder, 'two')),
      at: raw(''),
    });
    // The folders x are two entries here; in a clone they have one number.
    expect(namesOf(touched.top)).toEqual(['etc', 'etc/came', 'etc/gone', 'etc/x']);
  });

  it('is looked for where a folder took the place of a file', () => {
    mkdirSync(join(folder, 'one'));
    writeFileSync(join(folder, 'one/x'), '');
    mkdirSync(join(folder, 'two/x'), { recursive: true });
    writeFileSync(join(folder, 'two/x/in'), '');
    const touched = new TouchedPaths();
    const trees = { before: raw(join(folder, 'one')), after: raw(join(folder, 'two')), at: raw('') };
    touchAll(touched, [raw('x')], trees);
    expect(namesOf(touched.top)).toEqual(['x', 'x/in']);
  });

  it('is not looked for where a link leads', () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name, 'x'), { recursive: true });
      symlinkSync('to-itself', join(folder, name, 'to-itself'));
      symlinkSync('x', join(folder, name, 'to-x'));
    }
    writeFileSync(join(folder, 'two/x/in'), '');
    const touched = new TouchedPaths();
    const trees = { before: raw(join(folder, 'one')), after: raw(join(folder, 'two')), at: raw('') };
    touchAll(touched, [raw('to-itself'), raw('to-x')], trees);
    expect(namesOf(touched.top)).toEqual(['to-itself', 'to-x']);
  });

  it('is found by its number', () => {
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'a'), '');
    writeFileSync(join(folder, 'alone'), '');
    linkSync(join(folder, 'a'), join(folder, 'b/c'));
    const names = namesByFile(raw(folder));
    expect([...names(bigStatus(raw(join(folder, 'a'))))].sort()).toEqual(['a', 'b/c']);
    expect(names(bigStatus(raw(join(folder, 'alone'))))).toEqual([]);
  });
});

function namesOf(node: TouchedNode, above = ''): RawPath[] {
  return [...node.children]
    .flatMap(([name, child]) => [
      ...(child.touched ? [`${above}${name}` as RawPath] : []),
      ...namesOf(child, `${above}${name}/`),
    ])
    .sort();
}
