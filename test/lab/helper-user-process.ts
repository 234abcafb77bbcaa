/** Starts the app of an ordinary user as a process (`helper-user.ts`) and talks to it: calls, events, and its death. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppEvent, AppOperation, AppParams, AppResult, AppState } from '../../shared/app.js';
import type { Outcome } from '../../shared/errors.js';
import type { ProgressEvent } from '../../shared/progress.js';

const program = new URL(
  import.meta.url.includes('/dist/') ? './helper-user.js' : '../../dist/test/lab/helper-user.js',
  import.meta.url,
).pathname;

type Line = { readonly event: AppEvent } | { readonly id: number; readonly outcome: Outcome<unknown> };

export class UserProcess {
  readonly events: AppEvent[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #answers = new Map<number, (outcome: Outcome<unknown>) => void>();
  readonly #looks = new Set<() => void>();
  #next = 1;

  constructor(socket: string, uid: number) {
    this.#folder = mkdtempSync(join(tmpdir(), 'understudy-user-'));
    chownSync(this.#folder, uid, uid);
    const child = spawn(process.execPath, [program, socket, String(uid), this.#folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: '/',
      env: { PATH: process.env['PATH'], TMPDIR: tmpdir() },
    });
    this.#child = child;
    child.stdin.on('error', () => undefined); // it was killed
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if ('event' in line) this.events.push(line.event);
      else this.#answers.get(line.id)?.(line.outcome);
      for (const look of [...this.#looks]) look();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get state(): AppState | undefined {
    const last = this.events.findLast(({ kind }) => kind === 'state');
    return last?.kind === 'state' ? last.state : undefined;
  }

  /** Of all runs so far. */
  get progress(): ProgressEvent[] {
    return this.events.flatMap((event) => (event.kind === 'progress' ? [event.event] : []));
  }

  call<N extends AppOperation>(name: N, params: AppParams<N>): Promise<Outcome<AppResult<N>>> {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#answers.set(id, (outcome) => resolve(outcome as Outcome<AppResult<N>>));
      this.#child.stdin?.write(`${JSON.stringify({ id, name, params })}\n`);
    });
  }

  async value<N extends AppOperation>(name: N, params: AppParams<N>): Promise<AppResult<N>> {
    const outcome = await this.call(name, params);
    if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.problem)}`);
    return outcome.value;
  }

  /** Resolves when something holds of what was told so far. */
  until(what: string, holds: () => boolean, limitMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`not in time: ${what}; ${JSON.stringify(this.state).slice(0, 2000)}`));
      }, limitMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(limit);
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Until a helper answers, and has told its status. */
  connected(): Promise<void> {
    return this.until(
      'connected',
      () => this.state?.connection.state === 'connected' && this.state.status !== null,
    );
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill(signal);
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
