/**
 * Forces a process id to be used again, as the first process of a process id namespace of its own (pid_namespaces(7)): a client connects,
 * hands its connection on and ends; another process gets its number; then the connection asks for something. One argument: what to do, as
 * JSON. Prints what became of it, as JSON.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { startProgram, type ProgramOptions } from './helper-process.js';

export interface Recycling {
  readonly program: ProgramOptions;
  readonly client: number;
  /** Who gets the number; none: nobody does. */
  readonly successor: number | null;
  /** Whether the helper has taken the connection before its maker ends, or finds it in its queue afterwards. */
  readonly accepted: boolean;
}

export interface Recycled {
  readonly sameNumber: boolean;
  /** `ok`, the code of the refusal, or `closed`. */
  readonly answer: string;
  /** What polkit was asked. */
  readonly asked: string;
}

const recycling = JSON.parse(process.argv[2] ?? '') as Recycling;
const passesOn = new URL('helper-passes-on.js', import.meta.url).pathname;

const helper = await startProgram(recycling.program);
if (!recycling.accepted) process.kill(helper.pid, 'SIGSTOP');

const maker = spawn(process.execPath, [passesOn, recycling.program.socket, String(recycling.client)], {
  stdio: ['ignore', 'pipe', 'inherit', 'pipe'], // standard input would be closed with the maker's end
});
const toChild = maker.stdio[3] as Writable;
const heard: {
  type: string;
  outcome?: { ok: boolean; problem?: { code: string } };
  problem?: { code: string };
}[] = [];
const looks = new Set<() => void>();
createInterface({ input: maker.stdout as Readable }).on('line', (line) => {
  heard.push(JSON.parse(line) as (typeof heard)[number]);
  for (const look of looks) look();
});
const hear = (...types: string[]): Promise<(typeof heard)[number]> =>
  new Promise((resolve) => {
    const look = (): void => {
      const found = heard.find(({ type }) => types.includes(type));
      if (found) resolve(found);
    };
    looks.add(look);
    look();
  });
const say = (message: unknown): void => void toChild.write(`${JSON.stringify(message)}\n`);

await hear('ready');
await new Promise<void>((resolve) =>
  maker.exitCode === null ? maker.once('exit', () => resolve()) : resolve(),
);
if (recycling.accepted) {
  say({ type: 'hello', protocol: 1 });
  await hear('hello');
}

let successor: ChildProcess | undefined;
if (recycling.successor !== null) {
  // The number before it is the last one that was given (proc_sys_kernel(5), ns_last_pid).
  writeFileSync('/proc/sys/kernel/ns_last_pid', String((maker.pid ?? 0) - 1));
  successor = spawn('/bin/sleep', ['600'], { uid: recycling.successor, gid: recycling.successor, cwd: '/' });
}
if (!recycling.accepted) {
  process.kill(helper.pid, 'SIGCONT');
  say({ type: 'hello', protocol: 1 });
}
say({ type: 'request', id: 1, verb: 'activate', params: {} });
const told = await hear('answer', 'refused', 'closed');
const answer = told.outcome?.ok ? 'ok' : (told.outcome?.problem?.code ?? told.problem?.code ?? told.type);
const recycled: Recycled = {
  sameNumber: successor?.pid === maker.pid,
  answer,
  asked: readOrNothing(`${recycling.program.pkcheck ?? ''}.asked`),
};
process.stdout.write(`${JSON.stringify(recycled)}\n`);
process.exit(0); // and with the first process of its namespace, all the others end

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
