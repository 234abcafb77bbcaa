/**
 * A process that runs one verb of the engine and kills itself with SIGKILL at a given step, as a power cut would. Prints
 * how many steps there were when it is not told to die. Arguments: root, verb, options as JSON, step (0: never; `tell`: never, but each is named on
 * standard error as it comes).
 */
import { writeSync } from 'node:fs';
import { activate } from '../../electron/engine/activate.js';
import { decide } from '../../electron/engine/decide.js';
import { plan } from '../../electron/engine/plan.js';
import { recover } from '../../electron/engine/recover.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { openSystem } from '../../electron/engine/system.js';
import type { Outcome } from '../../shared/errors.js';

const [root = '', verb = '', options = '{}', dieAt = '0'] = process.argv.slice(2);
let steps = 0;
const names: string[] = [];
const system = openSystem(root, {
  settings: { reserveBytes: 16 * 1024 ** 2 },
  onStep(name) {
    steps += 1;
    names.push(name);
    if (dieAt === 'tell') writeSync(2, `${name}\n`);
    if (steps === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
  },
});

const parsed: unknown = JSON.parse(options);
const verbs: Record<string, () => Promise<Outcome<unknown>>> = {
  plan: () => plan(system, { scope: 'all', selected: [] }),
  stage: () => stage(system, parsed as Parameters<typeof stage>[1]),
  decide: () => decide(system, parsed as Parameters<typeof decide>[1]),
  activate: () => activate(system, parsed as Parameters<typeof activate>[1]),
  rollback: () => rollback(system, parsed as Parameters<typeof rollback>[1]),
  recover: () => recover(system),
};
const outcome = await verbs[verb]?.();
process.stdout.write(`${JSON.stringify({ steps, names, outcome })}\n`);
