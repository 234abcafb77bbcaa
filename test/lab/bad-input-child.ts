/**
 * A process that runs one verb of the engine and, at a given moment, fills the disk, as another program may do just then. The moment is
 * the start of a phase, or a step by its number. Arguments: root, verb, options as JSON, instructions as JSON. Prints
 * the outcome and the names of all steps.
 */
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { activate } from '../../electron/engine/activate.js';
import { recover } from '../../electron/engine/recover.js';
import { reporter } from '../../electron/engine/report.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem, type Settings } from '../../electron/engine/system.js';
import type { Outcome } from '../../shared/errors.js';

export interface Instructions {
  readonly settings?: Partial<Settings>;
  /** Where the ballast goes: a file on the disk that is to be filled. */
  readonly ballast?: string;
  readonly atPhase?: string;
  /** Counted from 1. */
  readonly atStep?: number;
  /** Bytes that are left free. */
  readonly leave?: number;
}

const [root = '', verb = '', options = '{}', given = '{}'] = process.argv.slice(2);
const instructions = JSON.parse(given) as Instructions;

/** Writes until the disk holds no more, or no more than wanted is free. */
function fill(): void {
  if (instructions.ballast === undefined) return;
  const fd = openSync(instructions.ballast, 'a');
  try {
    for (let size = 8 * 1024 ** 2; size >= 4096; size /= 2) {
      const block = Buffer.alloc(size, 1);
      for (;;) {
        const { bavail, bsize } = statfsSync(join(instructions.ballast, '..'));
        if (bavail * bsize - size < (instructions.leave ?? 0)) break;
        writeSync(fd, block);
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(fd);
  }
}

const names: string[] = [];
const system = openSystem(root, {
  settings: { reserveBytes: 0, ...instructions.settings },
  onStep(name) {
    names.push(name);
    if (names.length === instructions.atStep) fill();
  },
  report: reporter(({ type, phase }) => {
    if (type === 'phase-started' && phase === instructions.atPhase) fill();
  }),
});
const parsed: unknown = JSON.parse(options);
const verbs: Record<string, () => Promise<Outcome<unknown>>> = {
  stage: () => stage(system, parsed as Parameters<typeof stage>[1]),
  activate: () => activate(system, parsed as Parameters<typeof activate>[1]),
  rollback: () => rollback(system, parsed as Parameters<typeof rollback>[1]),
  recover: () => recover(system),
};
const outcome = await verbs[verb]?.();
process.stdout.write(`${JSON.stringify({ names, outcome })}\n`);
