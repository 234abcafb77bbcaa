import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { getPriority, setPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { giveWay } from '../../../electron/engine/posix/priority.js';

const isRoot = process.getuid?.() === 0;
const hasIonice = existsSync('/usr/bin/ionice');

/** Of every thread of this process (proc(5): field 19 of stat, after the name). */
const niceOfThreads = (): number[] =>
  readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
const ionice = (id: number | string): string =>
  execFileSync('ionice', ['-p', String(id)], { encoding: 'utf8', timeout: 10_000 }).trim();
const inChild = (program: string): string =>
  execFileSync(program, { encoding: 'utf8', timeout: 10_000 }).trim();

const before = getPriority();
let back: () => void = () => undefined;
afterEach(() => {
  back();
  back = () => undefined;
});

describe.skipIf(!isRoot)('giving way to everything else (needs root)', () => {
  it('holds for every thread and for what is started meanwhile, until it is taken back', async () => {
    await readFile('/proc/self/stat'); // the thread pool is there
    const own = niceOfThreads();
    back = giveWay();
    expect(new Set(niceOfThreads())).toEqual(new Set([19]));
    expect(inChild('nice')).toBe('19');
    back();
    expect(niceOfThreads()).toEqual(own);
    expect(inChild('nice')).toBe(String(before));
  });

  it.skipIf(!hasIonice)('holds for the disk as well (needs ionice)', () => {
    const own = ionice(process.pid);
    back = giveWay();
    for (const thread of readdirSync('/proc/self/task')) expect(ionice(thread)).toBe('idle');
    expect(inChild('ionice')).toBe('idle');
    back();
    expect(ionice(process.pid)).toBe(own);
    expect(own).not.toBe('idle');
  });

  it('gives back the priority that was there, not the usual one', () => {
    setPriority(process.pid, 3);
    try {
      giveWay()();
      expect(getPriority(process.pid)).toBe(3);
    } finally {
      setPriority(process.pid, before);
    }
  });

  it('leaves the processor alone where that could not be taken back', () => {
    const module = new URL('../../../dist/electron/engine/posix/priority.js', import.meta.url).pathname;
    const script = `
      import { getPriority } from 'node:os';
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const { giveWay } = await import('${module}');
      const back = giveWay();
      const meanwhile = getPriority();
      back();
      console.log(meanwhile, getPriority());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(`${before} ${before}`);
  });
});
