/** The checks of the package manager: database, interruption, broken and held packages, the archive. */
import { describe, expect, it } from 'vitest';
import { archive } from '../../../electron/engine/checks/archive.js';
import { brokenPackages } from '../../../electron/engine/checks/broken-packages.js';
import { heldPackages } from '../../../electron/engine/checks/held-packages.js';
import { interruptedPackages } from '../../../electron/engine/checks/interrupted-packages.js';
import { packageDatabase } from '../../../electron/engine/checks/package-database.js';
import type { Check, CheckContext } from '../../../electron/engine/checks/check.js';
import type { CheckResult } from '../../../shared/check.js';
import type { Session } from '../../../electron/engine/environments/environment.js';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import { packageManagers } from '../../../electron/engine/packages/registry.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { readdirSync } from 'node:fs';
import { fixture } from '../inspect/fixture.js';
import { context, plan } from './context.js';
import { installed, packages } from './packages.js';

const ask = (check: Check, more: Partial<CheckContext> = {}): Promise<CheckResult> =>
  check.run(context(fixture(), more), 'before-stage');

const session: Session = {
  run: () => Promise.reject(new Error('not asked')),
  close: () => Promise.resolve(),
};

describe('package-database', () => {
  it('passes where every package is complete', async () => {
    expect(await ask(packageDatabase)).toMatchObject({
      result: 'pass',
      measured: '2 packages, 0 incomplete',
    });
  });

  it('warns about half-installed packages, which the rehearsal finishes', async () => {
    const list = [installed('libc6'), installed('man-db', { complete: false })];
    const answer = await ask(packageDatabase, { packages: packages({ installed: () => list }) });
    expect(answer).toMatchObject({ result: 'warn', sentence: 'Not completely installed: man-db.' });
    expect(answer.remedy).toContain('finished inside the rehearsal');
  });

  it('blocks where the database is damaged or empty', async () => {
    const damaged = packages({
      installed: () => {
        throw new Error('status: line 17 is no field');
      },
    });
    const answer = await ask(packageDatabase, { packages: damaged });
    expect(answer).toMatchObject({ result: 'block', measured: 'status: line 17 is no field' });
    expect((await ask(packageDatabase, { packages: packages({ installed: () => [] }) })).result).toBe(
      'block',
    );
  });
});

describe('interrupted-packages', () => {
  it('passes, or warns that the rehearsal finishes the work', async () => {
    expect((await ask(interruptedPackages)).result).toBe('pass');
    const answer = await ask(interruptedPackages, { packages: packages({ interrupted: () => true }) });
    expect(answer.result).toBe('warn');
    expect(answer.remedy).toContain('finished inside the rehearsal');
  });

  it('hands the package manager the view of the tree', async () => {
    const machine = fixture();
    machine.write('root/var/lib/dpkg/updates/0001');
    const manager = packages({
      interrupted: (view) => readdirSync(view.resolve(raw('var/lib/dpkg/updates'))!).length > 0,
    });
    const answer = await ask(interruptedPackages, { packages: manager, view: plainView(raw(machine.root)) });
    expect(answer.result).toBe('warn');
  });
});

describe('with apt itself on a database as dpkg writes it', () => {
  const apt = packageManagers.find(({ name }) => name === 'apt')!;
  const paragraph = (name: string, status: string): string =>
    `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: 1.0-1\nMaintainer: A <a@example.org>\nDescription: a\n\n`;

  it('sees complete, half-configured, held and interrupted', async () => {
    const machine = fixture();
    const answers = async (): Promise<string[]> => {
      const all = [packageDatabase, interruptedPackages, heldPackages];
      const given = await Promise.all(
        all.map((check) => check.run(context(machine, { packages: apt }), 'before-stage')),
      );
      return given.map(({ result }) => result);
    };
    expect((await packageDatabase.run(context(machine, { packages: apt }), 'before-stage')).result).toBe(
      'block',
    );
    machine.write('root/var/lib/dpkg/status', paragraph('libc6', 'install ok installed'));
    expect(await answers()).toEqual(['pass', 'pass', 'pass']);
    const damaged = paragraph('man-db', 'install ok half-configured') + paragraph('vim', 'hold ok installed');
    machine.write('root/var/lib/dpkg/status', paragraph('libc6', 'install ok installed') + damaged);
    machine.write('root/var/lib/dpkg/updates/0001', paragraph('man-db', 'install ok half-configured'));
    expect(await answers()).toEqual(['warn', 'warn', 'warn']);
  });
});

