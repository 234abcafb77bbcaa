/**
 * Packages that fail, hang, kill, restart the machine or reach out of the rehearsal, and configuration files that are no files any more:
 * a clear code with the package's name, and the system as it was; nothing lives on.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem } from '../../../electron/engine/system.js';
import type { Review } from '../../../shared/changeset.js';
import { hostMounts } from '../../lab/host-mounts.js';
import { reaching, trace, turned } from '../../lab/bad-input-packages.js';
import { command } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import { badName, type Misbehaviour } from '../../lab/bad-packages.js';
import { debianRootImpossible } from '../../lab/debian-root.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible)(`a bad package (${impossible ?? 'runs'})`, { timeout: 60_000 }, () => {
  let system: BadInputSystem;

  beforeAll(async () => {
    system = await badInputSystem();
  });
  afterAll(async () => {
    await (system as BadInputSystem | undefined)?.dispose();
  });
  afterEach(() => system.forget());

  const select = (name: string): readonly [string, ...string[]] => ['stage', '--scope', 'selected', name];

  const failing: readonly (readonly [how: Misbehaviour, word: string])[] = [
    ['preinst-fails', 'preinst says no'],
    ['postinst-fails', 'postinst says no'],
    ['kills-its-parent', 'killing my parent'],
    ['kills-everything', 'killing everything'],
    ['reboots', 'rebooting'],
    ['asks-a-question', 'nobody answers'],
  ];
  it.each(failing)('that %s', async (how, word) => {
    const name = badName(how);
    system.offer([name]);
    const answer = await command(system.root, ...select(name));
    expect(answer.summary, JSON.stringify(answer.problem)).toBe('PACKAGE_SCRIPT_FAILED, exit 1');
    expect(answer.problem?.details.join('\n')).toContain(`package ${name}`);
    expect(answer.problem?.details.join('\n')).toContain(word);
    expect(await system.changed()).toEqual([]);
    expect(leftovers(system.root)).toEqual([]);
    expect((await command(system.root, 'activate', '--yes')).summary).toBe('STAGE_UNKNOWN, exit 2');
    expect((await command(system.root, 'recover')).value).toMatchObject({ transactions: [], cleaned: [] });
    expect((await command(system.root, 'history')).value).toMatchObject({
      entries: [{ kind: 'stage', outcome: 'failed' }],
    });
  });

  it('that hangs is stopped after a while without any sign of life', async () => {
    const name = badName('hangs');
    system.offer([name]);
    const outcome = await stage(openSystem(system.root, { settings: { scriptIdleMs: 2500 } }), {
      scope: 'selected',
      selected: [name],
    });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'PACKAGE_SCRIPT_HUNG' } });
    expect(JSON.stringify(outcome)).toContain(name);
    expect(JSON.stringify(outcome)).toContain('waiting for ever');
    expect(await system.changed()).toEqual([]);
    expect(leftovers(system.root)).toEqual([]);
  });

  it.each([badName('writes-outside'), reaching])('%s reaches nothing of the host', async (name) => {
    const host = {
      hostname: hostname(),
      domain: readFileSync('/proc/sys/kernel/domainname', 'utf8'),
      mounts: hostMounts(),
    };
    system.offer([name]);
    const answer = await command(system.root, ...select(name));
    expect(answer.summary, JSON.stringify(answer.problem)).toBe('ok, exit 0');
    expect({
      hostname: hostname(),
      domain: readFileSync('/proc/sys/kernel/domainname', 'utf8'),
      mounts: hostMounts(),
    }).toEqual(host);
    const places = [
      '/',
      '/etc',
      '/var/tmp',
      '/tmp',
      '/run',
      '/dev',
      '/dev/shm',
      '/usr/share',
      system.root,
      process.cwd(),
    ];
    const traces = places.flatMap((place) => [join(place, trace), join(place, 'understudy-was-here')]);
    expect(traces.filter((path) => existsSync(path))).toEqual([]);
    expect(await system.changed()).toEqual([]);
    expect(leftovers(system.root)).toEqual([]);
  });

  describe('a configuration file', () => {
    const name = 'understudy-bad-conffile';
    const conffile = (): string => join(system.root, 'etc/understudy-bad/main.conf');
    const own = (): string => join(system.root, 'etc/own');

    const replacements: readonly (readonly [what: string, replace: () => void, isKept: () => boolean])[] = [
      [
        'a folder with a file in it',
        () => {
          rmSync(conffile());
          mkdirSync(conffile());
          writeFileSync(join(conffile(), 'mine'), 'mine\n');
        },
        () => readFileSync(join(conffile(), 'mine'), 'utf8') === 'mine\n',
      ],
      [
        'a link to a file elsewhere',
        () => {
          mkdirSync(own(), { recursive: true });
          renameSync(conffile(), join(own(), 'main.conf'));
          writeFileSync(join(own(), 'main.conf'), 'mine\n');
          symlinkSync('../own/main.conf', conffile());
        },
        () =>
          readlinkSync(conffile()) === '../own/main.conf' &&
          readFileSync(join(own(), 'main.conf'), 'utf8') === 'mine\n',
      ],
      [
        'a link that leads nowhere',
        () => {
          rmSync(conffile());
          symlinkSync('/nowhere/at/all', conffile());
        },
        () => readlinkSync(conffile()) === '/nowhere/at/all',
      ],
      ['nothing', () => rmSync(conffile()), () => !existsSync(conffile())],
    ];
    const restore = async (): Promise<void> => {
      rmSync(conffile(), { recursive: true, force: true });
      rmSync(own(), { recursive: true, force: true });
      writeFileSync(conffile(), 'value = 1\n');
      await system.remember();
    };

    it.each(replacements)(
      'that the user replaced by %s stays so: staged, switched and taken back',
      async (_what, replace, isKept) => {
        replace();
        await system.remember();
        system.offer([name]);
        const answer = await command(system.root, ...select(name));
        expect(await system.changed()).toEqual([]);
        if (answer.ok) {
          expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe(
            'ok, exit 0',
          );
          expect(isKept()).toBe(true);
          expect((await system.changed()).join('\n')).not.toContain('understudy-bad/main.conf (');
          expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
        } else {
          // dpkg itself refuses some of them; then the rehearsal says so.
          expect(answer.summary).toBe('PACKAGE_SCRIPT_FAILED, exit 1');
          expect(answer.problem?.details.join('\n')).toContain(name);
        }
        expect(isKept()).toBe(true);
        expect(await system.changed()).toEqual([]);
        await restore();
      },
    );

    it.each(replacements.slice(0, 2))(
      'that the user replaced by %s after the staging stops the switch',
      async (_what, replace, isKept) => {
        system.offer([name]);
        expect((await command(system.root, ...select(name))).summary).toBe('ok, exit 0');
        replace();
        await system.remember();
        const answer = await command(system.root, 'activate', '--how', 'live', '--yes');
        expect(answer.summary).toBe('CHANGED_MEANWHILE, exit 3');
        expect(answer.problem?.details).toContain('/etc/understudy-bad/main.conf');
        expect(isKept()).toBe(true);
        expect(await system.changed()).toEqual([]);
        await restore();
      },
    );

    it.each(['folder', 'link'] as const)('that the package turns into a %s', async (into) => {
      const { package: turning, conffile: path } = turned[into];
      const place = join(system.root, path);
      await system.remember();
      system.offer([turning]);
      const answer = await command(system.root, ...select(turning));
      expect(await system.changed()).toEqual([]);
      if (!answer.ok) {
        expect(answer.summary).toBe('PACKAGE_SCRIPT_FAILED, exit 1');
        expect(answer.problem?.details.join('\n')).toContain(turning);
        return;
      }
      const review = (await command(system.root, 'review')).value as Review;
      expect(review.ready).toBe(true);
      expect((await command(system.root, 'activate', '--how', 'live', '--yes')).summary).toBe('ok, exit 0');
      const status = lstatSync(place);
      expect(into === 'folder' ? status.isDirectory() : status.isSymbolicLink()).toBe(true);
      expect((await command(system.root, 'rollback', '--yes')).summary).toBe('ok, exit 0');
      expect(await system.changed()).toEqual([]);
    });
  });
});
