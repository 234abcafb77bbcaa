/**
 * A process that runs one verb of the engine and kills itself with SIGKILL at a given step, as a power cut would. Prints
 * its steps and what became of it when it is not told to die. Arguments: root, verb, options as JSON, step (0: never; `tell`: never, but each is named on
 * standard error as it comes).
 */
import { writeSync } from 'node:fs';
import { runVerb, smallSystem } from './engine-verbs.js';

const [root = '', verb = '', options = '{}', dieAt = '0'] = process.argv.slice(2);
const { names, outcome } = await runVerb(smallSystem(root), verb, JSON.parse(options), (name, number) => {
  if (dieAt === 'tell') writeSync(2, `${name}\n`);
  if (number === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
});
process.stdout.write(`${JSON.stringify({ names, outcome })}\n`);
