/**
 * A process that switches a described machine as at its shutdown, or recovers it as at its start, and kills itself with SIGKILL at the step of
 * this name, as a power cut would. Arguments: root, folder of the machine, release of its kernel, step, `activate` or `recover`.
 */
import { activate } from '../../electron/engine/activate.js';
import { recover } from '../../electron/engine/recover.js';
import { openSystem } from '../../electron/engine/system.js';
import { describedMachine } from './described-machine.js';

const [root = '', folder = '', release = '', step = '', verb = ''] = process.argv.slice(2);
const system = {
  ...openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } }),
  isRunning: true,
  machine: describedMachine(folder, () => release),
  onStep(name: string): void {
    if (name === step) process.kill(process.pid, 'SIGKILL');
  },
};
process.stdout.write(
  JSON.stringify(await (verb === 'recover' ? recover(system) : activate(system, { scheduled: true }))),
);
