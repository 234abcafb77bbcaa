/**
 * A process that switches a described machine as at its shutdown, and kills itself with SIGKILL at the step of this name, as a power cut would.
 * Arguments: root, folder of the machine, release of its kernel, step.
 */
import { activate } from '../../electron/engine/activate.js';
import { openSystem } from '../../electron/engine/system.js';
import { describedMachine } from './described-machine.js';

const [root = '', folder = '', release = '', step = ''] = process.argv.slice(2);
const system = {
  ...openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } }),
  isRunning: true,
  machine: describedMachine(folder, () => release),
  onStep(name: string): void {
    if (name === step) process.kill(process.pid, 'SIGKILL');
  },
};
process.stdout.write(JSON.stringify(await activate(system, { scheduled: true })));
