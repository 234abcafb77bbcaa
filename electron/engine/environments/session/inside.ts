/**
 * The first process inside a session (pid 1 of its namespace). It assembles the root, drops what no script may have, and
 * runs the commands it is told. When the engine goes away it ends, and the kernel ends everything with it.
 */
import { hostname } from 'node:os';
import { run } from '../../process/run.js';
import { dropForbidden } from '../../posix/capabilities.js';
import { assemble, preventSideEffects, rehearsalPath } from './isolation.js';
import type { FromInside, SessionRun, SessionSetup, ToInside } from './protocol.js';

const running = new Map<number, AbortController>();
let undoPreparations: () => void = () => undefined;
let network: SessionSetup['network'] = 'none';

function send(message: FromInside): void {
  process.send?.(message);
}

function setUp(setup: SessionSetup): void {
  try {
    hostname(); // loads what is needed of it while its files can still be found
    network = setup.network;
    assemble(setup);
    if (network === 'none') undoPreparations = preventSideEffects();
    dropForbidden();
    send({ type: 'ready' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    send({ type: 'refused', code, message: error instanceof Error ? error.message : String(error) });
  }
}

async function execute(id: number, task: SessionRun): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  const result = await run(task.argv, {
    timeoutMs: task.timeoutMs,
    ...(task.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: task.idleTimeoutMs }),
    signal: abort.signal,
    cwd: task.cwd ?? '/',
    environment: {
      // The hooks of package managers (build/hooks) leave the modules of the running kernel to the running system.
      UNDERSTUDY_REHEARSAL: '1',
      ...(network === 'none' ? { PATH: rehearsalPath } : {}),
      ...task.environment,
    },
    ...(task.input === undefined ? {} : { input: Buffer.from(task.input, 'latin1') }),
    ...(task.lines ? { onLine: (stream, line) => send({ type: 'line', id, stream, line }) } : {}),
    ...(task.status ? { onStatus: (line) => send({ type: 'line', id, stream: 'status', line }) } : {}),
    ...(task.keepBytes === undefined ? {} : { keepBytes: task.keepBytes }),
  });
  running.delete(id);
  send({ type: 'ended', id, result });
}

process.umask(0o022);
process.on('message', (message: ToInside) => {
  switch (message.type) {
    case 'setup':
      setUp(message.setup);
      break;
    case 'run':
      void execute(message.id, message.run);
      break;
    case 'cancel':
      running.get(message.id)?.abort();
      break;
  }
});
process.on('disconnect', () => {
  undoPreparations();
  process.exit(0);
});
// Sent to the group by Ctrl+C in a terminal: the engine decides, not the signal. SIGUSR1 would make node listen for a
// debugger, who could do all that this process can.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)
  process.on(signal, () => undefined);
