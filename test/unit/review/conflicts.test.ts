import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { conflictsOf } from '../../../electron/engine/review/conflicts.js';
import { withPublicTexts } from '../../../electron/engine/review/public-texts.js';
import { conflictSchema, type Review } from '../../../shared/changeset.js';
import { changesBetween, samplePackages, samplePair, type SampleTree } from './sample-tree.js';

let before: SampleTree;
let after: SampleTree;
let folder: string;
let clean: () => void;
beforeEach(() => void ({ before, after, folder, clean } = samplePair()));
afterEach(() => clean());

const conflicts = () =>
  conflictsOf(
    after.view,
    samplePackages({
      conflicts: (_, changed) =>
        changed
          .filter((path) => path.endsWith('.dpkg-dist'))
          .map((beside) => ({ path: beside.slice(0, -10) as RawPath, beside, package: 'sample' })),
    }),
    changesBetween(before, after),
  );
/** As a review of them is shown to who may only look. */
const publicTexts = () =>
  withPublicTexts({ conflicts: conflicts() } as unknown as Review, [after.view]).conflicts.map(
    ({ mine, theirs }) => ({ mine, theirs }),
  );
const texts = () => conflicts().map(({ mine, theirs }) => ({ mine, theirs }));

describe('configuration conflicts', () => {
  it('hide from who may only look what not everyone may read', () => {
    const both = { mine: 'mine\n', theirs: 'theirs\n' };
    const none = { mine: null, theirs: null };
    after.file('etc/a.conf', 'mine\n').file('etc/a.conf.dpkg-dist', 'theirs\n');
    expect(publicTexts()).toEqual([both]);
    after.file('etc/a.conf', 'mine\n', 0o640);
    expect(publicTexts()).toEqual([none]);
    after.file('etc/a.conf', 'mine\n').file('etc/a.conf.dpkg-dist', 'theirs\n', 0o600);
    expect(publicTexts()).toEqual([none]);
    after.remove('etc/a.conf').remove('etc/a.conf.dpkg-dist');
    after.file('etc/private/b.conf', 'mine\n').file('etc/private/b.conf.dpkg-dist', 'theirs\n');
    chmodSync(after.at('etc/private'), 0o750);
    expect(publicTexts()).toEqual([none]);
    chmodSync(after.at('etc/private'), 0o755);
    expect(publicTexts()).toEqual([both]);
    expect(texts()).toEqual([both]);
  });

  it('come with both texts, sorted by path', () => {
    after
      .file('etc/z.conf', 'mine ä\n')
      .file('etc/z.conf.dpkg-dist', 'theirs\n')
      .file('etc/a.conf', '')
      .file('etc/a.conf.dpkg-dist', 'new\n');
    expect(conflicts()).toEqual([
      {
        id: expect.stringMatching(/^conflict-[0-9a-f]{16}$/) as string,
        path: 'etc/a.conf',
        package: 'sample',
        beside: 'etc/a.conf.dpkg-dist',
        kept: 'mine',
        decided: false,
        mine: '',
        theirs: 'new\n',
      },
      {
        id: expect.stringMatching(/^conflict-[0-9a-f]{16}$/) as string,
        path: 'etc/z.conf',
        package: 'sample',
        beside: 'etc/z.conf.dpkg-dist',
        kept: 'mine',
        decided: false,
        mine: 'mine ä\n',
        theirs: 'theirs\n',
      },
    ]);
  });

  it('have an id of their own that stays as long as the file is the same', () => {
    for (const name of ['a', 'b']) after.file(`etc/${name}`, 'x').file(`etc/${name}.dpkg-dist`, 'y');
    const first = conflicts();
    after.file('etc/a', 'other').file('etc/0', 'x').file('etc/0.dpkg-dist', 'y');
    const second = conflicts();
    expect(new Set(second.map(({ id }) => id)).size).toBe(3);
    expect(second.slice(1).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(conflictSchema.array().parse(second)).toEqual(second);
  });

  it('are not made of what was there before or is removed', () => {
    before.file('etc/gone.conf.dpkg-dist', 'x');
    for (const tree of [before, after]) tree.file('etc/old.conf', 'x').file('etc/old.conf.dpkg-dist', 'y');
    expect(conflicts()).toEqual([]);
  });

  it('have no text for what is too large, binary, not UTF-8, missing, a folder or a fifo', () => {
    const limit = 256 * 1024;
    after.file('etc/1', 'x'.repeat(limit)).file('etc/1.dpkg-dist', 'x'.repeat(limit + 1));
    after.file('etc/2', 'a\0b').file('etc/2.dpkg-dist', Buffer.from([0x61, 0xff]));
    after.file('etc/3.dpkg-dist', 'x').file('etc/4/inside').file('etc/4.dpkg-dist', 'x');
    after.file('etc/5.dpkg-dist', 'x');
    execFileSync('mkfifo', [after.at('etc/5')]);
    // a fifo is never opened for content; the changes are told without it
    const changes = ['1', '2', '3', '4', '5'].map((name) => `etc/${name}.dpkg-dist` as RawPath);
    const packages = samplePackages({
      conflicts: () =>
        changes.map((beside) => ({ path: beside.slice(0, -10) as RawPath, beside, package: null })),
    });
    expect(
      conflictsOf(after.view, packages, []).map(({ mine, theirs }) => [
        mine === null ? null : mine.length,
        theirs,
      ]),
    ).toEqual([
      [limit, null],
      [null, null],
      [null, 'x'],
      [null, 'x'],
      [null, 'x'],
    ]);
  });

  it('follow links inside the tree and never out of it', () => {
    writeFileSync(join(folder, 'secret'), 'outside');
    after.file('usr/share/real', 'inside').link('etc/a', '/usr/share/real').file('etc/a.dpkg-dist', 'x');
    after.link('etc/b', join(folder, 'secret')).file('etc/b.dpkg-dist', 'x');
    after.link('etc/c', '../../secret').file('etc/c.dpkg-dist', 'x');
    after.link('etc/d', folder).link('etc/e', 'd/secret').file('etc/e.dpkg-dist', 'x');
    expect(texts().map(({ mine }) => mine)).toEqual(['inside', null, null, null]);
  });

  it('show names that are no text with escapes', () => {
    const name = Buffer.from('etc/\xff.conf', 'latin1');
    after.file('etc/x');
    writeFileSync(Buffer.concat([Buffer.from(`${after.root}/`), name]), 'mine');
    const path = name.toString('latin1') as RawPath;
    const packages = samplePackages({ conflicts: () => [{ path, beside: raw('etc/none'), package: null }] });
    expect(conflictsOf(after.view, packages, [])).toMatchObject([
      { path: 'etc/\\377.conf', mine: 'mine', theirs: null },
    ]);
  });
});
