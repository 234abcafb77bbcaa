/**
 * A practice helper of someone who is not root: the same program once more, in a user namespace in which the user is root of their own
 * range of accounts (user_namespaces(7)). This process stays outside and passes on what it is told.
 */
import { spawn } from 'node:child_process';
import { Fault } from '../../engine/fault.js';
import { notedOwners, notRootSchema, type Owners } from '../../engine/practice/owners.js';
import { prepareUserNamespace } from '../../engine/practice/user-namespace.js';

type ToInside = { readonly type: 'owners'; readonly notRoot: unknown } | { readonly type: 'stop' };

/** Resolves with the exit code. Throws `PRACTICE_IMPOSSIBLE` with everything that is missing. */
export async function runInUserNamespace(argv: readonly string[]): Promise<number> {
  const { command, environment, notRoot } = await prepareUserNamespace();
  const [program, ...options] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...options, process.execPath, ...argv], {
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
      env: environment,
      cwd: '/',
      detached: true, // signals come to this process alone
    });
    const say = (message: ToInside): void => {
      if (child.connected) child.send(message, () => undefined);
    };
    say({ type: 'owners', notRoot });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => say({ type: 'stop' }));
    child.once('error', (error) => reject(new Fault('PRACTICE_IMPOSSIBLE', error.message)));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Inside: the owners that were noted outside. `onStop` is called when the process outside is told to end, or is gone. */
export function ownersFromOutside(onStop: () => void): Promise<Owners> {
  return new Promise((resolve) => {
    process.on('message', (message: ToInside) => {
      if (message.type === 'stop') onStop();
      else resolve(notedOwners(notRootSchema.parse(message.notRoot)));
    });
    process.on('disconnect', onStop);
  });
}
