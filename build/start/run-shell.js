// Runs a shell of the app until it ends. Ctrl+C in a terminal reaches it directly; what is sent to this process alone is passed on, and this
// process ends only after it.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const top = join(import.meta.dirname, '../..');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Its exit code and how long it ran. With `onLine` its standard output is read instead of shown. */
export function runShell([program, ...words], environment = {}, onLine = undefined) {
  const started = Date.now();
  const child = spawn(program, words, {
    cwd: top,
    env: { ...process.env, ...environment },
    stdio: ['inherit', onLine ? 'pipe' : 'inherit', 'inherit'],
  });
  if (onLine) createInterface({ input: child.stdout }).on('line', (line) => void onLine(line));
  // A terminal sends Ctrl+C to all of its processes: the shell has it already, and a second one would be a second wish.
  const passOn = (signal) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  // Should this process fail, the shell does not go on unseen.
  const endToo = () => child.kill();
  process.on('exit', endToo);
  return new Promise((resolve) => {
    const end = (status) => {
      for (const signal of signals) process.off(signal, passOn);
      process.off('exit', endToo);
      resolve({ status, milliseconds: Date.now() - started });
    };
    child.once('error', (error) => {
      console.error(error.message);
      end(1);
    });
    child.once('exit', (code, signal) => end(code ?? 128 + constants.signals[signal]));
  });
}
