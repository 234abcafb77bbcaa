/**
 * `understudy environments` on a real btrfs, through a whole update there and back, beside snapshots of snapper and timeshift: what is listed, what
 * can be looked at, and what is refused.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentsSchema, type Environments } from '../../shared/environments.js';
import type { History, Recovered } from '../../shared/history.js';
import type { Status } from '../../shared/status.js';
import { runOrFault } from '../../electron/engine/process/run.js';
import { command, type Answer } from '../lab/bad-input-command.js';
import { btrfsLayouts, btrfsSystem, type BtrfsSystem } from '../lab/btrfs-system.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { diskImpossible } from '../lab/disk-image.js';
import { snapperFor, snapperImpossible, timeshiftSnapshot, type Snapper } from '../lab/foreign-snapshots.js';
import { inTree, practiceSystemIn } from '../lab/practice-system.js';

const impossible =
  (await debianRootImpossible()) ?? (await diskImpossible('btrfs')) ?? (await snapperImpossible());
/** Says which release of a practice package is installed. */
const release = 'usr/share/understudy-practice/program';
/** A file of configuration that the update changes. */
const conffile = 'etc/understudy-practice/untouched.conf';
const limit = { timeoutMs: 60_000 };

describe.skipIf(impossible)(`environments on btrfs (${impossible ?? 'runs'})`, { timeout: 300_000 }, () => {
  let place: BtrfsSystem;
  let snapper: Snapper;
  let look = '';
  let before = '';

  const environments = (...words: string[]): Promise<Answer> => command(place.root, 'environments', ...words);
  const summary = async (...words: string[]): Promise<string> => (await environments(...words)).summary;
  const list = async (): Promise<Environments> => environmentsSchema.parse((await environments()).value);
  const states = async (): Promise<string[]> => (await list()).environments.map(({ state }) => state);
  const idOf = async (state: string): Promise<string> =>
    (await list()).environments.find((one) => one.state === state)?.id ?? '';
  const read = (root: string): string => readFileSync(join(root, release), 'utf8');
  const succeed = async (...words: string[]): Promise<Answer> => {
    const answer = await command(place.root, ...words);
    expect(answer.summary, JSON.stringify(answer.problem)).toBe('ok, exit 0');
    return answer;
  };
  const start = async (): Promise<void> => {
    await place.boot();
    await succeed('recover');
  };

  beforeAll(async () => {
    place = await btrfsSystem(btrfsLayouts['Ubuntu, Mint, Arch: @ and @home'], practiceSystemIn);
    look = mkdtempSync(join(tmpdir(), 'understudy-look-'));
    snapper = await snapperFor(place.root);
    await snapper.create('vorher <&> "ü"');
    const date = '2026-11-01_18-00-01';
    await timeshiftSnapshot(place.top, { name: '@', date, seconds: 1_793_556_001, comments: 'nach "x"' });
    before = read(place.root);
  });
  afterAll(async () => {
    await place.dispose();
    snapper.dispose();
    rmSync(look, { recursive: true, force: true });
  });

  it('before anything was done: what runs, and what snapper and timeshift keep', async () => {
    const { backend, environments: ours, foreign } = await list();
    expect(backend).toBe('btrfs');
    expect(ours).toMatchObject([{ id: 'current', state: 'current', usable: true, bytes: null }]);
    expect(foreign).toMatchObject([
      {
        id: 'snapper-1',
        tool: 'snapper',
        name: '1',
        title: 'vorher <&> "ü"',
        place: '@/.snapshots/1/snapshot',
      },
      {
        id: 'timeshift-2026-11-01-18-00-01',
        tool: 'timeshift',
        name: '2026-11-01_18-00-01',
        title: 'nach "x"',
        created: new Date(1_793_556_001_000).toISOString(),
        place: 'timeshift-btrfs/snapshots/2026-11-01_18-00-01/@',
      },
    ]);
    // snapper counts the time of Greenwich.
    expect(Math.abs(Date.parse(foreign[0]?.created ?? '') - Date.now())).toBeLessThan(600_000);
  });

  it('what is staged is listed, mounted read-only, and not removed while it is', async () => {
    await succeed('stage');
    const [, staged] = (await list()).environments;
    expect(staged).toMatchObject({ state: 'staged', usable: true, problems: [], mountedAt: [] });
    expect(staged?.title).toMatch(/^With \d+ packages, understudy-practice-kernel among them updated$/);
    expect(staged?.bytes).toBeGreaterThan(0);
    const id = staged?.id ?? '';

    for (const [folder, why] of [
      [join(place.root, 'usr/share'), 'a part of the system'],
      [join(place.root, 'var/lib/understudy/journal'), 'a part of the system'],
      [join(look, 'missing'), 'there is no such folder'],
      [join(place.root, release), 'a part of the system'],
      ['/proc/self/status', 'it is no folder'],
      ['/proc', 'it is not empty'],
    ] as const) {
      const answer = await environments('mount', id, folder);
      expect(answer.summary, folder).toBe('MOUNT_FOLDER_UNFIT, exit 2');
      expect(answer.problem?.details.join(), folder).toContain(why);
    }

    expect(await summary('mount', id, look)).toBe('ok, exit 0');
    expect(read(place.root)).toBe(before);
    expect(read(look)).not.toBe(before);
    expect(() => writeFileSync(join(look, 'etc/new'), '')).toThrow(/EROFS/);
    const options = (await runOrFault(['findmnt', '--noheadings', '--output', 'OPTIONS', look], limit))
      .stdout;
    for (const option of ['ro', 'nosuid', 'nodev', 'noexec']) expect(options.split(',')).toContain(option);
    expect((await list()).environments[1]?.mountedAt).toEqual([look]);
    expect(await summary('destroy', id, '--yes')).toBe('ENVIRONMENT_IN_USE, exit 1');

    const inside = spawn('sleep', ['60'], { cwd: look });
    await once(inside, 'spawn');
    expect(await summary('unmount', look)).toBe('ENVIRONMENT_IN_USE, exit 1');
    inside.kill();
    await once(inside, 'exit');
    expect(await summary('unmount', look)).toBe('ok, exit 0');
    expect(await summary('unmount', look)).toBe('ENVIRONMENT_NOT_MOUNTED, exit 2');
    // Not what someone else mounted.
    expect(await summary('unmount', place.root)).toBe('ENVIRONMENT_NOT_MOUNTED, exit 2');
    expect(await summary('unmount', join(place.root, 'home'))).toBe('ENVIRONMENT_NOT_MOUNTED, exit 2');
    expect(readdirSync(look)).toEqual([]);
  });

  it('a title in any script stays, also over a start', async () => {
    const id = await idOf('staged');
    const title = 'Vor dem Drucker – 打印机 مع نقطة 🖨️';
    expect((await environments('rename', id, title)).value).toEqual({ id, title });
    await start();
    expect((await list()).environments[1]).toMatchObject({ id, state: 'staged', title });
  });

  it('what waits for the restart is listed, can be looked at, and is not removed', async () => {
    await succeed('activate', '--how', 'live', '--yes');
    expect(await states()).toEqual(['current', 'next', 'previous']);
    // It can be taken back at once.
    expect((await list()).environments[2]).toMatchObject({ usable: true, problems: [] });
    const point = await idOf('previous');
    for (const id of ['next', point])
      expect(await summary('destroy', id, '--yes'), id).toBe('RESTART_PENDING, exit 3');
    expect(await summary('rename', 'next', 'title')).toBe('RESTART_PENDING, exit 3');
    // It is the one that still runs.
    expect(await summary('mount', point, look)).toBe('ENVIRONMENT_CURRENT, exit 1');
    expect(await summary('mount', 'next', look)).toBe('ok, exit 0');
    expect([read(place.root), read(look) === before]).toEqual([before, false]);
    const uid = /^understudy-practice:[^:]*:(\d+):/m.exec(
      readFileSync(join(look, 'etc/passwd'), 'utf8'),
    )?.[1];
    expect(await summary('unmount', look)).toBe('ok, exit 0');
    // What cannot be merged at the start: a file that the update changes too, and an account with a number that it gave away.
    writeFileSync(join(place.root, conffile), 'level = 7\n');
    await inTree(place.root, [
      'useradd',
      '--no-create-home',
      '--uid',
      uid ?? '',
      '--shell',
      '/bin/sh',
      'clash',
    ]);
  });

  it('what cannot be brought over at the start is kept aside, and told by recover, history and status', async () => {
    await place.boot();
    const { arrival } = (await succeed('recover')).value as Recovered;
    const folder = join(place.root, 'var/lib/understudy/kept', await idOf('previous'));
    const lost = 'passwd: clash could log in before, and could not any more.';
    expect(arrival).toMatchObject({ folder, problems: expect.arrayContaining([lost]) as string[] });
    expect(arrival?.files).toEqual(expect.arrayContaining([`/${conffile}`, '/etc/passwd', '/etc/shadow']));
    expect(readFileSync(join(folder, conffile), 'utf8')).toBe('level = 7\n');
    expect(readFileSync(join(place.root, conffile), 'utf8')).toBe('level = 2\n');
    expect(readFileSync(join(folder, 'etc/passwd'), 'utf8')).toMatch(/^clash:/m);
    expect(readFileSync(join(place.root, 'etc/passwd'), 'utf8')).not.toMatch(/^clash:/m);
    // Once is enough, and the records keep it.
    expect((await succeed('recover')).value).toEqual({ transactions: [], cleaned: [] });
    const { entries } = (await command(place.root, 'history')).value as History;
    expect(entries.filter((entry) => entry.arrival).map(({ kind }) => kind)).toEqual(['activate']);
    expect(entries.find(({ kind }) => kind === 'activate')?.arrival).toEqual(arrival);
    const { status } = (await command(place.root, 'status')).value as { status: Status };
    expect(status.latest?.arrival).toEqual(arrival);
  });

  it('after the restart the system before can be looked at, and its title is the one of history', async () => {
    expect(await states()).toEqual(['current', 'previous']);
    const id = await idOf('previous');
    expect(read(place.root)).not.toBe(before);
    await inTree(place.root, ['sh', '-c', 'echo later > /etc/later']);
    expect(await summary('mount', id, look)).toBe('ok, exit 0');
    expect(read(look)).toBe(before);
    expect(existsSync(join(look, 'etc/later'))).toBe(false);
    // A return needs no mount to be gone; a look goes on until it is ended.
    expect((await list()).environments[1]).toMatchObject({ usable: true, mountedAt: [look] });
    expect(await summary('unmount', look)).toBe('ok, exit 0');
    expect(await summary('rename', id, 'Vor 14 Neuerungen')).toBe('ok, exit 0');
    const history = (await command(place.root, 'history')).value as History;
    expect(history.restorePoints).toMatchObject([{ id, title: 'Vor 14 Neuerungen', usable: true }]);
    expect((await list()).environments[0]?.created).toBe(
      history.entries.find(({ kind }) => kind === 'activate')?.ended,
    );
  });

  it('what cannot be worked with says why', async () => {
    const only = await idOf('previous');
    const refused: Record<string, string> = {
      current: 'ENVIRONMENT_CURRENT, exit 1',
      'snapper-1': 'ENVIRONMENT_FOREIGN, exit 1',
      'timeshift-2026-11-01-18-00-01': 'ENVIRONMENT_FOREIGN, exit 1',
      'snapper-2': 'ENVIRONMENT_UNKNOWN, exit 2',
      next: 'ENVIRONMENT_UNKNOWN, exit 2',
      '../etc': 'ENVIRONMENT_UNKNOWN, exit 2',
    };
    for (const [id, expected] of Object.entries(refused)) {
      expect(await summary('destroy', id, '--yes'), id).toBe(expected);
      if (!['current', 'snapper-1'].includes(id)) continue;
      expect(await summary('rename', id, 'title'), id).toBe(expected);
      expect(await summary('mount', id, look), id).toBe(expected);
    }
    expect(await summary('destroy', only, '--yes')).toBe('RESTORE_POINT_NEEDED, exit 1');
    expect(await summary('destroy', only)).toBe('CONFIRMATION_NEEDED, exit 3');
  });

  it('after the return what was staged anew is removed, with its trees and what the disk counts for them', async () => {
    await succeed('rollback', '--yes');
    expect(await states()).toEqual(['current', 'next']);
    await start();
    expect(await states()).toEqual(['current']);
    expect(read(place.root)).toBe(before);
    await succeed('stage');
    const id = await idOf('staged');
    await runOrFault(['btrfs', 'quota', 'enable', place.top], limit);
    await runOrFault(['btrfs', 'quota', 'rescan', '-w', place.top], limit);
    const trees = (): string[] =>
      readdirSync(join(place.root, 'var/lib/understudy/environments')).filter((name) => name.startsWith(id));
    const exclusive = async (name: string): Promise<number> => {
      const tree = join(place.root, 'var/lib/understudy/environments', name);
      const shown = await runOrFault(['btrfs', 'qgroup', 'show', '--raw', '-f', tree], limit);
      return Number(/^0\/\d+\s+\d+\s+(\d+)/m.exec(shown.stdout)?.[1]);
    };
    const [tree, base] = [await exclusive(id), await exclusive(`${id}.base`)];
    expect(tree).toBeGreaterThan(10_000);
    const removed = await environments('destroy', id, '--yes');
    expect(removed.value).toMatchObject({ id, dryRun: false, freedBytes: tree + base });
    expect(trees()).toEqual([]);
    expect(await states()).toEqual(['current']);
    const [entry] = ((await command(place.root, 'history')).value as History).entries;
    expect(entry).toMatchObject({
      kind: 'prune',
      outcome: 'done',
      stage: id,
      title: 'A staged update was removed',
    });
    expect(await summary('destroy', id, '--yes')).toBe('ENVIRONMENT_UNKNOWN, exit 2');
    expect((await succeed('recover')).value).toEqual({ transactions: [], cleaned: [] });
  });

  it('of what snapper and timeshift made nothing was touched', async () => {
    expect((await list()).foreign.map(({ id }) => id)).toEqual([
      'snapper-1',
      'timeshift-2026-11-01-18-00-01',
    ]);
    expect(await snapper.numbers()).toEqual(['1']);
    expect(readdirSync(join(place.root, '.snapshots'))).toEqual(['1']);
    expect(read(join(place.root, '.snapshots/1/snapshot'))).toBe(before);
    expect(read(join(place.top, 'timeshift-btrfs/snapshots/2026-11-01_18-00-01/@'))).toBe(before);
    mkdirSync(join(place.top, 'timeshift-btrfs/snapshots/2026-11-02_18-00-01'));
    writeFileSync(join(place.root, '.snapshots/1/info.xml'), 'no document');
    // What cannot be read is there all the same; what is not there is not listed.
    expect((await list()).foreign.map(({ id, title, created }) => [id, title, created !== null])).toEqual([
      ['timeshift-2026-11-01-18-00-01', 'nach "x"', true],
      ['snapper-1', '', false],
    ]);
  });
});
