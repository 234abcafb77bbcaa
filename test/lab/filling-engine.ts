/** Runs a verb of the engine and, at a given moment, fills the disk, as another program may do just then: when a phase starts, or at a step by its number. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { reporter } from '../../electron/engine/report.js';
import { openSystem, type Settings } from '../../electron/engine/system.js';
import { runVerb, type Ended } from './engine-verbs.js';

export interface Filling {
  readonly settings?: Partial<Settings>;
  readonly atPhase?: string;
  /** Counted from 1. */
  readonly atStep?: number;
  /** Bytes that are left free. */
  readonly leave?: number;
}

/** `ballast`: a file on the disk that is to be filled. */
export function runWhileFilling(
  root: string,
  ballast: string,
  verb: string,
  options: unknown,
  filling: Filling,
): Promise<Ended> {
  const { settings, atPhase, atStep, leave = 0 } = filling;
  const system = openSystem(root, {
    settings: { reserveBytes: 0, ...settings },
    report: reporter(({ type, phase }) => {
      if (type === 'phase-started' && phase === atPhase) fill(ballast, leave);
    }),
  });
  return runVerb(system, verb, options, (_name, number) => {
    if (number === atStep) fill(ballast, leave);
  });
}

/** Writes until the disk holds no more, or no more than wanted is free. */
function fill(ballast: string, leave: number): void {
  const folder = join(ballast, '..');
  const fd = openSync(ballast, 'a');
  try {
    reserve(ballast, folder, leave + 16 * 1024 ** 2);
    for (let size = 8 * 1024 ** 2; size >= 4096; size /= 2) {
      const block = Buffer.alloc(size, 1);
      for (;;) {
        const { bavail, bsize } = statfsSync(folder);
        if (bavail * bsize - size < leave) break;
        writeSync(fd, block);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(fd);
  }
}

/** Takes all but so many bytes without writing them: what is left to write is quick. */
function reserve(ballast: string, folder: string, leave: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize - leave;
  if (bytes > 0) execFileSync('fallocate', ['--length', String(bytes), ballast], { timeout: 30_000 });
}
