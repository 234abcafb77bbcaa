/** Clones, what is found changed in them, how they are read, sealed and removed. */
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Clone } from '../../../electron/engine/environments/environment.js';
import { bytes, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';
import { areas, freshId, shell, stagedClone, walk, withSession, type Workbench } from './fixture.js';
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
    const all = areas.flatMap((area) => expected.map((line) => line.replace(/^(\S+ \S+ )/, `$1${area}/`)));
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

/** Every entry below Understudy's own folders: what a destroyed clone may not leave behind. */
export function diskEntries({ system }: Workbench): string[] {
  return ['', 'usr/', 'var/', 'boot/']
    .map((top) => join(system.root, `${top}.understudy`))
    .concat(system.store)
    .filter((folder) => lstatSync(folder, { throwIfNoEntry: false }))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'latin1' }).map((name) => join(folder, name)),
    )
    .sort();
}
