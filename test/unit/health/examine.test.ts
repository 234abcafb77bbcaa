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

/** A service manager whose default target is in this state, and these units in a failed one. */
function manager(
  state: 'active' | 'waiting' | 'given-up',
  failed: readonly string[] = ['old.service'],
  target = 'default.target',
): void {
  const list = failed.map((unit) => `${unit} loaded failed failed Something`).join('\n');
  const shown = `ActiveState=${state === 'active' ? state : 'inactive'}\n${state === 'waiting' ? 'Job=4711\n' : ''}`;
  const text = `#!/bin/sh
for last; do :; done
case "$1" in
show) [ "$last" = ${target} ] && printf '%s' '${shown}' ;;
*) echo '${list}' ;;
esac\n`;
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
  manager('active');
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
    manager('waiting');
    const date = vi.spyOn(Date, 'now').mockReturnValue(0);
    const started = performance.now();
    const findings = await examine(system, { before, patience });
    date.mockRestore();
    expect(findings).toEqual(['The default target was not reached within 2 seconds.']);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is over at once where the default target failed, and names what did', async () => {
    manager('given-up', ['old.service', 'new.service']);
    // More than a test has.
    const patient = { ...patience, totalMs: 60 * 60_000 };
    expect(await examine(system, { before, patience: patient })).toEqual([
      'The default target was not reached: something that it needs did not start.',
      'new.service failed, and had not before the update.',
    ]);
  });

  it('is to reach what its kernel was told, where that is another target', async () => {
    writeFileSync(join(folder, 'proc/cmdline'), 'root=/dev/sda2 quiet systemd.unit=multi-user.target\n');
    manager('active', [], 'multi-user.target');
    expect(await examine(system, { before, patience })).toEqual([]);
  });

  it('names the units that failed, but not those that had failed before', async () => {
    manager('active', ['old.service', 'new.service']);
    expect(await examine(system, { before, patience })).toEqual([
      'new.service failed, and had not before the update.',
    ]);
    const untold = { ...before, failedUnits: null };
    expect(await examine(system, { before: untold, patience })).toEqual([]);
  });

  it('misses a network only where there was one', async () => {
    route(false);
    manager('active');
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
