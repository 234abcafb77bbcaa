/** What another user planted on the disk: links, files and folders where the helper makes its socket, its settings, its practice system. */
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import type { Status } from '../../../shared/status.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const other = 61_002;
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('what another user planted (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess | undefined;
  /** A folder and a file of root's that a link could lead to. */
  let victim = '';

  beforeEach(() => {
    root = smallRoot();
    folder = privateFolder();
    victim = join(folder.path, 'victim');
    mkdirSync(victim, { mode: 0o700 });
    writeFileSync(join(victim, 'secret'), 'secret\n', { mode: 0o600 });
  });
  afterEach(async () => {
    await helper?.stop();
    helper = undefined;
    expect(readdirSync(victim)).toEqual(['secret']);
    expect(readFileSync(join(victim, 'secret'), 'utf8')).toBe('secret\n');
    expect(lstatSync(victim)).toMatchObject({ uid: 0, gid: 0 });
    expect(lstatSync(victim).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(victim, 'secret'))).toMatchObject({ uid: 0 });
    folder.remove();
    root.remove();
  });

  const start = (words: readonly string[] = []): Promise<HelperProcess> =>
    startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: user, words });

  describe('where the socket is made', () => {
    const run = (): string => join(folder.path, 'run');
    const own = (): string => join(folder.path, 'run', String(user));

    it.each<[string, () => void]>([
      ['a link in place of the folder', () => symlinkSync(victim, run())],
      [
        'a folder of their own',
        () => {
          mkdirSync(run());
          chownSync(run(), other, other);
        },
      ],
      [
        'a folder that everyone may write to',
        () => {
          mkdirSync(run());
          chmodSync(run(), 0o777);
        },
      ],
      [
        "a link in place of the user's folder",
        () => {
          mkdirSync(run(), { mode: 0o711 });
          symlinkSync(victim, own());
        },
      ],
      [
        'a link in place of the socket',
        () => {
          mkdirSync(own(), { recursive: true, mode: 0o711 });
          symlinkSync(join(victim, 'secret'), join(own(), 'helper.socket'));
        },
      ],
      [
        'a link that leads nowhere in place of the socket',
        () => {
          mkdirSync(own(), { recursive: true, mode: 0o711 });
          symlinkSync(join(victim, 'new'), join(own(), 'helper.socket'));
        },
      ],
      [
        'a file in place of the socket',
        () => {
          mkdirSync(own(), { recursive: true, mode: 0o711 });
          writeFileSync(join(own(), 'helper.socket'), '');
        },
      ],
      ['the folder above', () => chownSync(folder.path, other, other)],
    ])('%s: no helper starts there', async (_, plant) => {
      plant();
      await expect(start()).rejects.toThrow('UNSAFE_PLACE');
      chownSync(folder.path, 0, 0);
    });

    it('a socket of theirs in a folder of theirs is not taken for a helper', async () => {
      mkdirSync(own(), { recursive: true, mode: 0o777 });
      chownSync(own(), user, user);
      await expect(start()).rejects.toThrow('UNSAFE_PLACE');
    });
  });

  describe('where the settings are', () => {
    const settings = (): string => join(root.path, 'etc/understudy');

    /** What the helper says of the settings, and what it answers to a change of them. */
    async function use(): Promise<[read: string, changed: string]> {
      helper = await start();
      const client = await WireClient.greeted(helper.socket, user);
      const read = await client.ask('settings');
      const changed = await client.ask('change', { settings: { keepRestorePoints: 7 } });
      expect(await client.ask('status')).toBe('ok');
      client.close();
      return [read, changed];
    }

    it('a link in place of the folder is not followed', async () => {
      symlinkSync(victim, settings());
      const [read, changed] = await use();
      expect(read).toBe('SETTINGS_DAMAGED');
      expect(changed).not.toBe('ok');
    });

    it('a link in place of the file is not followed, but replaced', async () => {
      mkdirSync(settings());
      const theirs = join(folder.path, 'theirs.json');
      writeFileSync(theirs, JSON.stringify({ ...defaultSystemSettings, batteryPercent: 0 }));
      symlinkSync(theirs, join(settings(), 'settings.json'));
      expect(await use()).toEqual(['SETTINGS_DAMAGED', 'ok']);
      expect(lstatSync(join(settings(), 'settings.json')).isFile()).toBe(true);
      expect(readFileSync(theirs, 'utf8')).toBe(
        JSON.stringify({ ...defaultSystemSettings, batteryPercent: 0 }),
      );
    });

    it('a link in place of the new file is not followed', async () => {
      mkdirSync(settings());
      symlinkSync(join(victim, 'new'), join(settings(), 'settings.json.new'));
      expect(await use()).toEqual(['ok', 'ok']);
    });

    it('a fifo in place of the file is not waited for', async () => {
      mkdirSync(settings());
      await runOrFault(['mkfifo', join(settings(), 'settings.json')], { timeoutMs: 10_000 });
      expect(await use()).toEqual(['SETTINGS_DAMAGED', 'ok']);
    });

    it.each<[string, string]>([
      ['empty', ''],
      ['torn', '{"version":1,"keepRestore'],
      ['of another shape', '{"version":1}'],
      ['out of range', JSON.stringify({ ...defaultSystemSettings, keepRestorePoints: 1e9 })],
      ['with a field that there is not', JSON.stringify({ ...defaultSystemSettings, hook: '/tmp/run-me' })],
      ['large without end', `${JSON.stringify(defaultSystemSettings)}${' '.repeat(10_000_000)}`],
      ['nested without end', '['.repeat(60_000)],
    ])('a file that is %s is told, kept beside, and replaced by a change', async (_, content) => {
      mkdirSync(settings());
      writeFileSync(join(settings(), 'settings.json'), content);
      expect(await use()).toEqual(['SETTINGS_DAMAGED', 'ok']);
      expect(readFileSync(join(settings(), 'settings.json.damaged'), 'utf8')).toBe(content);
      const written: unknown = JSON.parse(readFileSync(join(settings(), 'settings.json'), 'utf8'));
      expect(written).toEqual({ ...defaultSystemSettings, keepRestorePoints: 7 });
    });

    it('a file of a newer version is told, and not touched', async () => {
      mkdirSync(settings());
      const content = JSON.stringify({ version: 2, everything: 'else' });
      writeFileSync(join(settings(), 'settings.json'), content);
      expect(await use()).toEqual(['STATE_NEWER', 'STATE_NEWER']);
      expect(readFileSync(join(settings(), 'settings.json'), 'utf8')).toBe(content);
    });
  });

  describe('where the practice system is made', () => {
    it.each<[string, (place: string) => void]>([
      ['a link', (place) => symlinkSync(victim, place)],
      [
        'a folder of theirs',
        (place) => {
          mkdirSync(place);
          chownSync(place, other, other);
        },
      ],
      [
        'a folder that everyone may write to',
        (place) => {
          mkdirSync(place);
          chmodSync(place, 0o777);
        },
      ],
      [
        'a folder that holds something',
        (place) => {
          mkdirSync(place);
          writeFileSync(join(place, 'theirs'), '');
        },
      ],
    ])('%s is refused, and nothing in it is touched', async (_, plant) => {
      const place = join(folder.path, 'practice');
      plant(place);
      const before = readdirSync(place);
      helper = await start(['--practice', '--offline', '--practice-folder', place]);
      const client = await WireClient.greeted(helper.socket, user);
      expect(await client.ask('inspect')).toBe('PRACTICE_IMPOSSIBLE'); // it waits until that is known
      expect(await client.ask('renew')).toBe('PRACTICE_IMPOSSIBLE');
      const { problem } = await client.value<Status>('status');
      expect(problem?.code).toBe('PRACTICE_IMPOSSIBLE');
      expect(readdirSync(place)).toEqual(before);
      client.close();
      rmSync(place, { recursive: true });
    });
  });
});
