import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { servicesUsing, unitOf } from '../../../electron/engine/review/services.js';
import type { TreeChange } from '../../../electron/engine/review/tree-change.js';
import { samplePair, type SampleTree } from './sample-tree.js';

let tree: SampleTree;
let folder: string;
let clean: () => void;
const children: ChildProcess[] = [];
beforeEach(() => {
  ({ before: tree, folder, clean } = samplePair());
  mkdirSync(tree.at('usr/bin'), { recursive: true });
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  }
  clean();
});

/** Starts a copy of `cat` from the tree, which waits for input that never comes. */
async function start(path: string, environment: NodeJS.ProcessEnv = {}): Promise<number> {
  mkdirSync(dirname(tree.at(path)), { recursive: true });
  copyFileSync('/bin/cat', tree.at(path));
  const child = spawn(tree.at(path), [], { stdio: ['pipe', 'pipe', 'ignore'], env: environment });
  children.push(child);
  // what it was given comes back: it has been loaded and runs
  child.stdin.write('ready\n');
  await once(child.stdout, 'data');
  return child.pid!;
}

const change = (path: string, kind: TreeChange['kind'] = 'changed'): TreeChange => ({
  path: path as RawPath,
  kind,
  type: 'file',
  bytes: 1,
});
const uses = (changes: readonly TreeChange[] = [], procRoot?: string) =>
  servicesUsing({
    root: raw(tree.root),
    changes,
    signal: new AbortController().signal,
    ...(procRoot === undefined ? {} : { procRoot: raw(procRoot) }),
  });

describe('running programs that use replaced files', () => {
  it('are found by the program that they run, with their process and file', async () => {
    const pid = await start('usr/bin/daemon');
    await start('usr/bin/other');
    expect(await uses()).toEqual([]);
    expect(await uses([change('usr/bin/daemon')])).toEqual([
      {
        unit: unitOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8')),
        process: 'daemon',
        pid,
        files: [tree.at('usr/bin/daemon')],
      },
    ]);
    expect(await uses([change('usr/bin/daemon', 'removed')])).toHaveLength(1);
    expect(await uses([change('usr/bin/daemon', 'added'), change('usr/bin/daemonic')])).toEqual([]);
  });

  it('are found by a library that they have loaded', async () => {
    // zlib or whatever else cat does not need: preloading maps it all the same
    const library = /^\s*(?:\S+ => )?(\/\S*libc\.so\S*)/m.exec(
      spawnSync('ldd', ['/bin/cat'], { encoding: 'utf8' }).stdout,
    )?.[1];
    copyFileSync(library!, tree.at('usr/bin/../libown.so'));
    const pid = await start('usr/bin/daemon', { LD_PRELOAD: tree.at('usr/libown.so') });
    expect(await uses([change('usr/libown.so')])).toMatchObject([{ pid, files: [tree.at('usr/libown.so')] }]);
  });

  it('are found when their file was deleted or replaced before, but not for deleted data', async () => {
    const pid = await start('usr/bin/daemon');
    await start('var/tmp/scratch');
    writeFileSync(tree.at('usr/bin/new'), 'new');
    renameSync(tree.at('usr/bin/new'), tree.at('usr/bin/daemon'));
    rmSync(tree.at('var/tmp/scratch'));
    expect(await uses()).toMatchObject([{ pid, process: 'daemon', files: [tree.at('usr/bin/daemon')] }]);
  });

  it('are found when they run from an environment that an earlier switch left', async () => {
    const pid = await start('usr/bin/daemon');
    const left = tree.at('var/lib/understudy/previous');
    mkdirSync(left, { recursive: true });
    renameSync(tree.at('usr/bin/daemon'), join(left, 'daemon'));
    expect(await uses()).toMatchObject([{ pid, files: [join(left, 'daemon')] }]);
  });

  it('are left out when they see another /usr, as containers do', async () => {
    const pid = await start('usr/bin/daemon');
    const proc = join(folder, 'proc');
    mkdirSync(join(proc, String(pid), 'root', tree.root, 'usr'), { recursive: true });
    symlinkSync(tree.at('usr/bin/daemon'), join(proc, String(pid), 'exe'));
    writeFileSync(join(proc, String(pid), 'maps'), '');
    writeFileSync(join(proc, String(pid), 'cgroup'), '0::/system.slice/a.service\n');
    expect(await uses([change('usr/bin/daemon')], proc)).toEqual([]);
    // the same process, seeing the same /usr
    rmSync(join(proc, String(pid), 'root'), { recursive: true });
    symlinkSync('/', join(proc, String(pid), 'root'));
    expect(await uses([change('usr/bin/daemon')], proc)).toMatchObject([{ unit: 'a.service' }]);
  });

  it('skip what ended meanwhile or cannot be read, and stop when cancelled', async () => {
    const proc = join(folder, 'proc');
    mkdirSync(join(proc, '11'), { recursive: true });
    mkdirSync(join(proc, 'self'));
    expect(await uses([], proc)).toEqual([]);
    const aborted = servicesUsing({
      root: raw(tree.root),
      changes: [],
      signal: AbortSignal.abort(),
      procRoot: raw(proc),
    });
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the unit of a control group', () => {
  it.each([
    ['0::/system.slice/cron.service\n', 'cron.service'],
    ['0::/system.slice/system-getty.slice/getty@tty1.service\n', 'getty@tty1.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/app.service\n', 'user@1000.service'],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', 'session-3.scope'],
    ['0::/system.slice/docker-0123.scope/init\n', 'docker-0123.scope'],
    ['0::/system.slice/_cpu.service\n', 'cpu.service'],
    ['4:memory:/x\n1:name=systemd:/system.slice/ssh.service\n0::/\n', 'ssh.service'],
    ['0::/\n', null],
    ['0::/init.scope\n', 'init.scope'],
    ['', null],
  ])('%j is %j', (cgroup, unit) => expect(unitOf(cgroup)).toBe(unit));
});
