/**
 * Starts a session: util-linux's `unshare`, which is on every system (bubblewrap is not), makes the namespaces; our own
 * first process in them (`inside.ts`) does the rest, so that no shell and no path in an option string is involved.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../fault.js';
import { cleanEnvironment, type RunOptions, type RunResult } from '../../process/run.js';
import type { Session } from '../environment.js';
import type { FromInside, SessionSetup, ToInside } from './protocol.js';

const closeTimeoutMs = 10_000;

/** The compiled first process: also when this module itself runs from its source, as in the tests. */
const inside = fileURLToPath(import.meta.url).includes('/dist/')
  ? fileURLToPath(new URL('./inside.js', import.meta.url))
  : fileURLToPath(
      new URL('../../../../dist/electron/engine/environments/session/inside.js', import.meta.url),
    );

interface Pending {
  readonly options: RunOptions;
  readonly resolve: (result: RunResult) => void;
}

/** Throws `OVERLAY_UNSUPPORTED` when the root cannot be assembled, with the reason of the kernel. */
export async function openSession(setup: SessionSetup): Promise<Session> {
  const flags = ['--mount', '--pid', '--ipc', '--uts', '--propagation', 'private', '--fork', '--kill-child'];
  if (setup.network === 'none') flags.push('--net');
  const child = spawn('unshare', [...flags, '--', process.execPath, inside], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...cleanEnvironment, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    cwd: '/',
    detached: true, // so that Ctrl+C in a terminal reaches the engine alone
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4096);
  });
  const pending = new Map<number, Pending>();
  const gone = new Promise<void>((resolve) => {
    // Not 'close': it never comes once the channel was disconnected from this side.
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await ready(child, setup, gone, () => complaint);
  child.on('message', (message: FromInside) => answer(pending, message));
  void gone.then(() => {
    for (const { resolve } of pending.values()) resolve(lost);
    pending.clear();
  });

  let next = 0;
  return {
    run(argv, options) {
      if (!child.connected) return Promise.resolve(lost);
      if (options.signal?.aborted) return Promise.resolve(lost);
      const id = next++;
      return new Promise((resolve) => {
        const cancel = (): void => say(child, { type: 'cancel', id });
        options.signal?.addEventListener('abort', cancel, { once: true });
        pending.set(id, {
          options,
          resolve: (result) => {
            options.signal?.removeEventListener('abort', cancel);
            resolve(result);
          },
        });
        say(child, { type: 'run', id, run: taskOf(argv, options) });
      });
    },
    async close() {
      if (child.connected) child.disconnect(); // pid 1 ends, and with it every process and mount of the session
      const deadline = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs);
      await gone;
      clearTimeout(deadline);
    },
  };
}

const lost: RunResult = { status: null, signal: 'SIGKILL', stdout: '', stderr: '', ended: 'cancelled' };

function taskOf(
  argv: readonly [string, ...string[]],
  options: RunOptions,
): Extract<ToInside, { type: 'run' }>['run'] {
  const { timeoutMs, idleTimeoutMs, cwd, environment, input, keepBytes } = options;
  return {
    argv,
    timeoutMs,
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(environment === undefined ? {} : { environment }),
    ...(input === undefined
      ? {}
      : { input: (typeof input === 'string' ? Buffer.from(input) : input).toString('latin1') }),
    ...(keepBytes === undefined ? {} : { keepBytes }),
    lines: options.onLine !== undefined,
    status: options.onStatus !== undefined,
  };
}

async function ready(
  child: ChildProcess,
  setup: SessionSetup,
  gone: Promise<void>,
  complaint: () => string,
): Promise<void> {
  const first = new Promise<FromInside>((resolve) =>
    child.once('message', (message: FromInside) => resolve(message)),
  );
  say(child, { type: 'setup', setup });
  const message = await Promise.race([first, gone]);
  if (message?.type === 'ready') return;
  child.kill('SIGKILL');
  await gone;
  if (message?.type === 'refused') throw new Fault('OVERLAY_UNSUPPORTED', message.message);
  throw new Fault('COMMAND_FAILED', `unshare: ${complaint().trim() || 'ended before it was ready'}`);
}

function answer(pending: Map<number, Pending>, message: FromInside): void {
  switch (message.type) {
    case 'line': {
      const options = pending.get(message.id)?.options;
      if (message.stream === 'status') options?.onStatus?.(message.line);
      else options?.onLine?.(message.stream, message.line);
      break;
    }
    case 'ended': {
      const entry = pending.get(message.id);
      pending.delete(message.id);
      entry?.resolve(message.result);
      break;
    }
    case 'ready':
    case 'refused':
      break;
  }
}

function say(child: ChildProcess, message: ToInside): void {
  if (!child.connected) return;
  child.send(message, () => undefined); // a channel that closes meanwhile is seen by `close`
}
