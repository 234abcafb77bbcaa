/** Clones, what is found changed in them, how they are read, sealed and removed. */
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Arrangement, Clone } from '../../../electron/engine/environments/environment.js';
import { copyEntry } from '../../../electron/engine/files/copy-tree.js';
import { entriesIn as folderEntries } from '../../../electron/engine/files/entries.js';
import { bytes, raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import { contrast } from './description.js';
import {
  areas,
  describeClone,
  freshId,
  shell,
  stagedClone,
  walk,
  withSession,
  type Workbench,
} from './fixture.js';
import { expected, rehearsal } from './scenario.js';

export function clonesAreKept(bench: Workbench): void {
  let before: ManifestEntry[] = [];
  let clone: Clone;
  beforeAll(async () => {
    before = await manifestOf(bench.system.root);
    clone = await stagedClone(bench, rehearsal);
  });
  afterAll(() => bench.environment.destroy(bench.system, clone.id));

  it('leave the current environment exactly as it is', async () => {
    expect(await differences(before, await manifestOf(bench.system.root))).toEqual([]);
  });

  it('are supported here, and say so', () => {
    const { usable, exchange, reason } = bench.environment.support(bench.system);
    expect({ usable, exchange }, reason).toEqual({ usable: true, exchange: true });
  });

  it('tell every change, and nothing that only looks like one', () => {
    const found = bench.environment.changes(clone).map(({ kind, type, path }) => `${kind} ${type} ${path}`);
    const lines = bench.fixture.told?.(expected) ?? expected;
    const all = areas.flatMap((area) => lines.map((line) => line.replace(/^(\S+ \S+ )/, `$1${area}/`)));
    expect([...found].sort()).toEqual(all.sort());
  });

  it('tell them in the order of their paths, with the sizes of files', () => {
    const changes = bench.environment.changes(clone);
    const paths = changes.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort((a, b) => (a < b ? -1 : 1)));
    const sizes = changes.filter(({ path }) => path.startsWith('etc/conformance/s'));
    expect(
      Object.fromEntries(sizes.map(({ path, bytes: size }) => [path.slice('etc/conformance/'.length), size])),
    ).toMatchObject({
      shrink: 0,
      'sparse-new': 64 * 1024 ** 2 + 3,
      socket: 0,
      'same-time': 'content of same-time\n'.length,
    });
  });

  it('are read as a session sees them', async () => {
    const seen = await withSession(bench, clone, async (session, report) => {
      await shell(
        session,
        'find "$@" -mindepth 1 -print0 > /run/report/names',
        ...areas.map((area) => `/${area}`),
      );
      return readFileSync(join(report, 'names'), 'latin1');
    });
    const view = bench.environment.view(clone);
    const listed = areas.flatMap((area) => walk(view, area as RawPath));
    expect([...listed].sort()).toEqual(
      seen
        .split('\0')
        .filter(Boolean)
        .map((path) => path.slice(1))
        .sort(),
    );
    for (const path of listed) expect(view.locate(path as RawPath), path).toBeDefined();
  });

  it('are read through links inside the tree, never out of it', () => {
    const view = bench.environment.view(clone);
    const at = (path: string): RawPath => `etc/conformance/${path}` as RawPath;
    expect(view.list(at('empty'))).toEqual([]);
    expect(view.list(at('edit'))).toBeUndefined();
    expect(view.locate(at('remove'))).toBeUndefined();
    expect(view.locate(at('opaque/gone/deep/file'))).toBeUndefined();
    expect(view.locate(at('dir-to-file/deep/file'))).toBeUndefined();
    expect(view.resolve(at('dangling'))).toBeUndefined();
    expect(view.resolve('bin/sh' as RawPath)).toMatch(/usr\/bin\/dash$/);
    const linked = view.resolve(at('dir-to-link'));
    expect(linked !== undefined && readFileSync(bytes(linked), 'utf8')).toBe('content of keep\n');
  });

  it('are kept under their ids until they are destroyed, completely and repeatably', async () => {
    const { environment, system } = bench;
    const used = diskEntries(bench);
    const other = await stagedClone(
      bench,
      'echo 1 > added; mkdir -p deep/er; echo 2 > deep/er/file; rm keep',
    );
    expect(environment.clones(system)).toEqual([clone.id, other.id].sort());
    expect(environment.open(system, other.id)).toMatchObject({ id: other.id, folder: other.folder });
    environment.destroy(system, other.id);
    environment.destroy(system, other.id);
    expect(environment.clones(system)).toEqual([clone.id]);
    expect(diskEntries(bench)).toEqual(used);
    expect(() => environment.open(system, other.id)).toThrow(
      expect.objectContaining({ code: 'STAGE_UNKNOWN' }) as Error,
    );
  });

  it(
    'are arranged entry by entry, in every folder and as often as one likes',
    { timeout: 120_000 },
    async () => {
      const { environment, system } = bench;
      const script =
        'echo new > staged; echo changed > edit; rm remove; rm -r opaque; mkdir opaque; echo 1 > opaque/old; chmod 4711 staged; setfattr -n user.note -v kept staged';
      const before = await manifestOf(system.root);
      const other = await stagedClone(bench, script);
      const untouched = await describeClone(bench, other);
      const view = environment.view(other);
      const kept = mkdtempSync(join(tmpdir(), 'understudy-arranged-'));
      const from = raw(join(kept, 'copy'));
      for (const area of areas) {
        const at = (name: string): RawPath => `${area}/${name}` as RawPath;
        const [staged, edit] = [view.locate(at('staged')), view.locate(at('edit'))];
        if (staged === undefined || edit === undefined) throw new Error('the script did not run');
        const edited = raw(join(kept, 'edited'));
        for (const path of [from, edited]) rmSync(bytes(path), { force: true });
        copyEntry(staged, from);
        copyEntry(edit, edited);
        const away: Arrangement[] = [
          { put: 'copy', path: at('edit'), from }, // over what was changed
          { put: 'copy', path: at('shrink'), from }, // over what was not
          { put: 'nothing', path: at('staged') },
          { put: 'nothing', path: at('mode') }, // the current environment has it
          { put: 'nothing', path: at('opaque/old') }, // so it does, but it is hidden already
          { put: 'current', path: at('remove') },
        ];
        for (let times = 0; times < 2; times += 1) environment.arrange(system, other, away);
        const told = environment
          .changes(other)
          .filter(({ path, type }) => path.startsWith(`${area}/`) && type === 'file')
          .map(({ kind, path }) => `${kind} ${path.slice(area.length + 1)}`);
        expect(told.filter((line) => !line.includes('opaque/')).sort()).toEqual([
          'changed edit',
          'changed shrink',
          'removed mode',
        ]);
        expect(told).toContain('removed opaque/old');
        await withSession(bench, other, async (session) => {
          const stat =
            'cd "$1" && cat edit shrink remove && stat -c "%a %n" edit && getfattr --only-values -n user.note edit';
          expect(await shell(session, stat, `/${area}`)).toBe('new\nnew\ncontent of remove\n4711 edit\nkept');
          expect(
            await shell(session, 'cd "$1" && ls -d staged mode opaque/old 2>/dev/null || true', `/${area}`),
          ).toBe('');
        });
        const back: Arrangement[] = [
          { put: 'copy', path: at('edit'), from: edited },
          { put: 'current', path: at('shrink') },
          { put: 'copy', path: at('staged'), from },
          { put: 'current', path: at('mode') },
          { put: 'nothing', path: at('remove') },
        ];
        environment.arrange(system, other, back);
      }
      // Every command in a session gives some folders another time; that aside, all is as the script left it.
      const left = contrast(untouched, await describeClone(bench, other)).map((line) =>
        line.replace(/^([-+] d \d+ \d+ \d+) \S+ /, '$1 ').slice(2),
      );
      const once = left.filter((line) => left.indexOf(line) === left.lastIndexOf(line));
      expect(once.filter((line) => !line.includes('opaque/old'))).toEqual([]);
      expect(await differences(before, await manifestOf(system.root))).toEqual([]);
      environment.destroy(system, other.id);
      rmSync(kept, { recursive: true });
    },
  );

  it('are not arranged through a link that a script made of a folder', async () => {
    const { environment, system } = bench;
    const target = mkdtempSync(join(tmpdir(), 'understudy-bait-'));
    const other = await stagedClone(bench, `mkdir -p made && ln -s '${target}' made/link`, [
      'etc/conformance',
    ]);
    for (const folder of ['made/link', 'made/none'])
      expect(() =>
        environment.arrange(system, other, [
          { put: 'copy', path: `etc/conformance/${folder}/x` as RawPath, from: raw('/etc/hostname') },
        ]),
      ).toThrow(expect.objectContaining({ code: 'STAGE_DAMAGED' }) as Error);
    expect(readdirSync(target)).toEqual([]);
    environment.destroy(system, other.id);
    rmSync(target, { recursive: true });
  });

  it('are refused when their record is damaged', () => {
    const { environment, system } = bench;
    const other = environment.clone(system, freshId('stage'));
    writeFileSync(bytes(`${other.folder}/clone.json` as RawPath), '{"version":1');
    expect(() => environment.open(system, other.id)).toThrow(
      expect.objectContaining({ code: 'STAGE_DAMAGED' }) as Error,
    );
    environment.destroy(system, other.id);
  });

  it(
    'are sealed: the same seal for the same content, another one after any alteration',
    { timeout: 120_000 },
    async () => {
      const { environment, system } = bench;
      const script =
        'for name in content size mode gone time replaced; do echo text > seal-$name; done; mkdir -p seal-dir; rm keep';
      const other = await stagedClone(bench, script, ['etc/conformance']);
      const view = environment.view(other);
      const place = (name: string): Buffer => {
        const found = view.locate(`etc/conformance/${name}` as RawPath);
        if (found === undefined) throw new Error(`${name} is not in the clone`);
        return bytes(found);
      };
      const alterations: Record<string, () => void> = {
        'other content of the same size at the same time': () => {
          const { atime, mtime } = statSync(place('seal-content'));
          writeFileSync(place('seal-content'), 'tExt\n');
          utimesSync(place('seal-content'), atime, mtime);
        },
        'a longer file': () => writeFileSync(place('seal-size'), 'text and more\n'),
        'another mode': () => chmodSync(place('seal-mode'), 0o4755),
        'a deleted file': () => rmSync(place('seal-gone')),
        'another time': () => utimesSync(place('seal-time'), 1, 1),
        'a file more': () => writeFileSync(Buffer.concat([place('seal-dir'), Buffer.from('/more')]), ''),
        'a replaced file': () => {
          const name = place('seal-replaced');
          rmSync(name);
          writeFileSync(name, 'another\n');
        },
      };
      const seals = [await environment.seal(system, other)];
      expect(await environment.seal(system, environment.open(system, other.id))).toBe(seals[0]);
      for (const [what, alter] of Object.entries(alterations)) {
        alter();
        const seal = await environment.seal(system, other);
        expect(seals, what).not.toContain(seal);
        seals.push(seal);
        expect(await environment.seal(system, other), what).toBe(seal);
      }
      environment.destroy(system, other.id);
    },
  );
}

/** Every entry below Understudy's own folders: what a destroyed clone may not leave behind. Whole trees are one entry each. */
export function diskEntries({ system }: Workbench): string[] {
  const entriesIn = (folder: string): string[] =>
    folderEntries(folder as RawPath).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isFolder && !folder.endsWith('/understudy/environments')
        ? [path, ...entriesIn(path)]
        : [path];
    });
  return ['', 'usr/', 'var/', 'boot/']
    .map((top) => join(system.root, `${top}.understudy`))
    .concat(system.store)
    .filter((folder) => lstatSync(folder, { throwIfNoEntry: false }))
    .flatMap(entriesIn)
    .sort();
}
