/**
 * What every package manager must do, whatever its family. A family brings a fixture: a root tree of its own, with some packages
 * installed, and an archive on the loopback that the fixture can put in order and out of order.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PackageChange } from '../../../shared/plan.js';
import type { Session, TreeView } from '../../../electron/engine/environments/environment.js';
import type { PackageManager, Selection } from '../../../electron/engine/packages/package-manager.js';
import type { RawPath } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { reporter } from '../../../electron/engine/report.js';
import type { ProgressEvent } from '../../../shared/progress.js';

/** How the archive can be out of order; `none` puts it in order again. */
export type Disorder =
  | 'none'
  | 'unreachable'
  | 'not-an-archive'
  | 'stale-index'
  | 'wrong-signature'
  | 'unknown-key'
  | 'expired'
  | 'package-missing'
  | 'package-damaged'
  | 'package-cut-short';

export interface PackageFixture {
  readonly root: string;
  readonly view: TreeView;
  /** Installed packages for which the archive can offer an update. */
  readonly names: {
    readonly settings: string;
    readonly security: string;
    readonly kernel: string;
    /** Comes new with the update of `kernel`. */
    readonly kernelImage: string;
    readonly failing: string;
    readonly hanging: string;
  };
  readonly versions: { readonly installed: string; readonly update: string };
  /** A configuration file of `settings`, which the update changes, and where the package's version then lies. */
  readonly conffile: RawPath;
  readonly conffileBeside: RawPath;
  /** Where the user's own lies once they chose the package's. */
  readonly conffileOld: RawPath;
  /** Names of the files in the cache of packages that are complete. */
  cached(): string[];
  /** A file of that cache, on the host. */
  cachedFile(name: string): string;
  /** Offers the updates of the named packages (and what they need); nothing else. */
  offer(...names: readonly string[]): void;
  disorder(what: Disorder): void;
  /** A session on the tree itself, or one in which everything is thrown away. */
  session(use: 'fetch' | 'rehearse', keep: 'kept' | 'thrown-away'): Promise<Session>;
  hold(session: Session, name: string): Promise<void>;
  /** Leaves the installed package as a run does that was cut off before the package was configured. */
  interrupt(session: Session, name: string): Promise<void>;
  dispose(): Promise<void>;
}

/** In what the families differ, each for a reason of its own. */
export interface Family {
  /** Whether some updates can be installed without the others. */
  readonly partialUpgrades: boolean;
  /** What an index amounts to that is not the one that was signed. */
  readonly staleIndex: 'ARCHIVE_INCONSISTENT' | 'ARCHIVE_UNTRUSTED';
}

