/**
 * Holds off shutdown and sleep while a step that must not be cut runs: `systemd-inhibit` holds its lock as long as its command
 * runs, and the command is a `cat` that ends with us, whatever ends us (systemd-inhibit(1)).
 */
import { spawn } from 'node:child_process';
import { cleanEnvironment } from '../../engine/process/run.js';

/** How long logind may take to answer. */
const answerMs = 5_000;

export interface Inhibition {
  /** False when the lock was refused or there is no logind; `reason` says which. */
  readonly held: boolean;
  readonly reason: string;
  release(): void;
}

export function inhibitShutdown(why: string, program = 'systemd-inhibit'): Promise<Inhibition> {
  return new Promise((resolve) => {
    const child = spawn(
      program,
      ['--what=shutdown:sleep', '--who=Understudy', `--why=${why}`, '--mode=block', 'cat'],
      { stdio: ['pipe', 'pipe', 'pipe'], env: cleanEnvironment, cwd: '/' },
    );
    let words = '';
    const release = (): void => {
      clearTimeout(deadline);
      child.stdin.destroy();
    };
    const refused = (reason: string): void => {
      release();
      resolve({ held: false, reason, release: () => undefined });
    };
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      refused('no answer from systemd-logind');
    }, answerMs);
    child.stdin.on('error', () => undefined); // it may end before it reads
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-500)));
    child.once('error', () => refused('systemd-inhibit is not there'));
    child.once('close', () => refused(words.trim() || 'systemd-inhibit ended')); // once its words have come
    // What comes back has passed through `cat`, which runs only once the lock is held.
    child.stdout.once('data', () => {
      clearTimeout(deadline);
      resolve({ held: true, reason: '', release });
    });
    child.stdin.write('held\n');
  });
}
