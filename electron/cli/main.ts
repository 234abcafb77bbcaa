/** The command `understudy`: reads the command line, runs the verb, writes its result, and answers with the exit code. */
import type { Readable } from 'node:stream';
import { exitCodeOf, exitCodes, problem, type Problem } from '../../shared/errors.js';
import { reporter } from '../engine/report.js';
import { nameOfVerb, readCommand, wantsJson, type Command, type Globals } from './command-line.js';
import { confirmation } from './confirmation.js';
import { engine, type EngineVerbs } from './engine.js';
import { engineThroughHelper } from './engine-through-helper.js';
import { helperAccess, type AccessOptions, type HelperAccess } from './helper-access.js';
import { interruption } from './interruption.js';
import { humanOutput } from './output/human-output.js';
import { jsonOutput } from './output/json-output.js';
import type { Environment } from './output/terminal.js';
import { TextStream, type WritableText } from './output/text-stream.js';
import { runVerb, type Ended } from './session.js';
import { plain } from './text/plain.js';
import { UsageError } from './verbs/verb.js';
import { verbs } from './verbs/registry.js';
import type { Serve } from './verbs/serve.js';

export interface Surroundings {
  /** Arguments without the program's name. */
  readonly argv: readonly string[];
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: WritableText;
  readonly stderr: WritableText;
  readonly environment: Environment;
  readonly engine: EngineVerbs;
  readonly isRoot: boolean;
  /** How an ordinary user gets at a helper. */
  readonly helper: (options: AccessOptions) => HelperAccess;
  readonly serve?: Serve;
}

function ours(): Surroundings {
  const { stdin, stdout, stderr, env } = process;
  return {
    argv: process.argv.slice(2),
    stdin,
    stdout,
    stderr,
    environment: env,
    engine,
    isRoot: process.getuid?.() === 0,
    helper: helperAccess,
  };
}

/** Runs one command line to its end and gives the exit code. Never throws for what a user can cause. */
export async function main(given: Partial<Surroundings> = {}): Promise<number> {
  const surroundings: Surroundings = { ...ours(), ...given };
  const stdout = new TextStream(surroundings.stdout);
  const stderr = new TextStream(surroundings.stderr);
  const exitCode = await command(surroundings, stdout, stderr);
  await stdout.flush();
  if (stdout.failure)
    stderr.lines([`understudy: the result could not be written: ${stdout.failure.message}`]);
  await stderr.flush();
  return stdout.failure && exitCode === exitCodes.done ? exitCodes.failed : exitCode;
}

async function command(surroundings: Surroundings, stdout: TextStream, stderr: TextStream): Promise<number> {
  const { argv, environment } = surroundings;
  let read: Command;
  try {
    read = readCommand(argv, verbs);
  } catch (error) {
    const output = wantsJson(argv)
      ? jsonOutput(stdout, false)
      : humanOutput(stdout, stderr, { quiet: false, environment, command: 'understudy' });
    const answer = usageProblem(error, nameOfVerb(argv, verbs));
    const exitCode = exitCodeOf(answer.code);
    output.finish({
      verb: nameOfVerb(argv, verbs) ?? null,
      outcome: { ok: false, problem: answer },
      exitCode,
      recovered: undefined,
    });
    return exitCode;
  }
  return await run(read, surroundings, stdout, stderr);
}

async function run(
  { verb, given, globals }: Command,
  { stdin, environment, engine: inProcess, isRoot, helper, serve }: Surroundings,
  stdout: TextStream,
  stderr: TextStream,
): Promise<number> {
  const { json, quiet, yes } = globals;
  const output = json
    ? jsonOutput(stdout, verb.long && !quiet)
    : humanOutput(stdout, stderr, { quiet, environment, command: commandFor(globals) });
  const stop = interruption(
    () =>
      output.note(() => [
        verb.goodbye ?? 'Cancelling. What was begun is taken back first; a second Ctrl+C ends at once.',
      ]),
    (code) => process.exit(code),
  );
  const canAsk = !json && stdin.isTTY === true && stderr.isTerminal;
  const { signal } = stop;
  // A helper works on the running system alone; root needs none.
  const access = isRoot || globals.rootGiven ? undefined : helper({ elevate: globals.elevate });
  const context = {
    engine: access ? engineThroughHelper(access, inProcess) : inProcess,
    report: reporter(output.progress),
    signal,
    yes,
    confirm: confirmation({ yes, canAsk, input: stdin, output, signal }),
    announce: output.announce,
    serve,
  };
  const abandoned = whenAbandoned();
  const { outcome, recovered } = await Promise.race([
    abandoned.ended,
    runVerb(verb, given, { context, globals, output, isRoot }).catch((error: unknown): Ended =>
      failedWith(usageProblem(error, verb.name)),
    ),
  ]);
  abandoned.stop();
  stop.end();
  access?.close();
  const exitCode = outcome.ok ? exitCodes[outcome.value.exit] : exitCodeOf(outcome.problem.code);
  output.finish({ verb: verb.name, outcome, exitCode, recovered });
  return exitCode;
}

const failedWith = (answer: Problem): Ended => ({
  outcome: { ok: false, problem: answer },
  recovered: undefined,
});

/**
 * Work that waits for something that can never come leaves Node with nothing to do, and Node would end in silence. That is a
 * bug, and has to be told like one.
 */
function whenAbandoned(): { ended: Promise<Ended>; stop(): void } {
  let listener = (): void => undefined;
  const ended = new Promise<Ended>((resolve) => {
    listener = () => resolve(failedWith(problem('INTERNAL', 'The work stopped without an answer.')));
  });
  process.once('beforeExit', listener);
  return { ended, stop: () => void process.off('beforeExit', listener) };
}

/** The problem of a command line that was not understood; any other exception is a bug and is thrown on. */
function usageProblem(error: unknown, verb: string | undefined): Problem {
  if (!(error instanceof UsageError)) throw error;
  const answer = problem(error.code, error.message);
  return error.code === 'USAGE' && verb !== undefined
    ? { ...answer, hint: `Run "understudy help ${verb}".` }
    : answer;
}

/** How the user would call the command again for the same root tree; quoted for a shell where that is needed. */
function commandFor({ root, rootGiven }: Globals): string {
  if (!rootGiven) return 'understudy';
  const quoted = /^[\w./:@+-]+$/.test(root) ? root : `'${plain(root).replaceAll("'", String.raw`'\''`)}'`;
  return `understudy --root ${quoted}`;
}