export function conformsToPackageManager(
  manager: PackageManager,
  makeFixture: () => Promise<PackageFixture>,
  family: Family = { partialUpgrades: true, staleIndex: 'ARCHIVE_INCONSISTENT' },
): void {
  let fixture: PackageFixture;
  let events: ProgressEvent[] = [];
  const open: Session[] = [];

  const system = (options: { signal?: AbortSignal; scriptIdleMs?: number } = {}): System =>
    openSystem(fixture.root, {
      report: reporter((event) => events.push(event)),
      settings: { reserveBytes: 0, ...(options.scriptIdleMs ? { scriptIdleMs: options.scriptIdleMs } : {}) },
      ...(options.signal ? { signal: options.signal } : {}),
    });
  const session = async (
    use: 'fetch' | 'rehearse',
    keep: 'kept' | 'thrown-away' = 'thrown-away',
  ): Promise<Session> => {
    const opened = await fixture.session(use, keep);
    open.push(opened);
    return opened;
  };
  const all: Selection = { scope: 'all', selected: [] };
  const named = (changes: readonly PackageChange[]): string[] => changes.map(({ name }) => name).sort();
  const code = (value: string): unknown => expect.objectContaining({ code: value });

  /** Refreshes, resolves and downloads. */
  async function prepared(selection: Selection = all): Promise<readonly PackageChange[]> {
    const fetching = await session('fetch');
    await manager.refresh(fetching, system());
    const { changes } = await manager.resolve(fetching, system(), selection);
    await manager.download(fetching, system(), changes);
    return changes;
  }

  beforeAll(async () => {
    fixture = await makeFixture();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    events = [];
    fixture.disorder('none');
  });
  afterAll(async () => {
    await (fixture as PackageFixture | undefined)?.dispose();
  });

  describe('the database', () => {
    it('is recognised', () => expect(manager.manages(fixture.view)).toBe(true));

    it('lists the installed packages and their files', () => {
      const { names, versions } = fixture;
      const found = manager.installed(fixture.view).find(({ name }) => name === names.settings);
      expect(found).toMatchObject({ version: versions.installed, complete: true, held: false });
      expect(manager.filesOf(fixture.view, names.settings, found?.architecture ?? '')).toContain(
        fixture.conffile,
      );
    });

    it('names files and folders that are there, and is not interrupted', () => {
      expect(manager.database.filter((path) => !existsSync(join(fixture.root, path)))).toEqual([]);
      expect(manager.interrupted(fixture.view)).toBe(false);
    });

    it('has a stable digest', () => {
      expect(manager.databaseDigest(fixture.view)).toMatch(/^[0-9a-f]{64}$/);
      expect(manager.databaseDigest(fixture.view)).toBe(manager.databaseDigest(fixture.view));
    });
  });

  describe('refresh and pending', () => {
    it('fetches what the archive offers into an index of its own', async () => {
      const before = manager.databaseDigest(fixture.view);
      fixture.offer(fixture.names.settings, fixture.names.security);
      await manager.refresh(await session('fetch'), system());
      const pending = await manager.pending(system());
      expect(pending.map(({ name, security }) => [name, security])).toEqual(
        expect.arrayContaining([
          [fixture.names.settings, false],
          [fixture.names.security, manager.marksSecurity],
        ]),
      );
      expect(pending.find(({ name }) => name === fixture.names.settings)).toMatchObject({
        from: fixture.versions.installed,
        to: fixture.versions.update,
        kernel: false,
      });
      expect(pending.every(({ downloadBytes, origin }) => downloadBytes > 0 && origin !== '')).toBe(true);
      expect(Date.now() - (manager.indexDate(system())?.getTime() ?? 0)).toBeLessThan(60_000);
      expect(manager.databaseDigest(fixture.view)).toBe(before);
      expect(events.map(({ phase }) => phase)).toContain('refresh');
    });

    it.each([
      ['unreachable', 'ARCHIVE_UNREACHABLE'],
      ['not-an-archive', 'ARCHIVE_UNREACHABLE'],
      ['stale-index', family.staleIndex],
      ['wrong-signature', 'ARCHIVE_UNTRUSTED'],
      ['unknown-key', 'ARCHIVE_UNTRUSTED'],
      ['expired', 'ARCHIVE_EXPIRED'],
    ] as const)('keeps the index when the archive is out of order: %s', async (what, expected) => {
      fixture.offer(fixture.names.settings);
      await manager.refresh(await session('fetch'), system());
      const known = await manager.pending(system());
      expect(named(known as unknown as PackageChange[])).toContain(fixture.names.settings);
      fixture.offer(fixture.names.settings, fixture.names.security);
      fixture.disorder(what);
      await expect(manager.refresh(await session('fetch'), system())).rejects.toEqual(code(expected));
      expect(await manager.pending(system())).toEqual(known);
    });

    it('can be cancelled', async () => {
      const signal = AbortSignal.abort();
      const opened = await session('fetch');
      await expect(manager.refresh(opened, system({ signal }))).rejects.toEqual(code('CANCELLED'));
    });
  });

  describe('resolve', () => {
    beforeAll(async () => {
      fixture.offer(fixture.names.settings, fixture.names.security, fixture.names.kernel);
      await manager.refresh(await session('fetch'), system());
    });
    const resolved = async (selection: Selection): ReturnType<PackageManager['resolve']> =>
      manager.resolve(await session('fetch'), system(), selection);

    it('all: every update and what it brings', async () => {
      const { changes, kept } = await resolved(all);
      const { settings, security, kernel, kernelImage } = fixture.names;
      expect(named(changes)).toEqual(expect.arrayContaining([settings, security, kernel, kernelImage]));
      expect(kept).toEqual([]);
      expect(changes.find(({ name }) => name === kernelImage)).toMatchObject({
        action: 'install',
        from: null,
        kernel: true,
      });
      expect(changes.find(({ name }) => name === settings)).toMatchObject({
        action: 'upgrade',
        from: fixture.versions.installed,
        to: fixture.versions.update,
        security: false,
        kernel: false,
      });
    });

    it('is the same twice', async () => expect(await resolved(all)).toEqual(await resolved(all)));

    it.runIf(manager.marksSecurity)('security: those alone, with what they need', async () => {
      const { changes } = await resolved({ scope: 'security', selected: [] });
      expect(named(changes)).toContain(fixture.names.security);
      expect(changes.every(({ security }) => security)).toBe(true);
    });

    it.skipIf(manager.marksSecurity)('security: says that it does not know', async () => {
      const { changes } = await resolved(all);
      expect(changes.some(({ security }) => security)).toBe(false);
      await expect(resolved({ scope: 'security', selected: [] })).rejects.toEqual(code('SECURITY_UNKNOWN'));
    });

    it('kernel: the kernel with its new packages', async () => {
      const { changes } = await resolved({ scope: 'kernel', selected: [] });
      expect(named(changes)).toEqual([fixture.names.kernel, fixture.names.kernelImage].sort());
    });

    it.skipIf(family.partialUpgrades)('selected: all together, or none', async () => {
      const { settings, security, kernel } = fixture.names;
      const some = resolved({ scope: 'selected', selected: [settings, security] });
      await expect(some).rejects.toEqual(code('PARTIAL_UPGRADE'));
      await expect(some).rejects.toThrow(new RegExp(kernel));
      const { changes } = await resolved({ scope: 'selected', selected: [settings, security, kernel] });
      expect(named(changes)).toEqual(named((await resolved(all)).changes));
    });

    it.runIf(family.partialUpgrades)('selected: the named ones', async () => {
      const { changes } = await resolved({ scope: 'selected', selected: [fixture.names.settings] });
      expect(named(changes)).toEqual([fixture.names.settings]);
    });

    it.each(['no-such-package', '-y', 'a b', 'x=1', '../x', ''])('selected: refuses %j', async (name) => {
      await expect(resolved({ scope: 'selected', selected: [fixture.names.settings, name] })).rejects.toEqual(
        code('PACKAGES_BROKEN'),
      );
    });

    it('leaves a held package alone and says so', async () => {
      const opened = await session('fetch');
      await fixture.hold(opened, fixture.names.settings);
      for (const selection of [all, { scope: 'selected' as const, selected: [fixture.names.settings] }]) {
        const { changes, kept } = await manager.resolve(opened, system(), selection);
        expect(named(changes)).not.toContain(fixture.names.settings);
        expect(kept).toEqual([
          { name: fixture.names.settings, reason: expect.stringContaining('held') as string },
        ]);
      }
    });

    it('has no changes where nothing is offered', async () => {
      const { changes } = await resolved({ scope: 'selected', selected: [fixture.names.failing] });
      expect(changes).toEqual([]);
    });
  });

  describe('download', () => {
    const selection: Selection = { scope: 'all', selected: [] };
    beforeAll(() => fixture.offer(fixture.names.settings, fixture.names.security));

    it('fetches what the changes need, reporting bytes, and keeps nothing else', async () => {
      const changes = await prepared(selection);
      expect(fixture.cached()).toHaveLength(changes.length);
      const last = events.filter(({ phase, unit }) => phase === 'download' && unit === 'bytes').at(-1);
      expect(last?.done).toBe(changes.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0));
      expect(last?.total).toBe(last?.done);
    });

    it('fetches again what was damaged in the cache', async () => {
      await prepared(selection);
      const [name = ''] = fixture.cached();
      const good = readFileSync(fixture.cachedFile(name));
      writeFileSync(fixture.cachedFile(name), Buffer.alloc(good.length));
      await prepared(selection);
      expect(readFileSync(fixture.cachedFile(name)).equals(good)).toBe(true);
      appendFileSync(fixture.cachedFile(name), 'x');
      await prepared(selection);
      expect(readFileSync(fixture.cachedFile(name)).equals(good)).toBe(true);
    });

    it.each([
      ['package-missing', 'ARCHIVE_INCONSISTENT'],
      ['package-damaged', 'ARCHIVE_INCONSISTENT'],
      ['unreachable', 'ARCHIVE_UNREACHABLE'],
    ] as const)('%s: %s', async (what, expected) => {
      const changes = await prepared(selection);
      for (const name of fixture.cached()) rmSync(fixture.cachedFile(name));
      fixture.disorder(what);
      await expect(manager.download(await session('fetch'), system(), changes)).rejects.toEqual(
        code(expected),
      );
      fixture.disorder('none');
      await manager.download(await session('fetch'), system(), changes);
      expect(fixture.cached()).toHaveLength(changes.length);
    });

    it('completes a package that was cut short', async () => {
      const changes = await prepared(selection);
      for (const name of fixture.cached()) rmSync(fixture.cachedFile(name));
      fixture.disorder('package-cut-short');
      await manager.download(await session('fetch'), system(), changes).catch(() => undefined);
      fixture.disorder('none');
      await manager.download(await session('fetch'), system(), changes);
      expect(fixture.cached()).toHaveLength(changes.length);
    });

    it('refuses to fill the disk', async () => {
      const changes = await prepared(selection);
      for (const name of fixture.cached()) rmSync(fixture.cachedFile(name));
      const crowded = openSystem(fixture.root, { settings: { reserveBytes: Number.MAX_SAFE_INTEGER } });
      await expect(manager.download(await session('fetch'), crowded, changes)).rejects.toEqual(
        code('NO_SPACE'),
      );
    });
  });

  describe('apply', () => {
    it('names the package whose script fails, and what it said', async () => {
      fixture.offer(fixture.names.failing);
      const changes = await prepared();
      const lines: string[] = [];
      const applied = manager.apply(await session('rehearse'), system(), changes, (line) => lines.push(line));
      await expect(applied).rejects.toEqual(code('PACKAGE_SCRIPT_FAILED'));
      await expect(applied).rejects.toThrow(new RegExp(`package ${fixture.names.failing}`));
      await expect(applied).rejects.toThrow(/says no/);
      expect(lines.join('\n')).toContain('says no');
    });

    it('stops a script that makes no progress, and names its package', async () => {
      fixture.offer(fixture.names.hanging);
      const changes = await prepared();
      const opened = await session('rehearse');
      const applied = manager.apply(opened, system({ scriptIdleMs: 3000 }), changes, () => undefined);
      await expect(applied).rejects.toEqual(code('PACKAGE_SCRIPT_HUNG'));
      await expect(applied).rejects.toThrow(new RegExp(fixture.names.hanging));
    });

    it('can be cancelled while a script runs', async () => {
      fixture.offer(fixture.names.hanging);
      const changes = await prepared();
      const abort = new AbortController();
      const applied = manager.apply(
        await session('rehearse'),
        system({ signal: abort.signal }),
        changes,
        (line) => {
          if (line.includes('waiting')) abort.abort();
        },
      );
      await expect(applied).rejects.toEqual(code('CANCELLED'));
    });

    it('finishes what an interrupted run left', async () => {
      fixture.offer(fixture.names.settings);
      const changes = await prepared();
      const opened = await session('rehearse');
      await fixture.interrupt(opened, fixture.names.security);
      expect(await manager.audit(opened)).toEqual([
        expect.objectContaining({ package: expect.stringContaining(fixture.names.security) as string }),
      ]);
      await manager.apply(opened, system(), changes, () => undefined);
      expect(await manager.audit(opened)).toEqual([]);
    });

    it('finds what a failed run left', async () => {
      fixture.offer(fixture.names.failing);
      const changes = await prepared();
      const opened = await session('rehearse');
      await manager.apply(opened, system(), changes, () => undefined).catch(() => undefined);
      expect(await manager.audit(opened)).toEqual([
        expect.objectContaining({ package: fixture.names.failing }),
      ]);
    });

    // The last one: it changes the tree of the fixture itself.
    it('installs exactly the changes, keeps the user’s configuration, and is clean', async () => {
      const { settings, security, kernel } = fixture.names;
      fixture.offer(settings, security, kernel);
      const changes = await prepared();
      appendFileSync(join(fixture.root, fixture.conffile), '# mine\n');
      const mine = readFileSync(join(fixture.root, fixture.conffile), 'utf8');
      const before = manager.databaseDigest(fixture.view);

      const opened = await session('rehearse', 'kept');
      await manager.apply(opened, system(), changes, () => undefined);
      expect(await manager.audit(opened)).toEqual([]);
      await opened.close();

      const after = manager.installed(fixture.view);
      for (const { name, to } of changes) {
        expect(after.find((entry) => entry.name === name)).toMatchObject({ version: to, complete: true });
      }
      expect(manager.databaseDigest(fixture.view)).not.toBe(before);
      expect(await manager.pending(system())).toEqual([]);
      expect(readFileSync(join(fixture.root, fixture.conffile), 'utf8')).toBe(mine);
      expect(manager.conflicts(fixture.view, [fixture.conffile, fixture.conffileBeside])).toEqual([
        { path: fixture.conffile, beside: fixture.conffileBeside, package: settings },
      ]);
      // Once the user decides, each version has the name that the package manager would give it.
      const beside = (whose: 'mine' | 'theirs') =>
        manager.nameBeside(fixture.conffile, fixture.conffileBeside, whose);
      expect(beside('theirs')).toBe(fixture.conffileBeside);
      expect(beside('mine')).toBe(fixture.conffileOld);
      expect(manager.nameBeside(fixture.conffile, fixture.conffileOld, 'theirs')).toBe(
        fixture.conffileBeside,
      );
      expect(events.some(({ phase, unit }) => phase === 'rehearse' && unit === 'percent')).toBe(true);
    });
  });
}
