/**
 * Practice without root: the whole run happens in a process of its own inside a user namespace (user_namespaces(7)), in which
 * the user is root of their own range of accounts. Every requirement is looked at first, so that what is missing has a name.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../../shared/errors.js';
import type { PracticeResult } from '../../../shared/practice.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import { plainView } from '../environments/plain-view.js';
import { Fault, systemErrorCode } from '../fault.js';
import { raw } from '../posix/raw-path.js';
import type { PracticeOptions } from '../practice.js';
import { cleanEnvironment, run } from '../process/run.js';
import { familyOf } from './family.js';
import { relayTo } from './relay.js';
import { notRoot, type NotRoot } from './owners.js';

export interface NamespaceTask {
  readonly offline: boolean;
  readonly folder: string | undefined;
  readonly keep: boolean;
  readonly notRoot: NotRoot;
}
export type FromNamespace =
  | { readonly type: 'progress'; readonly event: ProgressEvent }
  | { readonly type: 'ended'; readonly outcome: Outcome<PracticeResult> };

const inside = fileURLToPath(import.meta.url).includes('/dist/')
  ? fileURLToPath(new URL('./in-namespace.js', import.meta.url))
  : fileURLToPath(new URL('../../../dist/electron/engine/practice/in-namespace.js', import.meta.url));

/** Accounts that a system uses at least: all of them and nobody. */
const accountsNeeded = 65_536;

const namespaceFlags = [
  '--user',
  '--map-auto',
  '--map-root-user',
  '--mount',
  '--propagation',
  'private',
] as const;

/** How a process gets into a user namespace as its root, and what it has to be told of the machine outside. */
export interface NamespaceEntry {
  /** To be followed by the program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Record<string, string>;
  readonly notRoot: NotRoot;
}

/** Throws `PRACTICE_IMPOSSIBLE` with everything that is missing. */
export async function prepareUserNamespace(): Promise<NamespaceEntry> {
  const missing = await missingForNamespace();
  if (missing.length > 0) throw new Fault('PRACTICE_IMPOSSIBLE', ...missing);
  const machine = plainView(raw('/'));
  return {
    command: ['unshare', ...namespaceFlags, '--fork', '--kill-child', '--'],
    environment: { ...cleanEnvironment, ...ownFolders() },
    notRoot: notRoot([...new Set(familyOf(machine).paths(machine))]),
  };
}

export async function practiceInUserNamespace(options: PracticeOptions): Promise<PracticeResult> {
  if (options.keep) {
    throw new Fault(
      'PRACTICE_IMPOSSIBLE',
      'A practice system that is made without root cannot be used from outside its user namespace: run it with sudo to keep it.',
    );
  }
  const entry = await prepareUserNamespace();
  const task: NamespaceTask = {
    offline: options.offline,
    folder: options.folder,
    keep: options.keep,
    notRoot: entry.notRoot,
  };
  const outcome = await follow(entry, task, options);
  if (outcome.ok) return outcome.value;
  throw new Fault(outcome.problem.code, ...outcome.problem.details);
}

function follow(
  { command: [program, ...flags], environment }: NamespaceEntry,
  task: NamespaceTask,
  { report, signal }: PracticeOptions,
): Promise<Outcome<PracticeResult>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...flags, process.execPath, inside], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: environment,
      cwd: '/',
      detached: true, // so that Ctrl+C in a terminal reaches this process alone, which passes it on
    });
    let complaint = '';
    child.stderr?.on(
      'data',
      (chunk: Buffer) => (complaint = (complaint + chunk.toString('utf8')).slice(-4096)),
    );
    const cancel = (): void => {
      if (child.connected) child.send({ type: 'cancel' }, () => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    let outcome: Outcome<PracticeResult> | undefined;
    const relay = relayTo(report);
    child.on('message', (message: FromNamespace) => {
      if (message.type === 'ended') outcome = message.outcome;
      else relay(message.event);
    });
    child.once('error', reject);
    child.once('exit', () => {
      signal.removeEventListener('abort', cancel);
      if (outcome) resolve(outcome);
      else reject(new Fault('COMMAND_FAILED', `unshare: ${complaint.trim() || 'ended without an answer'}`));
    });
    child.send({ type: 'task', task }, () => undefined);
    if (signal.aborted) cancel();
  });
}

/** Where the user's own files go, for who is root in the namespace. */
function ownFolders(): Record<string, string> {
  const { HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR, TMPDIR } = process.env;
  return {
    UNDERSTUDY_PRACTICE_USER: String(process.getuid?.() ?? 0),
    ...(HOME === undefined ? {} : { HOME }),
    ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }),
    ...(XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
  };
}

/** What the machine lacks for a user namespace with a range of accounts, a sentence each. */
async function missingForNamespace(): Promise<string[]> {
  const missing = [
    ...['newuidmap', 'newgidmap'].flatMap((name) =>
      existsSync(`/usr/bin/${name}`) ? [] : [`/usr/bin/${name} is missing: install the package uidmap.`],
    ),
    ...['subuid', 'subgid'].flatMap((name) => rangeMissing(`/etc/${name}`)),
    ...sysctlObstacles(),
  ];
  if (missing.length > 0) return missing;
  const trial = await run(['unshare', ...namespaceFlags, '--', 'true'], { timeoutMs: 10_000 });
  if (trial.ended === 'not-found') return ['unshare is missing: install the package util-linux.'];
  if (trial.status === 0) return [];
  return [`The system refuses a user namespace: ${trial.stderr.trim() || `status ${trial.status}`}`];
}

/** subuid(5): `name-or-id:first:count`. */
function rangeMissing(file: string): string[] {
  const names = [userName(), String(process.getuid?.() ?? '')];
  const ranges = (textOf(file) ?? '').split('\n').map((line) => line.split(':'));
  const enough = ranges.some(
    ([name, , size]) => names.includes(name ?? '') && Number(size) >= accountsNeeded,
  );
  return enough
    ? []
    : [
        `${file} gives this user no range of ${accountsNeeded} accounts: add a line such as "${names[0]}:100000:${accountsNeeded}".`,
      ];
}

function sysctlObstacles(): string[] {
  const value = (name: string): string | undefined =>
    textOf(`/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
  return [
    ...(value('kernel.unprivileged_userns_clone') === '0'
      ? ['User namespaces are switched off: set the sysctl kernel.unprivileged_userns_clone to 1.']
      : []),
    ...(value('user.max_user_namespaces') === '0'
      ? ['User namespaces are switched off: set the sysctl user.max_user_namespaces above 0.']
      : []),
    ...(value('kernel.apparmor_restrict_unprivileged_userns') === '1'
      ? [
          'AppArmor restricts user namespaces: set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0.',
        ]
      : []),
  ];
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}
