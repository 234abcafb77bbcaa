/**
 * Lets the helper outlive the command that starts it: sudo-prompt, which waits for its command to end. The command waits
 * until the helper is ready or has said why not, passes that on, and ends.
 */
import { spawn } from 'node:child_process';
import { problem } from '../../../shared/errors.js';
import { lineSplitter } from '../../engine/process/run.js';

const readyMs = 60_000;

/** The helper's one line, and the exit code that goes with it. `argv`: the program's script and its options. */
export function startDetached(argv: readonly string[]): Promise<{ line: string; exitCode: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, argv, {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: '/',
    });
    const answer = (line: string, exitCode: number): void => {
      clearTimeout(deadline);
      child.stdout.destroy();
      child.unref();
      resolve({ line, exitCode });
    };
    const fail = (why: string): void =>
      answer(JSON.stringify({ problem: problem('ELEVATION_FAILED', why) }), 1);
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      fail('It did not become ready.');
    }, readyMs);
    const lines = lineSplitter((line) => answer(line, line.startsWith('{"socket"') ? 0 : 1));
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => fail(`It ended with ${signal ?? code}.`));
  });
}
