/**
 * `livepatch` of the engine on a described machine: what is kept, loaded and taken back, what a start brings back, and what went down with the machine
 * and is not loaded again. Real live patches are in test/system/guest/livepatch.test.ts.
 */
import { generateKeyPairSync, sign as signWith, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../../shared/errors.js';
import {
  addLivepatch,
  bootLivepatches,
  livepatches,
  livepatchesHeld,
  livepatchStatus,
  loadLivepatch,
  removeLivepatch,
  unloadLivepatch,
} from '../../../electron/engine/livepatch.js';
import { purposeLine } from '../../../electron/engine/kernel/livepatch/signature.js';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import type { Settings } from '../../../electron/engine/system.js';
import { livepatchMachine, type LivepatchMachine } from '../../lab/livepatch-machine.js';
import { buildModule, testRelease } from '../../lab/livepatch-module.js';

const isRoot = process.geteuid?.() === 0;

describe.skipIf(!isRoot)('live patches (needs root)', () => {
  let machine: LivepatchMachine;
  beforeEach(() => {
    machine = livepatchMachine();
    const wants = join(machine.root, 'etc/systemd/system/sysinit.target.wants');
    mkdirSync(wants, { recursive: true });
    symlinkSync(
      '/usr/lib/systemd/system/understudy-livepatch.service',
      join(wants, 'understudy-livepatch.service'),
    );
  });
  afterEach(() => machine.dispose());

  const system = (settings: Partial<Settings> = {}) => machine.system({}, { transitionMs: 500, ...settings });
  const plain = { fixes: null, replaces: false, returns: true, unsigned: false };
  const add = (name: string, options: Partial<Parameters<typeof addLivepatch>[1]> = {}) =>
    addLivepatch(system(), { ...plain, ...options, file: options.file ?? machine.module(name) });
  const load = (name: string, again = false) => loadLivepatch(system(), { name, again });
  const unload = (name: string) => unloadLivepatch(system(), { name });
  const held = () => livepatchesHeld(system(), { now: true });
  const boot = (settings: Partial<Settings> = {}) => bootLivepatches(system(settings));
  const value = async <T>(outcome: Promise<Outcome<T>>): Promise<T> => {
    const answer = await outcome;
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
    return answer.value;
  };
  const refused = async (outcome: Promise<Outcome<unknown>>, code: string): Promise<string> => {
    const answer = await outcome;
    expect(answer).toMatchObject({ ok: false, problem: { code } });
    return answer.ok ? '' : answer.problem.details.join('\n');
  };
  const status = (settings: Partial<Settings> = {}) => value(livepatchStatus(system(settings)));
  const why = async (name: string, settings: Partial<Settings> = {}) => {
    const found = (await status(settings)).active.find((one) => one.name === name);
    return found && [found.source, found.returns, found.why];
  };
  /** Names, and bytes of files, of everything that is kept. */
  const kept = (): string[] =>
    existsSync(machine.stored())
      ? readdirSync(machine.stored(), { recursive: true, encoding: 'utf8' }).sort()
      : [];
  const done = { release: testRelease, already: false, replaced: [] };

  describe('adding', () => {
    test('keeps a copy with what is known of it, private to root', async () => {
      machine.write('sysfs/kernel/notes', '');
      expect(await value(add('fix_net', { fixes: 'CVE-2026-1234' }))).toEqual({
        ...{ action: 'add', name: 'fix_net' },
        ...done,
      });
      const folder = machine.stored(testRelease, 'fix_net');
      expect(readdirSync(folder).sort()).toEqual(['fix_net.ko', 'livepatch.json']);
      expect(readFileSync(join(folder, 'fix_net.ko')).equals(buildModule())).toBe(true);
      expect(JSON.parse(readFileSync(join(folder, 'livepatch.json'), 'utf8'))).toMatchObject({
        ...{ version: 1, name: 'fix_net', release: testRelease, srcversion: 'A1B2C3D4' },
        ...{ fixes: 'CVE-2026-1234', kind: 'stacks', returns: true, buildId: null, signed: false },
      });
      for (const path of [machine.stored(), machine.stored(testRelease), folder])
        expect(statSync(path).mode & 0o777).toBe(0o700);
      expect(await value(livepatches(system()))).toMatchObject({
        patches: [{ name: 'fix_net', state: 'stored', kind: 'stacks', fixes: 'CVE-2026-1234' }],
      });
      expect(machine.asked()).toEqual([]);
    });

    test('the same once more changes what is said of it, another of that name is refused', async () => {
      await value(add('fix_net'));
      expect(await value(add('fix_net', { returns: false }))).toMatchObject({ already: true });
      expect((await value(livepatches(system()))).patches).toMatchObject([{ returns: false }]);
      const before = kept();
      const other = machine.module('fix_net', { values: { description: 'another' } });
      expect(await refused(add('fix_net', { file: other }), 'LIVEPATCH_EXISTS')).toContain('fix_net');
      expect(kept()).toEqual(before);
    });

    test('is possible for another kernel, and loads nothing there', async () => {
      const file = machine.module('fix_net', { values: { vermagic: '6.9.0-1-amd64 SMP' } });
      expect(await value(add('fix_net', { file }))).toMatchObject({ release: '6.9.0-1-amd64' });
      await refused(load('fix_net'), 'LIVEPATCH_UNKNOWN');
      expect(machine.asked()).toEqual([]);
    });

    test('refuses what is no live patch for this machine, and leaves nothing', async () => {
      const link = join(machine.root, 'link.ko');
      symlinkSync(machine.module('fix_net'), link);
      for (const file of [
        machine.module('a', { values: { livepatch: undefined } }),
        machine.module('b', { machine: 183 }),
        machine.module('c', { values: { name: '../x' } }),
        machine.module('d', { values: { vermagic: '../../x' } }),
        join(machine.root, 'none.ko'),
        machine.root,
        link,
      ])
        await refused(add('x', { file }), 'LIVEPATCH_UNFIT');
      expect(existsSync(machine.stored())).toBe(false);
    });

    test('needs a signature where keys are trusted, unless root says otherwise', async () => {
      const trusted = generateKeyPairSync('ed25519');
      const other = generateKeyPairSync('ed25519');
      const keys = join(machine.root, 'etc/understudy/keys');
      mkdirSync(keys, { recursive: true, mode: 0o755 });
      const key = join(keys, 'vendor.pub');
      writeFileSync(key, trusted.publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
      const file = machine.module('fix_net');
      const sign = (by: KeyObject, purpose = purposeLine): Buffer =>
        signWith(null, Buffer.concat([Buffer.from(purpose), readFileSync(file)]), by);
      expect(await refused(add('fix_net', { file }), 'LIVEPATCH_UNSIGNED')).toContain('is missing');
      for (const wrong of [
        sign(other.privateKey),
        sign(trusted.privateKey, 'understudy bundle 1\n'),
        sign(trusted.privateKey, ''),
        Buffer.alloc(64),
        Buffer.alloc(0),
        Buffer.from('no signature'),
        sign(trusted.privateKey).subarray(1),
      ]) {
        writeFileSync(`${file}.sig`, wrong);
        expect(await refused(add('fix_net', { file }), 'LIVEPATCH_UNSIGNED')).toContain('is of no key');
      }
      expect(existsSync(machine.stored())).toBe(false);
      expect(await value(add('fix_net', { file, unsigned: true }))).toMatchObject({ already: false });
      expect((await value(livepatches(system()))).patches).toMatchObject([{ signedBy: null }]);
      for (const right of [sign(trusted.privateKey), `${sign(trusted.privateKey).toString('base64')}\n`]) {
        writeFileSync(`${file}.sig`, right);
        await value(add('fix_net', { file }));
        expect((await value(livepatches(system()))).patches).toMatchObject([{ signedBy: 'vendor' }]);
      }
      // Another file beside the signature.
      await value(removeLivepatch(system(), { name: 'fix_net' }));
      machine.module('fix_net', { values: { description: 'another' } });
      await refused(add('fix_net', { file }), 'LIVEPATCH_UNSIGNED');
      // A key that cannot be used is not passed over, whatever else is there.
      const spoils: readonly (readonly [string, () => void])[] = [
        ['others than root', () => chmodSync(key, 0o666)],
        [
          'others than root',
          () => {
            chmodSync(key, 0o644);
            chownSync(key, 1000, 1000);
          },
        ],
        [
          'others than root',
          () => {
            chownSync(key, 0, 0);
            chmodSync(keys, 0o777);
          },
        ],
        [
          'no public key',
          () => {
            chmodSync(keys, 0o755);
            writeFileSync(join(keys, 'torn.pub'), '-----BEGIN PUBLIC KEY-----\n');
          },
        ],
      ];
      for (const [reason, spoil] of spoils) {
        spoil();
        expect(await refused(add('fix_net', { file }), 'LIVEPATCH_UNSIGNED')).toContain(reason);
      }
      expect(await value(add('fix_net', { file, unsigned: true }))).toMatchObject({ already: false });
    });

    test('that was cut leaves nothing that anyone finds, and the next one completes it', async () => {
      mkdirSync(machine.stored(testRelease, '.fix_net.new'), { recursive: true });
      writeFileSync(machine.stored(testRelease, '.fix_net.new/fix_net.ko'), 'half');
      expect((await value(livepatches(system()))).patches).toEqual([]);
      await value(add('fix_net'));
      expect(readdirSync(machine.stored(testRelease))).toEqual(['fix_net']);
    });
  });

  describe('loading', () => {
    beforeEach(() => value(add('fix_net')));

    test('brings it into the kernel, on trial, and says whether it returns', async () => {
      expect(await value(load('fix_net'))).toEqual({ action: 'load', name: 'fix_net', ...done });
      expect(machine.asked()).toEqual([
        'insmod fix_net.ko',
        'systemctl --no-block restart understudy-livepatch-held.service',
      ]);
      expect(machine.active()).toEqual(['fix_net']);
      expect(await why('fix_net')).toEqual(['understudy', false, 'on-trial']);
      expect(await value(held())).toEqual({ action: 'held', held: ['fix_net'], onTrial: [] });
      expect(await status()).toMatchObject({
        ...{ running: testRelease, supported: true, off: null, heldBack: [], stalled: [], unseen: [] },
        active: [{ name: 'fix_net', state: 'enabled', objects: ['vmlinux'], returns: true }],
      });
      expect(await value(load('fix_net'))).toMatchObject({ already: true });
    });

    test('is marked on the disk before the module is in memory', async () => {
      const marks: string[] = [];
      const onStep = (step: string): void => {
        const trials = JSON.parse(readFileSync(machine.stored('state.json'), 'utf8')) as { trials: unknown };
        marks.push(`${step}: ${JSON.stringify(trials.trials)} ${machine.active().length}`);
      };
      await value(loadLivepatch({ ...system(), onStep }, { name: 'fix_net', again: false }));
      expect(marks).toEqual([
        expect.stringMatching(/^livepatch-marked: .*"name":"fix_net".*"boot":"start-1".* 0$/),
        expect.stringMatching(/^livepatch-inserted: .* 1$/),
      ]);
    });

    test.each([
      ['altered', (path: string) => writeFileSync(path, buildModule({ values: { description: 'x' } }))],
      ['cut short', (path: string) => writeFileSync(path, buildModule().subarray(0, 100))],
      ['gone', (path: string) => rmSync(path)],
      [
        'a link',
        (path: string) => {
          renameSync(path, `${path}.there`);
          symlinkSync(`${path}.there`, path);
        },
      ],
    ])('a copy that is %s is not loaded, and the list says so', async (_, alter) => {
      alter(machine.stored(testRelease, 'fix_net/fix_net.ko'));
      await refused(load('fix_net'), 'LIVEPATCH_ALTERED');
      expect(machine.asked()).toEqual([]);
      expect((await value(livepatches(system()))).patches).toMatchObject([{ state: 'damaged' }]);
      expect(await value(removeLivepatch(system(), { name: 'fix_net' }))).toMatchObject({ action: 'remove' });
    });

    test('a copy in the folder of another release, or of another name, is not loaded', async () => {
      const [here, there] = [machine.stored(testRelease), machine.stored('6.9.0-1-amd64')];
      renameSync(here, there);
      machine.restart('6.9.0-1-amd64');
      await refused(load('fix_net'), 'LIVEPATCH_ALTERED');
      renameSync(join(there, 'fix_net'), join(there, 'fix_fs'));
      await refused(load('fix_fs'), 'LIVEPATCH_ALTERED');
      expect(machine.asked()).toEqual([]);
    });

    test('a release that was built anew is another kernel', async () => {
      const note = (id: string): string => {
        const head = Buffer.alloc(12);
        [4, id.length, 3].forEach((number, index) => head.writeUInt32LE(number, index * 4));
        return `${head.toString('latin1')}GNU\0${id}`;
      };
      machine.write('sysfs/kernel/notes', note('abcd'));
      await value(load('fix_net'));
      await value(held());
      machine.restart();
      machine.write('sysfs/kernel/notes', note('efgh'));
      expect(await refused(load('fix_net'), 'LIVEPATCH_OTHER_KERNEL')).toContain('built anew');
      expect((await value(boot())).failed).toMatchObject([{ problem: { code: 'LIVEPATCH_OTHER_KERNEL' } }]);
      machine.write('sysfs/kernel/notes', note('abcd'));
      expect((await value(boot())).loaded).toEqual(['fix_net']);
    });

    test('what the kernel refuses is told in its words, and is not on trial', async () => {
      machine.write('refuse', 'insmod: ERROR: could not insert module: Key was rejected by service\n');
      expect(await refused(load('fix_net'), 'LIVEPATCH_REFUSED')).toContain('Key was rejected by service');
      machine.restart();
      expect(await status()).toMatchObject({ active: [], heldBack: [] });
    });

    test('a module that patches nothing is taken out again', async () => {
      machine.write('empty', '');
      await refused(load('fix_net'), 'LIVEPATCH_REFUSED');
      machine.restart();
      expect((await status()).heldBack).toEqual([]);
    });

    test('where a task does not change over in time, it is named and all of it is taken back', async () => {
      machine.stall(true);
      expect(await refused(load('fix_net'), 'LIVEPATCH_STALLED')).toBe('41 waiter');
      expect(machine.active()).toEqual([]);
      expect(machine.asked()).toEqual(['insmod fix_net.ko', 'rmmod fix_net']);
      machine.restart();
      expect(await status()).toMatchObject({ active: [], heldBack: [] });
    });

    test('where it cannot be taken back either, that is told, and it stays on trial', async () => {
      machine.stall(false);
      expect(await refused(load('fix_net'), 'LIVEPATCH_STUCK')).toBe('42 ready');
      expect(await status()).toMatchObject({
        active: [{ name: 'fix_net', state: 'disabling' }],
        stalled: ['42 ready'],
      });
      await refused(
        add('fix_fs').then(() => load('fix_fs')),
        'LIVEPATCH_REFUSED',
      );
      machine.restart();
      expect((await status()).heldBack).toMatchObject([{ name: 'fix_net' }]);
    });

    test('that is cancelled is taken back', async () => {
      machine.stall(true);
      const cancel = new AbortController();
      const waiting = loadLivepatch(
        { ...system({ transitionMs: 30_000 }), signal: cancel.signal },
        { name: 'fix_net', again: false },
      );
      setTimeout(() => cancel.abort(), 300);
      await refused(waiting, 'CANCELLED');
      expect(machine.active()).toEqual([]);
    });

    test('tells what takes the place of others', async () => {
      await value(add('fix_all', { replaces: true }));
      await value(load('fix_net'));
      machine.write('replace', 'fix_net');
      expect(await value(load('fix_all'))).toMatchObject({ replaced: ['fix_net'] });
      expect(machine.asked()).toContain('rmmod fix_net');
      await value(held());
      machine.restart();
      rmSync(join(machine.root, '../machine/replace'));
      expect((await value(boot())).loaded).toEqual(['fix_all']);
    });
  });

  describe('unloading and removing', () => {
    beforeEach(async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
      await value(held());
    });

    test('takes it out of the kernel, and out of what returns', async () => {
      await refused(removeLivepatch(system(), { name: 'fix_net' }), 'LIVEPATCH_IN_USE');
      expect(await value(unload('fix_net'))).toEqual({ action: 'unload', name: 'fix_net', ...done });
      expect(machine.active()).toEqual([]);
      expect(machine.asked()).toContain('rmmod fix_net');
      expect(await value(unload('fix_net'))).toMatchObject({ already: true });
      machine.restart();
      expect(await value(boot())).toMatchObject({ loaded: [], failed: [] });
      expect(await value(removeLivepatch(system(), { name: 'fix_net' }))).toMatchObject({ action: 'remove' });
      expect(readdirSync(machine.stored(testRelease))).toEqual([]);
      await refused(removeLivepatch(system(), { name: 'fix_net' }), 'LIVEPATCH_UNKNOWN');
    });

    test('where a task stays in it, it is active again', async () => {
      machine.stall(false);
      writeFileSync(join(machine.root, '../machine/sysfs/kernel/livepatch/fix_net/transition'), '1\n');
      setTimeout(() => rmSync(join(machine.root, '../machine/stall')), 300);
      const said = await refused(unload('fix_net'), 'LIVEPATCH_STALLED');
      expect(said).toBe('42 ready');
      machine.unstall();
      expect(await why('fix_net')).toEqual(['understudy', true, 'loaded-again']);
    });

    test('of what another program brought is refused', async () => {
      for (const name of ['other', 'kpatch_fs']) {
        machine.write(`sysfs/kernel/livepatch/${name}/enabled`, '1\n');
        machine.write(`sysfs/kernel/livepatch/${name}/transition`, '0\n');
        await refused(unload(name), 'LIVEPATCH_FOREIGN');
      }
      await refused(unload('none'), 'LIVEPATCH_UNKNOWN');
      expect(machine.active()).toEqual(['fix_net', 'kpatch_fs', 'other']);
    });

    test('asks for the release where several kernels have one', async () => {
      for (const release of ['6.9.0-1-amd64', '6.9.0-2-amd64']) {
        const file = machine.module('fix_fs', { values: { vermagic: `${release} SMP` } });
        await value(add('fix_fs', { file }));
      }
      const remove = (release?: string) =>
        removeLivepatch(system(), { name: 'fix_fs', ...(release === undefined ? {} : { release }) });
      expect(await refused(remove(), 'USAGE')).toContain('--release: 6.9.0-1-amd64, 6.9.0-2-amd64');
      expect(await value(remove('6.9.0-1-amd64'))).toMatchObject({ release: '6.9.0-1-amd64' });
      expect(await value(remove())).toMatchObject({ release: '6.9.0-2-amd64' });
    });
  });

  describe('at a start', () => {
    const nothing = { off: null, loaded: [], heldBack: [], left: [], failed: [] };
    const prepared = async (...names: readonly string[]): Promise<void> => {
      for (const name of names) {
        await value(add(name));
        await value(load(name));
      }
      await value(held());
    };

    test('the same kernel gets what it had, in its order, and another one does not', async () => {
      await prepared('b_second', 'a_first');
      machine.restart('6.9.0-1-amd64');
      expect(await value(boot())).toEqual({ action: 'boot', running: '6.9.0-1-amd64', ...nothing });
      machine.restart(testRelease);
      expect(await value(boot())).toMatchObject({ ...nothing, loaded: ['b_second', 'a_first'] });
      expect(machine.active()).toEqual(['a_first', 'b_second']);
      expect(await why('a_first')).toEqual(['understudy', false, 'on-trial']);
      // Once more, as a restart of the unit would.
      expect(await value(boot())).toMatchObject({ loaded: ['b_second', 'a_first'], failed: [] });
      expect(machine.asked().filter((line) => line.startsWith('insmod'))).toHaveLength(4);
    });

    test('with installOnReboot off nothing returns, and what is off stays off', async () => {
      await prepared('fix_net');
      expect(await why('fix_net', { installOnReboot: false })).toEqual(['understudy', false, 'setting']);
      machine.restart();
      expect(await value(boot({ installOnReboot: false }))).toMatchObject(nothing);
      expect(machine.active()).toEqual([]);
      machine.restart();
      expect(await value(boot())).toMatchObject(nothing);
    });

    test('with upgradeOnReboot a kernel gets everything that is kept for it', async () => {
      const file = machine.module('newer', { values: { vermagic: '6.9.0-1-amd64 SMP' } });
      await value(add('newer', { file }));
      await value(add('never_loaded'));
      machine.restart('6.9.0-1-amd64');
      expect(await value(boot({ upgradeOnReboot: true }))).toMatchObject({ loaded: ['newer'] });
      expect(await value(livepatchesHeld(system(), { now: true }))).toMatchObject({ held: ['newer'] });
      expect(await why('newer', { upgradeOnReboot: true })).toEqual(['understudy', true, 'all-loaded']);
    });

    test('what was added so that it does not return does not', async () => {
      await value(add('fix_net', { returns: false }));
      await value(load('fix_net'));
      await value(held());
      expect(await why('fix_net')).toEqual(['understudy', false, 'kept-away']);
      machine.restart();
      expect(await value(boot())).toMatchObject(nothing);
    });

    test('what was on trial when the machine went down is not loaded again, and that is told', async () => {
      await prepared('fix_net');
      await value(add('crashes'));
      await value(load('crashes'));
      machine.restart();
      // Already before anything of Understudy ran.
      expect((await status()).heldBack).toMatchObject([{ name: 'crashes', release: testRelease }]);
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: ['crashes'], failed: [] });
      expect(machine.active()).toEqual(['fix_net']);
      await value(held());
      machine.restart();
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: ['crashes'] });
      await refused(load('crashes'), 'LIVEPATCH_HELD_BACK');
      expect(await value(load('crashes', true))).toMatchObject({ already: false });
      await value(held());
      expect((await status()).heldBack).toEqual([]);
      machine.restart();
      expect((await value(boot())).loaded).toEqual(['fix_net', 'crashes']);
    });

    test('that goes down itself ends after one attempt', async () => {
      await prepared('fix_net');
      machine.restart();
      const onStep = (step: string): void => {
        if (step === 'livepatch-inserted') throw new Error('the power is gone');
      };
      await bootLivepatches({ ...system(), onStep });
      machine.restart();
      expect(await value(boot())).toMatchObject({ ...nothing, heldBack: ['fix_net'] });
      expect(machine.active()).toEqual([]);
    });

    test('another module of the same name is not held back', async () => {
      await prepared('fix_net');
      await value(unload('fix_net'));
      await value(load('fix_net'));
      machine.restart();
      expect((await value(boot())).heldBack).toEqual(['fix_net']);
      await value(removeLivepatch(system(), { name: 'fix_net' }));
      await value(add('fix_net', { file: machine.module('fix_net', { values: { description: 'mended' } }) }));
      expect(await value(load('fix_net'))).toMatchObject({ already: false });
    });

    test('what stands on one that is missing is left, up to one that replaces all before it', async () => {
      await prepared('one', 'two');
      await value(add('all', { replaces: true }));
      await value(load('all'));
      await value(held());
      writeFileSync(machine.stored(testRelease, 'one/one.ko'), 'altered');
      machine.restart();
      expect(await value(boot())).toMatchObject({
        ...{ loaded: ['all'], left: ['two'] },
        failed: [{ name: 'one', problem: { code: 'LIVEPATCH_ALTERED' } }],
      });
    });

    test.each([
      ['kernel-parameter', () => machine.write('cmdline', 'root=/dev/vda understudy.livepatch=off quiet\n')],
      [
        'file',
        () => {
          mkdirSync(join(machine.root, 'etc/understudy'), { recursive: true });
          writeFileSync(join(machine.root, 'etc/understudy/livepatch-off'), '');
        },
      ],
    ])(
      'switched off by the %s, nothing is loaded, and what returns later is not forgotten',
      async (off, switchOff) => {
        await prepared('fix_net');
        switchOff();
        expect(await why('fix_net')).toEqual(['understudy', false, 'switched-off']);
        machine.restart();
        expect(await value(boot())).toMatchObject({ ...nothing, off });
        await refused(load('fix_net'), 'LIVEPATCH_OFF');
        expect(await status()).toMatchObject({ off, active: [] });
        machine.write('cmdline', 'quiet\n');
        rmSync(join(machine.root, 'etc/understudy/livepatch-off'), { force: true });
        machine.restart();
        expect((await value(boot())).loaded).toEqual(['fix_net']);
      },
    );

    test('with damaged records nothing is loaded, and they are left as they are', async () => {
      await prepared('fix_net');
      machine.restart();
      const path = machine.stored('state.json');
      for (const [text, code] of [
        ['{"version":1,', 'LIVEPATCH_RECORDS_DAMAGED'],
        ['{"version":1,"levels":{"x":["../y"]},"trials":[],"heldBack":[]}', 'LIVEPATCH_RECORDS_DAMAGED'],
        ['{"version":2}', 'STATE_NEWER'],
      ] as const) {
        writeFileSync(path, text);
        for (const verb of [boot(), load('fix_net'), held(), livepatchStatus(system())])
          await refused(verb, code);
        expect(readFileSync(path, 'utf8')).toBe(text);
      }
      expect(machine.active()).toEqual([]);
    });
  });

  describe('the trial', () => {
    beforeEach(async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
    });
    const judge = () => value(livepatchesHeld(system(), { now: false }));

    test('is over after some minutes', async () => {
      expect(await judge()).toMatchObject({ held: [], onTrial: ['fix_net'] });
      const later = { ...machine.system().machine!, monotonic: () => 1_000_000 + 290_000 };
      const old = machine.system({ machine: later });
      expect(await value(livepatchesHeld(old, { now: false }))).toMatchObject({ held: ['fix_net'] });
    });

    test('is over at an orderly end of the system', async () => {
      machine.write('running', 'stopping\n');
      expect(await judge()).toMatchObject({ held: ['fix_net'], onTrial: [] });
    });

    test('goes on through a soft-reboot, which is no start of the kernel', async () => {
      expect(await value(boot())).toMatchObject({ loaded: ['fix_net'], heldBack: [] });
      expect(await why('fix_net')).toEqual(['understudy', false, 'on-trial']);
    });
  });

  describe('status', () => {
    test('knows others by their marks, and only reads them', async () => {
      const put = (name: string): void => {
        machine.write(`sysfs/kernel/livepatch/${name}/enabled`, '1\n');
        machine.write(`sysfs/kernel/livepatch/${name}/transition`, '0\n');
      };
      const inRoot = (path: string, text = ''): void => {
        mkdirSync(join(machine.root, path, '..'), { recursive: true });
        writeFileSync(join(machine.root, path), text);
      };
      for (const name of ['kpatch_one', 'livepatch_two', 'lkp_Ubuntu_5_15', 'by_hand']) put(name);
      machine.write('modules', 'ksplice_abc_vmlinux 1 0 - Live\nkcare 1 0 - Live\next4 1 0 - Live\n');
      expect(
        await Promise.all(['kpatch_one', 'lkp_Ubuntu_5_15', 'by_hand', 'kcare'].map((name) => why(name))),
      ).toEqual([
        ['kpatch', false, 'memory-only'],
        ['canonical-livepatch', false, 'provider-off'],
        ['unknown', false, 'memory-only'],
        ['kernelcare', false, 'provider-off'],
      ]);
      expect((await status()).providers).toEqual([]);
      for (const program of ['usr/sbin/kpatch', 'usr/sbin/uptrack-show', 'usr/bin/kcarectl']) inRoot(program);
      inRoot(`var/lib/kpatch/${testRelease}/livepatch-two.ko`);
      for (const unit of ['kpatch', 'kcare', 'snap.canonical-livepatch.canonical-livepatchd'])
        inRoot(`etc/systemd/system/multi-user.target.wants/${unit}.service`);
      const returns = ['livepatch_two', 'lkp_Ubuntu_5_15', 'ksplice_abc_vmlinux', 'kcare'];
      expect((await Promise.all(returns.map((name) => why(name)))).map((one) => one?.slice(1))).toEqual(
        returns.map(() => [true, 'provider']),
      );
      inRoot('etc/uptrack/uptrack.conf', '[Network]\n[Settings]\ninstall_on_reboot = no\n');
      expect(await why('ksplice_abc_vmlinux')).toEqual(['ksplice', false, 'provider-off']);
      inRoot('etc/uptrack/uptrack.conf', '[Settings]\ninstall_on_reboot = no\nupgrade_on_reboot = yes\n');
      expect(await why('ksplice_abc_vmlinux')).toEqual(['ksplice', true, 'provider']);
      expect((await status()).providers).toEqual(['kpatch', 'ksplice', 'kernelcare']);
      expect(machine.asked()).toEqual([]);
    });

    test('says what stands in the way of a return', async () => {
      await value(add('fix_net'));
      await value(load('fix_net'));
      await value(held());
      const unit = join(machine.root, 'etc/systemd/system/sysinit.target.wants/understudy-livepatch.service');
      writeFileSync(machine.stored(testRelease, 'fix_net/fix_net.ko'), 'altered');
      expect(await why('fix_net')).toEqual(['understudy', false, 'no-copy']);
      writeFileSync(machine.stored(testRelease, 'fix_net/livepatch.json'), '{}');
      expect(await why('fix_net')).toEqual(['understudy', false, 'no-copy']);
      await value(add('fix_fs'));
      // By hand, with insmod.
      machine.write('sysfs/kernel/livepatch/fix_fs/enabled', '1\n');
      machine.write('sysfs/kernel/livepatch/fix_fs/transition', '0\n');
      expect(await why('fix_fs')).toEqual(['understudy', false, 'memory-only']);
      rmSync(unit);
      expect(await why('fix_fs')).toEqual(['understudy', false, 'no-unit']);
    });

    test('of a system that does not run, and of a kernel without live patches', async () => {
      const still = machine.system({ isRunning: false });
      expect(await value(livepatchStatus(still))).toMatchObject({
        ...{ running: null, supported: false, active: [], heldBack: [] },
      });
      await value(add('fix_net'));
      await refused(loadLivepatch(still, { name: 'fix_net', again: false }), 'USAGE');
      await refused(bootLivepatches(still), 'USAGE');
      rmSync(join(machine.root, '../machine/sysfs'), { recursive: true });
      expect(await status()).toMatchObject({ running: testRelease, supported: false, active: [] });
      await refused(load('fix_net'), 'NO_LIVEPATCH');
      mkdirSync(join(machine.root, '../machine/sysfs/kernel/livepatch'), { recursive: true });
    });
  });

  test('what alters is for one at a time', async () => {
    await value(add('fix_net'));
    chmodSync(machine.stored(), 0o700);
    const lock = tryLock(raw(join(machine.root, 'var/lib/understudy/lock')));
    if (!('held' in lock)) throw new Error('somebody has it');
    await refused(load('fix_net'), 'BUSY_UNDERSTUDY');
    // The end of a trial waits for no long work.
    expect(await value(held())).toMatchObject({ held: [] });
    lock.held.release();
    expect(machine.asked()).toEqual([]);
  });
});
