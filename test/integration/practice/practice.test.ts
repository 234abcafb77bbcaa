/** The practice run for real: the launcher in both modes, a difference that must be noticed, a cancel, and what the root holds. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PracticeResult } from '../../../shared/practice.js';
import { practice } from '../../../electron/engine/practice.js';
import type { Moment } from '../../../electron/engine/practice/walk.js';
import { silent } from '../../../electron/engine/report.js';
import { launcher, run, start } from '../cli/start.js';
import { mirrors } from '../../lab/mirror.js';

const isRoot = process.getuid?.() === 0;
const hasDpkg = existsSync('/var/lib/dpkg/status');
const limit = 240_000;

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'understudy-practice-'));
  folder = join(parent, 'practice');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

interface Document {
  readonly ok: boolean;
  readonly value: PracticeResult;
}

function resultOf(stdout: string): Document {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Document;
}

async function archiveReachable(): Promise<boolean> {
  const mirror = mirrors()?.main;
  if (mirror === undefined) return false;
  try {
    return (await fetch(`${mirror}/`, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
const reachable = await archiveReachable();

describe.skipIf(!isRoot || !hasDpkg)('practice (needs root and dpkg)', () => {
  it('walks through updates built on the spot, and proves every end', { timeout: limit }, async () => {
    const { exitCode, stdout, stderr } = await run([
      launcher,
      'practice',
      '--offline',
      '--json',
      '--folder',
      folder,
    ]);
    expect(stderr).toBe('');
    const { ok, value } = resultOf(stdout);
    expect({ ok, exitCode }, stdout.slice(-2000)).toEqual({ ok: true, exitCode: 0 });
    expect(value.updates).toBe('built');
    expect(value.steps.map(({ name }) => name)).toEqual([
      ...[
        'make',
        'check',
        'build',
        'plan',
        'record',
        'stage',
        'prove',
        'review',
        'edit',
        'activate',
        'prove',
        'rollback',
        'prove',
      ],
    ]);
    expect(value.proved.length).toBeGreaterThanOrEqual(5);
    expect(value.kept).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it.skipIf(!reachable)(
    'walks through what the archive offers (needs the archive)',
    { timeout: limit },
    async () => {
      const { exitCode, stdout } = await run([launcher, 'practice', '--json', '--folder', folder]);
      const { ok, value } = resultOf(stdout);
      expect({ ok, exitCode }, stdout.slice(-2000)).toEqual({ ok: true, exitCode: 0 });
      expect(value.steps.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['plan', 'stage', 'activate', 'rollback']),
      );
      expect(existsSync(folder)).toBe(false);
    },
  );

  const harms: [Moment, string, (root: string) => void][] = [
    ['staged', '/etc/hostname', (root) => writeFileSync(join(root, 'etc/hostname'), 'other\n')],
    ['activated', '/usr/bin/dpkg', (root) => chmodSync(join(root, 'usr/bin/dpkg'), 0o700)],
    [
      'rolled-back',
      '/etc/passwd',
      (root) => writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n'),
    ],
  ];
  it.each(harms)('notices what is altered once it is %s', { timeout: limit }, async (moment, path, harm) => {
    const outcome = await practice(
      { offline: true, folder, keep: false, report: silent, signal: new AbortController().signal },
      {
        onMoment: (now, root) => {
          if (now === moment) harm(root);
        },
      },
    );
    if (outcome.ok) throw new Error('the difference was not noticed');
    expect(outcome.problem.code).toBe('PRACTICE_DIFFERS');
    expect(outcome.problem.details.join('\n')).toContain(path);
    expect(existsSync(folder)).toBe(false);
  });

  it(
    'keeps a root that shares nothing with the machine and holds no secret of it',
    { timeout: limit },
    async () => {
      const { exitCode } = await run([
        launcher,
        'practice',
        '--offline',
        '--keep',
        '--quiet',
        '--folder',
        folder,
      ]);
      expect(exitCode).toBe(0);
      expect(readdirSync(folder)).toEqual(['root']);
      const root = join(folder, 'root');
      expect(sharedWithMachine(root, '')).toEqual([]);
      for (const line of readFileSync(join(root, 'etc/shadow'), 'utf8').trimEnd().split('\n'))
        expect(line.split(':')[1]).toBe('*');
      for (const line of readFileSync(join(root, 'etc/passwd'), 'utf8').trimEnd().split('\n')) {
        const uid = Number(line.split(':')[2]);
        expect(uid < 1000 || uid === 65_534).toBe(true);
      }
      expect(readdirSync(join(root, 'etc/apt/sources.list.d'))).toEqual(['practice.sources']);
      const checked = await run([launcher, '--root', root, 'check', '--json']);
      expect(checked.exitCode, checked.stdout).toBe(0);
    },
  );

  it('removes everything when it is cancelled', { timeout: limit }, async () => {
    const started = start([launcher, 'practice', '--offline', '--folder', folder]);
    await started.until('Rehearsing the updates in a clone');
    started.child.kill('SIGINT');
    const { exitCode, stderr } = await started.ended;
    expect(stderr).toContain('CANCELLED');
    expect(exitCode).toBe(1);
    expect(existsSync(folder)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });

  it('touches no folder that holds something', async () => {
    writeFileSync(join(parent, 'mine'), 'mine');
    const { exitCode, stderr } = await run([launcher, 'practice', '--offline', '--folder', parent]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('PRACTICE_IMPOSSIBLE');
    expect(readdirSync(parent)).toEqual(['mine']);
  });

  it('says so where no clone can be opened', { timeout: limit }, async () => {
    // An overlay cannot hold the upper layer of another one.
    const script = [
      'set -e',
      `mkdir -p '${parent}/lower' '${parent}/upper' '${parent}/work' '${parent}/at'`,
      `mount -t overlay overlay -o 'lowerdir=${parent}/lower,upperdir=${parent}/upper,workdir=${parent}/work' '${parent}/at'`,
      `exec '${launcher}' practice --offline --folder '${parent}/at/practice'`,
    ].join('\n');
    const { exitCode, stderr } = await run([
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      script,
    ]);
    expect(stderr).toContain('PRACTICE_IMPOSSIBLE');
    expect(stderr).toContain('A clone cannot be opened there');
    expect(exitCode).toBe(1);
  });
});

/** Regular files of the tree that are one inode with the machine's own. */
function sharedWithMachine(root: string, path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return sharedWithMachine(root, inner);
    if (!entry.isFile()) return [];
    const [copy, original] = [
      lstatSync(join(root, inner)),
      lstatSync(join('/', inner), { throwIfNoEntry: false }),
    ];
    return original && copy.ino === original.ino && copy.dev === original.dev ? [inner] : [];
  });
}
