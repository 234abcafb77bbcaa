/** `npm run test:powercut`: runs the program of the same folder with a place for its disks that is cleared away afterwards, whatever happened. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openOwnFolder } from '../own-folder.js';

const program = fileURLToPath(new URL('../../dist/test/powercut/cut.js', import.meta.url));
const { environment, close } = openOwnFolder();
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
  env: environment,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGKILL'));
const [code, signal] = await new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
await close();
process.exitCode = code ?? 128 + constants.signals[signal];