describe('broken-packages', () => {
  it('passes on a clean audit, on a plan, and without both', async () => {
    const clean = packages({ audit: () => Promise.resolve([]) });
    expect((await ask(brokenPackages, { packages: clean, session })).result).toBe('pass');
    expect((await ask(brokenPackages, { plan: plan() })).measured).toBe('plan plan-0123');
    expect((await ask(brokenPackages)).result).toBe('pass');
  });

  it('warns with what the audit finds', async () => {
    const findings = [{ package: 'vim', sentence: 'vim needs libgpm2.' }];
    const answer = await ask(brokenPackages, {
      packages: packages({ audit: () => Promise.resolve(findings) }),
      session,
    });
    expect(answer).toMatchObject({ result: 'warn', measured: '1 finding' });
    expect(answer.sentence).toContain('vim needs libgpm2.');
  });
});

describe('held-packages', () => {
  it('passes where none is held', async () => {
    expect((await ask(heldPackages, { plan: plan() })).result).toBe('pass');
  });

  it('warns about those held by the user and those kept back, each once', async () => {
    const manager = packages({ installed: () => [installed('firefox', { held: true }), installed('libc6')] });
    const kept = [
      { name: 'firefox', reason: 'held' },
      { name: 'gimp', reason: 'needs libmypaint2' },
    ];
    const answer = await ask(heldPackages, { packages: manager, plan: plan({ kept }) });
    expect(answer).toMatchObject({ result: 'warn', measured: '1 package held, 1 kept back' });
    expect(answer.sentence).toBe('Held by you: firefox. Kept back: gimp (needs libmypaint2).');
  });

  it('does not drown the reader in names', async () => {
    const many = Array.from({ length: 30 }, (_, index) => installed(`p${index}`, { held: true }));
    const answer = await ask(heldPackages, { packages: packages({ installed: () => many }) });
    expect(answer.sentence).toContain('p7 and 22 more.');
  });
});

describe('archive', () => {
  const fetched = (date: Date | undefined): Partial<CheckContext> => ({
    packages: packages({ indexDate: () => date }),
  });
  const day = (number: number): Date => new Date(Date.UTC(2026, 10, number, 12)); // now is the 20th, 12:00

  it('passes with a recent index, and says what the plan proved', async () => {
    expect((await ask(archive, fetched(day(14)))).result).toBe('pass');
    expect((await ask(archive, { plan: plan() })).sentence).toContain('signatures were valid');
  });

  it.each([
    ['old', day(12), '8 days old'],
    ['missing', undefined, 'never fetched'],
    ['of the future', day(21), 'future'],
  ])('warns about an index that is %s', async (_, date, words) => {
    const answer = await ask(archive, fetched(date));
    expect(answer.result).toBe('warn');
    expect(answer.sentence).toContain(words);
  });

  it('warns where packages are to be fetched and there is no network', async () => {
    const machine = fixture();
    machine.write('proc/net/route', 'Iface\tDestination\tGateway\tFlags\n');
    const offline = await archive.run(context(machine, { plan: plan() }), 'before-stage');
    expect(offline).toMatchObject({ result: 'warn' });
    const complete = plan({ needs: { download: 0, staging: 1, boot: 0 } });
    expect((await archive.run(context(machine, { plan: complete }), 'before-stage')).result).toBe('pass');
  });
});
