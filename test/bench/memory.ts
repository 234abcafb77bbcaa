/**
 * Peak resident memory of the command line on a tree with 300,000 files: `stage`, which scans and records all of them,
 * `activate`, which links all of them into a new tree, and `rollback`.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrFault } from '../../electron/engine/process/run.js';
import { debianRootImpossible } from '../lab/debian-root.js';
import { benchRoot } from './bench-root.js';
import type { Bench, BenchRow } from './row.js';

const commandLine = fileURLToPath(new URL('../../../electron/cli/understudy.js', import.meta.url));

export const benchMemory: Bench = {
  name: 'memory',
  impossible: debianRootImpossible,
  async run({ quick, say }) {
    const files = quick ? 100_000 : 300_000;
    const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-memory-'));
    say(`making a tree with ${files.toLocaleString('en')} files`);
    const bench = await benchRoot();
    const rows: BenchRow[] = [];
    try {
      manyFiles(join(bench.root, 'usr/share/many'), files);
      const peak = peakOf(bench.root, folder);
      const verbs = {
        stage: ['--scope', 'selected', ...bench.selectionFor(10_000)],
        activate: ['--how', 'live'],
        rollback: [],
      };
      for (const [verb, options] of Object.entries(verbs)) {
        say(`understudy ${verb}`);
        rows.push({
          name: `memory, understudy ${verb}, ${files.toLocaleString('en')} files`,
          ours: await peak([verb, ...options]),
          unit: 'MB',
          target: { atMost: 150, of: 'value' },
        });
      }
    } finally {
      await bench.close();
      rmSync(folder, { recursive: true, force: true });
    }
    return rows;
  },
};

/** Runs the command line, which notes its own peak (VmHWM, proc_pid_status(5)) as it exits. MB. */
function peakOf(root: string, folder: string): (argv: readonly string[]) => Promise<number> {
  const note = join(folder, 'peak');
  const hook = join(folder, 'hook.mjs');
  writeFileSync(
    hook,
    `import { readFileSync, writeFileSync } from 'node:fs';
     process.on('exit', () => writeFileSync(${JSON.stringify(note)}, readFileSync('/proc/self/status')));`,
  );
  return async (argv) => {
    const command = [process.execPath, `--import=${hook}`, commandLine, ...argv] as const;
    await runOrFault([...command, '--root', root, '--yes', '--quiet'], { timeoutMs: 10 * 60_000 });
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(note, 'utf8'))?.[1]) / 1024;
  };
}

export function manyFiles(folder: string, count: number): void {
  for (let made = 0; made < count; made += 300) {
    const path = join(folder, `directory-${made / 300}`);
    mkdirSync(path, { recursive: true });
    for (let i = 0; i < Math.min(300, count - made); i++)
      closeSync(openSync(join(path, `a-file-of-package-${i}.conf`), 'w'));
  }
}
