/** A helper as a real process, with its socket below a private folder: started, watched and ended by a test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema } from '../../shared/errors.js';

const dist = new URL(import.meta.url.includes('/dist/') ? '../../' : '../../dist/', import.meta.url);
const main = new URL('program/helper.js', dist).pathname;
const program = new URL('test/lab/helper-program.js', dist).pathname;

export interface HelperProcess {
  readonly socket: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** How it ended: an exit code or a signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** All that it said on standard error. */
  complaints(): string;
  stop(): Promise<number | NodeJS.Signals | null>;
  kill(): Promise<number | NodeJS.Signals | null>;
}

export interface StartOptions {
  readonly root: string;
  readonly runtime: string;
  readonly forUid: number;
  readonly socketKind?: 'demand' | 'self';
  readonly idleSeconds?: number;
  readonly words?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Arguments of the program that runs the helper's, for one with other rights or limits. */
  readonly prefix?: readonly string[];
}

/** The helper's own program, as it is started on demand. Throws an error whose message is the code of the problem it told. */
export function startHelper(options: StartOptions): Promise<HelperProcess> {
  const {
    socketKind = 'demand',
    root,
    runtime,
    forUid,
    idleSeconds = 600,
    words = [],
    environment,
    prefix = [],
  } = options;
  return begin(
    [
      ...[...prefix, process.execPath, main, '--socket', socketKind, '--for-uid', String(forUid)],
      ...['--root', root, '--runtime', runtime, '--idle-seconds', String(idleSeconds), ...words],
    ],
    environment,
  );
}

export interface ProgramOptions {
  readonly root: string;
  readonly socket: string;
  /** Actions that everybody may do; or a program that is asked in place of pkcheck. */
  readonly allow?: readonly string[];
  readonly pkcheck?: string;
  /** False: as on a kernel that gives no descriptor of the process at the other end. */
  readonly peerDescriptor?: boolean;
  /** At this journal step or change, counted from 1, or as this phase begins, the helper is killed, as by a power cut. */
  readonly dieAtStep?: number;
  readonly dieAtPhase?: string;
  /** A practice system that is none: to make it anew is to report so many lines. */
  readonly lines?: number;
  /** The same with progress, which is told no more than five times a second. */
  readonly news?: { readonly count: number; readonly everyMs: number };
  /** Where the names of the steps are written. */
  readonly stepLog?: string;
}

/** The same parts put together with another authorisation, or with a moment at which it is killed; `file` where it was made one file. */
export function startProgram(
  options: ProgramOptions,
  prefix: readonly string[] = [],
  file = program,
): Promise<HelperProcess> {
  return begin([...prefix, process.execPath, file, JSON.stringify(options)], undefined);
}

function begin(argv: readonly string[], environment: NodeJS.ProcessEnv | undefined): Promise<HelperProcess> {
  const [command = '', ...words] = argv;
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: environment ?? { PATH: process.env['PATH'], TMPDIR: tmpdir() },
  });
  let said = '';
  let complaints = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaints = (complaints + text).slice(-10_000)));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  return new Promise((resolve, reject) => {
    void ended.then((how) => reject(new Error(`the helper ended (${how}): ${said}${complaints}`)));
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('\n')) return;
      const line = JSON.parse(said) as { socket?: string; problem?: unknown };
      if (line.socket === undefined) {
        const { code, details } = problemSchema.parse(line.problem);
        reject(new Error(`${code}: ${details.join('; ')}`));
        return;
      }
      resolve({
        socket: line.socket,
        child,
        pid: child.pid ?? 0,
        ended,
        complaints: () => complaints,
        stop: () => end('SIGTERM'),
        kill: () => end('SIGKILL'),
      });
    });
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    };
  });
}

/** A folder that every user may pass through, and only its owner alter; for sockets, whose names may not be long (unix(7)). */
export function privateFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'helper-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Resident memory of a process in MB: now, and the most that there ever was (proc_pid_status(5)). */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}
