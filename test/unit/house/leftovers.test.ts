/** What clears away after tests is as dangerous as `rm -rf`, so it has tests of its own. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const isRoot = process.geteuid?.() === 0;
const program = join(import.meta.dirname, '../../leftovers.js');

let around: string;
let folder: string;
beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), 'understudy-leftovers-'));
  folder = join(around, 'run');
  mkdirSync(folder);
});
afterEach(() => rmSync(around, { recursive: true, force: true }));

/** Clears the folder away; answers the lines of what it found. */
function clearAway(): string[] {
  const { status, stderr } = spawnSync(process.execPath, [program, folder], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line !== '');
}

test('files go, also from folders that nobody may write to, and nothing is named', () => {
  mkdirSync(join(folder, 'closed/inner'), { recursive: true });
  writeFileSync(join(folder, 'closed/inner/file'), '');
  chmodSync(join(folder, 'closed'), 0o500);
  expect(clearAway()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('a folder that is not there is no error', () => {
  rmSync(folder, { recursive: true });
  expect(clearAway()).toEqual([]);
});

test('processes whose temporary folder it is, or that work in it, are ended; others are not', async () => {
  const environment = { ...process.env, TMPDIR: around };
  const ours = spawn('sleep', ['1000'], { env: { ...environment, TMPDIR: folder } });
  const within = spawn('sleep', ['1000'], { env: environment, cwd: folder });
  const neighbour = spawn('sleep', ['1000'], { env: { ...environment, TMPDIR: `${folder}-2` } });
  try {
    const ended = Promise.all([once(ours, 'exit'), once(within, 'exit')]);
    expect(clearAway().sort()).toEqual(
      [ours.pid, within.pid].map((pid) => `cleared away: process ${pid} (sleep)`).sort(),
    );
    expect((await ended).map(([, signal]) => signal as string)).toEqual(['SIGKILL', 'SIGKILL']);
    expect(neighbour.exitCode ?? neighbour.signalCode).toBeNull();
  } finally {
    neighbour.kill('SIGKILL');
  }
});

describe.skipIf(!isRoot)('mounts and loop devices (needs root)', () => {
  test('are taken away, innermost first, and what they show stays whole', () => {
    const precious = join(around, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'file'), 'kept');
    const inner = join(folder, 'a b\\c');
    mkdirSync(inner);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', inner]);
    mkdirSync(join(inner, 'bound'));
    execFileSync('mount', ['--bind', precious, join(inner, 'bound')]);
    expect(clearAway()).toEqual([
      `cleared away: mount ${inner}`,
      `cleared away: mount ${join(inner, 'bound')}`,
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync(join(precious, 'file'), 'utf8')).toBe('kept');
  });

  test('a loop device is freed', (context) => {
    writeFileSync(join(folder, 'disk'), Buffer.alloc(1024 * 1024));
    const { status, stdout } = spawnSync('losetup', ['--find', '--show', join(folder, 'disk')], {
      encoding: 'utf8',
    });
    context.skip(status !== 0, 'needs loop devices');
    expect(clearAway()).toEqual([`cleared away: loop device ${stdout.trim().replace('/dev/', '')}`]);
    expect(spawnSync('losetup', ['--associated', join(folder, 'disk')], { encoding: 'utf8' }).stdout).toBe(
      '',
    );
  });
});
