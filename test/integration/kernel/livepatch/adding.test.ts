/** What is kept of a live patch, and what is not taken. Real live patches are in test/system/guest/livepatch.test.ts. */
import { generateKeyPairSync, sign as signWith, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { livepatches, removeLivepatch } from '../../../../electron/engine/livepatch.js';
import { purposeLine } from '../../../../electron/engine/kernel/livepatch/signature.js';
import { buildModule, testRelease } from '../../../lab/livepatch-module.js';
import {
  describeMachine,
  isRoot,
  machine,
  system,
  add,
  load,
  value,
  refused,
  kept,
  done,
} from './fixture.js';

describe.skipIf(!isRoot)('live patches (needs root)', () => {
  describeMachine();

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
});
