/** The way of a real update: Debian's own archive, its real security updates, as far as the clean result. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { apt } from '../../../electron/engine/packages/apt/apt.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import type { PackageChange } from '../../../shared/plan.js';
import { debianRoot, debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { treeSession } from '../../lab/tree-session.js';

const impossible = await debianRootImpossible();

describe.skipIf(impossible !== undefined)(
  `Debian’s own updates${impossible ? ` (${impossible})` : ''}`,
  () => {
    let root: string;
    let system: System;
    let changes: readonly PackageChange[];
    let automatic: string;

    const inTree = async (...argv: [string, ...string[]]): Promise<string> => {
      const session = await treeSession(root, { network: 'none', binds: [] });
      const result = await session.run(argv, { timeoutMs: 60_000 });
      await session.close();
      return result.stdout + result.stderr;
    };

    beforeAll(async () => {
      root = await debianRoot({ suites: ['security'] });
      system = openSystem(root, { settings: { reserveBytes: 0 } });
      await inTree('apt-mark', 'auto', 'liblzma5', 'perl');
      automatic = await inTree('apt-mark', 'showauto');
    });
    afterAll(() => removeRoot(root));

    it('are fetched with apt’s own verification', async () => {
      const session = await treeSession(root, { network: 'host', binds: apt.binds(system, 'fetch') });
      await apt.refresh(session, system);
      ({ changes } = await apt.resolve(session, system, { scope: 'all', selected: [] }));
      expect(changes.length).toBeGreaterThan(0);
      expect(changes.some(({ security }) => security)).toBe(true);
      await apt.download(session, system, changes);
      await session.close();
      // The system's own index and cache were not used: they are as empty as they were.
      const own = ['var/lib/apt/lists', 'var/cache/apt/archives'].map((path) => join(root, path));
      expect(
        execFileSync('find', [...own, '-type', 'f', '-not', '-name', 'lock'], { encoding: 'utf8' }),
      ).toBe('');
    });

    it('are pending for an ordinary user of the tree’s own index, who writes nothing', async () => {
      const fetching = await treeSession(root, { network: 'host', binds: [] });
      expect((await fetching.run(['apt-get', 'update'], { timeoutMs: 120_000 })).status).toBe(0);
      await fetching.close();
      chmodSync(dirname(root), 0o755);
      const find = ['find', join(root, 'var'), '-newermt', '@0', '-printf', '%p %T@ %C@\n'] as const;
      const before = execFileSync(find[0], find.slice(1), { encoding: 'utf8' });
      const dist = fileURLToPath(new URL('../../../dist/electron/engine/', import.meta.url));
      const program = `
      const { apt } = await import('${dist}packages/apt/apt.js');
      const { openSystem } = await import('${dist}system.js');
      console.log(JSON.stringify((await apt.pending(openSystem('${root}'))).map(({ name }) => name)));`;
      const asUser = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;
      const { stdout } = await runOrFault(
        [...asUser, process.execPath, '--input-type=module', '-e', program],
        { timeoutMs: 60_000 },
      );
      expect(JSON.parse(stdout)).toEqual(changes.map(({ name }) => name));
      expect(execFileSync(find[0], find.slice(1), { encoding: 'utf8' })).toBe(before);
    });

    it('are installed without network, and leave a clean system with the same marks', async () => {
      const session = await treeSession(root, { network: 'none', binds: apt.binds(system, 'rehearse') });
      await apt.apply(session, system, changes, () => undefined);
      expect(await apt.audit(session)).toEqual([]);
      await session.close();
      const installed = apt.installed(plainView(raw(root)));
      for (const { name, architecture, to } of changes) {
        const found = installed.find((entry) => entry.name === name && entry.architecture === architecture);
        expect(found).toMatchObject({ version: to, complete: true });
      }
      expect(await inTree('dpkg', '--verify')).toBe('');
      expect(await inTree('apt-mark', 'showauto')).toBe(automatic);
      expect(await apt.pending(system)).toEqual([]);
    });

    it('need nothing of the machine: no process or mount is left', async () => {
      const { stdout } = await run(['grep', '-c', root, '/proc/mounts'], { timeoutMs: 5000 });
      expect(stdout.trim()).toBe('0');
    });
  },
);
