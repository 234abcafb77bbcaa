/** Drives `user-app` as another user, from a test. */
import { spawn } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AppEvent, AppOperation, AppParams, AppResult, AppState } from '../../../shared/app.js';
import type { Outcome } from '../../../shared/errors.js';
import type { UserAppOptions } from './user-app.js';

const program = new URL('../../../dist/test/integration/services/user-app.js', import.meta.url).pathname;

export interface UserApp {
  readonly events: AppEvent[];
  readonly state: AppState | undefined;
  readonly call: <N extends AppOperation>(name: N, params: AppParams<N>) => Promise<Outcome<AppResult<N>>>;
  /** Resolves with the state, now or later, that fits. */
  readonly until: (fits: (state: AppState) => boolean) => Promise<AppState>;
  readonly pid: number;
  kill(): Promise<void>;
}

const patienceMs = 120_000;

export function startUserApp(
  uid: number,
  options: UserAppOptions,
  environment: NodeJS.ProcessEnv = {},
): UserApp {
  mkdirSync(options.folder, { recursive: true });
  chownSync(options.folder, uid, uid);
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    uid,
    gid: uid,
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: options.folder, ...environment },
  });
  const events: AppEvent[] = [];
  const waiting = new Map<number, (outcome: Outcome<unknown>) => void>();
  const looks = new Set<() => void>();
  let state: AppState | undefined;
  let next = 1;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { event?: AppEvent; id?: number; outcome?: Outcome<unknown> };
    if (said.event) {
      events.push(said.event);
      if (said.event.kind === 'state') state = said.event.state;
      for (const look of [...looks]) look();
    } else if (said.id !== undefined && said.outcome) {
      waiting.get(said.id)?.(said.outcome);
      waiting.delete(said.id);
    }
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    events,
    get state() {
      return state;
    },
    call<N extends AppOperation>(name: N, params: AppParams<N>) {
      const id = next++;
      child.stdin.write(`${JSON.stringify({ id, name, params })}\n`);
      return new Promise<Outcome<AppResult<N>>>((resolve) => {
        waiting.set(id, (outcome) => resolve(outcome as Outcome<AppResult<N>>));
      });
    },
    until: (fits) =>
      new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          looks.delete(look);
          reject(new Error(`it never became so: ${JSON.stringify(state?.update)}`));
        }, patienceMs);
        const look = (): void => {
          if (!state || !fits(state)) return;
          clearTimeout(deadline);
          looks.delete(look);
          resolve(state);
        };
        looks.add(look);
        look();
      }),
    pid: child.pid ?? 0,
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
