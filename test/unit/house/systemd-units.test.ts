/** The systemd units that an installation brings, judged by systemd itself as part of a whole system's units. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const units = join(import.meta.dirname, '../../../build/systemd');
const ofSystemd = '/usr/lib/systemd/system';
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-units-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A root tree with the units of this machine's systemd, ours, and the program that ours start. */
function installed(): void {
  for (const folder of ['usr/bin', 'etc/systemd/system', 'usr/lib/systemd'])
    mkdirSync(join(root, folder), { recursive: true });
  cpSync(ofSystemd, join(root, ofSystemd), { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(units))
    copyFileSync(join(units, name), join(root, 'etc/systemd/system', name));
  symlinkSync('usr/bin', join(root, 'bin'));
  for (const name of ['understudy', 'node', 'true', 'sleep', 'systemctl']) {
    writeFileSync(join(root, 'usr/bin', name), '#!/bin/sh\n');
    chmodSync(join(root, 'usr/bin', name), 0o755);
  }
  const hooks = join(root, 'usr/lib/understudy/hooks');
  mkdirSync(hooks, { recursive: true });
  copyFileSync(join(units, '../hooks/modules'), join(hooks, 'modules'));
}

function verify(name: string): { status: number | null; ours: string[] } {
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', `--root=${root}`, name], {
    encoding: 'utf8',
  });
  return { status, ours: stderr.split('\n').filter((line) => line.includes('understudy')) };
}

describe.skipIf(!hasAnalyze)('systemd-analyze verify (needs systemd)', () => {
  test.each(readdirSync(units))('finds nothing wrong with %s', (name) => {
    installed();
    expect(verify(name)).toEqual({ status: 0, ours: [] });
  });

  test('would say so if the program that a unit starts were not there', () => {
    installed();
    rmSync(join(root, 'usr/bin/understudy'));
    const { status, ours } = verify('understudy-recover.service');
    expect(status).toBe(1);
    expect(ours[0]).toContain('/usr/bin/understudy is not executable');
  });
});
