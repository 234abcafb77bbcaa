/** Packages that misbehave: each ends in a clear error that names it, and the tree and the machine are as before. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../electron/engine/environments/environment.js';
import { apt } from '../../../electron/engine/packages/apt/apt.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import type { PackageChange } from '../../../shared/plan.js';
import { hostMounts } from '../../lab/host-mounts.js';
import { aptFixture, type AptFixture } from '../../lab/apt-fixture.js';
import { badName, type Misbehaviour } from '../../lab/bad-packages.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { throwawaySession } from '../../lab/tree-session.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible !== undefined)(
  `packages that misbehave${impossible ? ` (${impossible})` : ''}`,
  () => {
    let fixture: AptFixture;
    const open: Session[] = [];
    const system = (): System =>
      openSystem(fixture.root, { settings: { scriptIdleMs: 20_000, reserveBytes: 0 } });

    async function update(name: string): Promise<readonly PackageChange[]> {
      fixture.offer(name);
      const session = await fixture.session('fetch', 'thrown-away');
      try {
        await apt.refresh(session, system());
        const { changes } = await apt.resolve(session, system(), { scope: 'all', selected: [] });
        expect(changes.map((change) => change.name)).toEqual([name]);
        await apt.download(session, system(), changes);
        return changes;
      } finally {
        await session.close();
      }
    }
    async function rehearsal(place?: string): Promise<Session> {
      const options = { network: 'none', binds: apt.binds(system(), 'rehearse') } as const;
      const session = await throwawaySession(fixture.root, options, place);
      open.push(session);
      return session;
    }
    const apply = async (session: Session, changes: readonly PackageChange[]): Promise<string[]> => {
      const lines: string[] = [];
      await apt.apply(session, system(), changes, (line) => lines.push(line));
      return lines;
    };

    beforeAll(async () => {
      fixture = await aptFixture();
    });
    afterEach(async () => {
      for (const session of open.splice(0)) await session.close();
    });
    afterAll(async () => {
      await (fixture as AptFixture | undefined)?.dispose();
    });

    it.each([
      ['preinst-fails', /preinst says no/],
      ['postinst-fails', /postinst says no/],
      ['kills-its-parent', /killing my parent/],
      ['kills-everything', /killing everything/],
      ['reboots', /rebooting/],
      ['asks-a-question', /nobody answers/],
    ] as const)('%s', async (how: Misbehaviour, said: RegExp) => {
      const before = apt.databaseDigest(fixture.view);
      const applied = apply(await rehearsal(), await update(badName(how)));
      await expect(applied).rejects.toMatchObject({ code: 'PACKAGE_SCRIPT_FAILED' });
      await expect(applied).rejects.toThrow(badName(how));
      await expect(applied).rejects.toThrow(said);
      expect(apt.databaseDigest(fixture.view)).toBe(before);
    });

    it('fills-the-disk', async () => {
      const place = mkdtempSync(join(tmpdir(), 'understudy-small-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'understudy-test', place]);
      try {
        const applied = apply(await rehearsal(place), await update(badName('fills-the-disk')));
        await expect(applied).rejects.toMatchObject({ code: 'NO_SPACE' });
        await expect(applied).rejects.toThrow(badName('fills-the-disk'));
        for (const session of open.splice(0)) await session.close();
      } finally {
        execFileSync('umount', [place]);
        rmSync(place, { recursive: true });
      }
    });

    it('writes-outside', async () => {
      const name = hostname();
      const mounts = hostMounts();
      const changes = await update(badName('writes-outside'));
      const lists = (): string[] =>
        execFileSync('find', [join(fixture.root, 'var/lib/understudy/packages')], { encoding: 'utf8' })
          .split('\n')
          .sort();
      const index = lists();
      await apply(await rehearsal(), changes);
      expect(hostname()).toBe(name);
      expect(readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()).toBe(name);
      const traces = [
        '/dev/understudy-was-here',
        '/dev/understudy-disk',
        '/run/understudy-was-here',
        '/tmp/understudy-was-here',
      ];
      expect([...traces, '/dev/shm/understudy-was-here'].filter((path) => existsSync(path))).toEqual([]);
      expect(hostMounts()).toEqual(mounts);
      expect(lists()).toEqual(index);
    });

    it('a script that ends the whole session is named, and is no cancel', async () => {
      const changes = await update(badName('hangs'));
      const session = await rehearsal();
      const applied = apt.apply(session, system(), changes, (line) => {
        if (line.includes('waiting')) void session.close();
      });
      await expect(applied).rejects.toMatchObject({ code: 'PACKAGE_SCRIPT_FAILED' });
      await expect(applied).rejects.toThrow(badName('hangs'));
    });

    describe('a configuration file that the user replaced', () => {
      const name = 'understudy-bad-conffile';
      const conffile = '/etc/understudy-bad/main.conf';
      const sh = async (session: Session, script: string): Promise<string> => {
        const { stdout } = await session.run(['sh', '-c', script], { timeoutMs: 10_000 });
        return stdout.trim();
      };

      it('by a folder: the folder stays, and the package’s version lies beside it', async () => {
        const changes = await update(name);
        const session = await rehearsal();
        await sh(session, `rm ${conffile}; mkdir ${conffile}; echo mine > ${conffile}/mine`);
        await apply(session, changes);
        expect(await sh(session, `cat ${conffile}/mine; ls /etc/understudy-bad`)).toMatch(
          /^mine\nmain\.conf\nmain\.conf\.dpkg-(?:new|dist)$/,
        );
      });

      it('by a link to a file of his own: link and file stay, and the package’s version lies beside one of them', async () => {
        const changes = await update(name);
        const session = await rehearsal();
        await sh(session, `mkdir /etc/own; mv ${conffile} /etc/own; echo mine > /etc/own/main.conf`);
        await sh(session, `ln -s ../own/main.conf ${conffile}`);
        await apply(session, changes);
        expect(await sh(session, `readlink ${conffile}; cat ${conffile}`)).toBe('../own/main.conf\nmine');
        expect(await sh(session, 'cat /etc/own/*.dpkg-* /etc/understudy-bad/*.dpkg-*')).toBe('value = 2');
      });

      it('by nothing: it stays away', async () => {
        const changes = await update(name);
        const session = await rehearsal();
        await sh(session, `rm ${conffile}`);
        await apply(session, changes);
        expect(await sh(session, 'ls /etc/understudy-bad')).toBe('main.conf.dpkg-dist');
      });

      it('by a link that leads nowhere: the link stays', async () => {
        const changes = await update(name);
        const session = await rehearsal();
        await sh(session, `rm ${conffile}; ln -s /nowhere/at/all ${conffile}`);
        await apply(session, changes).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'PACKAGE_SCRIPT_FAILED' }),
        );
        expect(await sh(session, `readlink ${conffile}`)).toBe('/nowhere/at/all');
      });
    });

    it('leaves the hooks of snapshot tools out and runs the others', async () => {
      const changes = await update(badName('writes-outside'));
      const session = await rehearsal();
      const hooks = 'DPkg::Pre-Invoke { "touch /etc/snapper-ran"; "touch /etc/other-ran"; };';
      mkdirSync(join(fixture.root, 'etc/apt/apt.conf.d'), { recursive: true });
      const run = await session.run(
        ['sh', '-c', 'printf "%s\\n" "$1" > /etc/apt/apt.conf.d/80hooks', 'sh', hooks],
        { timeoutMs: 5000 },
      );
      expect(run.status).toBe(0);
      await apply(session, changes);
      const { stdout } = await session.run(['sh', '-c', 'ls /etc | grep -- -ran'], { timeoutMs: 5000 });
      expect(stdout).toBe('other-ran\n');
    });
  },
);
