/**
 * A process that opens a session, starts commands in it that would run for hours, says so, and waits to be killed. Arguments: root,
 * clone, and the number that its commands sleep, by which they are recognised.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { environmentFor } from '../../../electron/engine/engine.js';
import { openSystem } from '../../../electron/engine/system.js';

const [root = '', id = '', mark = ''] = process.argv.slice(2);
const system = openSystem(root);
const environment = environmentFor(system);
const session = await environment.session(system, environment.open(system, id), {
  network: 'none',
  binds: [],
});
void session.run(['sleep', mark], { timeoutMs: 3_600_000 });
await session.run(['sh', '-c', 'setsid sleep $1 >/dev/null 2>&1 &', 'sh', mark], { timeoutMs: 10_000 });
process.stdout.write('ready\n');
await wait(3_600_000);
