/** The health check of a first start, with a service manager that says what a test wants, and real scripts and processes. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { examine } from '../../../electron/engine/health/examine.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type System } from '../../../electron/engine/system.js';

let folder: string;
let system: System;
const scripts = () => join(folder, 'etc/understudy/health.d');
const patience = { totalMs: 1500, networkMs: 200, scriptMs: 400, pauseMs: 50 };
const before = { failedUnits: ['old.service'], connected: true };

/** A service manager whose default target has this state, and these units in a failed one. */
function manager(isActive: boolean, failed: readonly string[] = ['old.service']): void {
  const list = failed.map((unit) => `${unit} loaded failed failed Something`).join('\n');
  const text = `#!/bin/sh\ncase "$1" in is-active) exit ${isActive ? 0 : 3} ;; *) cat <<END\n${list}\nEND\n;; esac\n`;
  writeFileSync(join(folder, 'systemctl'), text, { mode: 0o755 });
}

function script(name: string, text: string, mode = 0o755): void {
  mkdirSync(scripts(), { recursive: true });
  writeFileSync(join(scripts(), name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(scripts(), name), mode);
}

function route(isThere: boolean): void {
  const rows = isThere ? 'eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\n' : '';
  mkdirSync(join(folder, 'proc/net'), { recursive: true });
  writeFileSync(join(folder, 'proc/net/route'), `Iface\tDestination\tGateway\n${rows}`);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-health-'));
  for (const path of ['usr', 'etc', 'var/lib']) mkdirSync(join(folder, path), { recursive: true });
  route(true);
  const systemctl: [string] = [join(folder, 'systemctl')];
  manager(true);
  const none: [string] = [join(folder, 'none')];
  const machine = { ...thisMachine, proc: raw(join(folder, 'proc')), busctl: none, nmcli: none, systemctl };
  system = { ...openSystem(folder), machine };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a first start', () => {
  it('is healthy where everything is as before', async () => {
    script('10-own', 'exit 0');
    script('20-left.dpkg-old', 'exit 1');
    expect(await examine(system, { before, patience })).toEqual([]);
  });

  it('is not where the default target is never reached, whatever the clock says', async () => {
    manager(false);
    const date = vi.spyOn(Date, 'now').mockReturnValue(0);
    const started = performance.now();
    const findings = await examine(system, { before, patience });
    date.mockRestore();
    expect(findings).toEqual(['The default target was not reached within 2 seconds.']);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('names the units that failed, but not those that had failed before', async () => {
    manager(true, ['old.service', 'new.service']);
    expect(await examine(system, { before, patience })).toEqual([
      'new.service failed, and had not before the update.',
    ]);
    const untold = { ...before, failedUnits: null };
    expect(await examine(system, { before: untold, patience })).toEqual([]);
  });

  it('misses a network only where there was one', async () => {
    route(false);
    manager(true);
    expect(await examine(system, { before, patience })).toEqual([
      'There was a network before the update, and there is none now.',
    ]);
    expect(await examine(system, { before: { ...before, connected: false }, patience })).toEqual([]);
  });

  it.skipIf(process.geteuid?.() !== 0)(
    'asks the scripts, and stops one that hangs (needs root)',
    async () => {
      script('10-fails', 'echo no printer >&2; exit 3');
      script('20-hangs', 'sleep 600 & sleep 600');
      script('30-open', 'exit 0', 0o777);
      script('40-theirs', 'exit 0');
      chownSync(join(scripts(), '40-theirs'), 12345, 0);
      script('50-plain', 'exit 0', 0o644);
      const findings = await examine(system, { before, patience });
      expect(findings.map((finding) => finding.replace('/etc/understudy/health.d/', ''))).toEqual([
        '10-fails failed (status 3). no printer',
        '20-hangs did not end within 0 seconds and was stopped.',
        '30-open is no file of root that only root can write: it was not run.',
        '40-theirs is no file of root that only root can write: it was not run.',
        '50-plain is not executable: it was not run.',
      ]);
      chmodSync(scripts(), 0o777);
      expect(await examine(system, { before, patience })).toEqual([
        '/etc/understudy/health.d can be written by others than root: nothing in it was run.',
      ]);
    },
  );
});
