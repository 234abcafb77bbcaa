/**
 * The helper's process. It says one line on standard output when it listens, `{"socket":…}`, or why it cannot, `{"problem":…}`, and
 * nothing else ever. It ends by itself when nobody needs it any more.
 */
import { problem, type Problem } from '../../shared/errors.js';
import { faultOf } from '../engine/fault.js';
import { ownerOnly } from './authorise/owner.js';
import { polkit } from './authorise/polkit.js';
import type { Authorisation } from './authorise/authorisation.js';
import { practiceSubject } from './dispatch/practice-subject.js';
import { realSubject } from './dispatch/real-subject.js';
import { makeHelper } from './helper.js';
import { handedOver } from './start/activation.js';
import { answers } from './start/answering.js';
import { readHelperOptions, type HelperOptions } from './start/command-line.js';
import { startDetached } from './start/detach.js';
import { ownersFromOutside, runInUserNamespace } from './start/in-user-namespace.js';
import { ownPlace, placeForUser, type SocketPlace } from './start/socket-place.js';
import { askedBy, cleanSurroundings, type Inherited } from './start/surroundings.js';
import { programVersion } from './start/version.js';

async function start(options: HelperOptions, { environment }: Inherited): Promise<void> {
  const own = process.getuid?.() ?? 0;
  const serves = options.forUid ?? askedBy(environment) ?? own;
  const place = placeOf(options, serves);
  if (place && (await answers(place.path))) {
    say({ socket: place.path }); // another one listens there already
    return;
  }
  place?.clear();
  let stop = (): void => undefined;
  const owners = options.inNamespace ? await ownersFromOutside(() => stop()) : undefined;
  const authorisation: Authorisation = options.socket === 'activation' ? polkit() : ownerOnly(serves);
  const helper = makeHelper({
    version: programVersion(),
    subject: options.practice
      ? practiceSubject({
          offline: options.offline,
          ...(options.practiceFolder === undefined ? {} : { folder: options.practiceFolder }),
          ...(owners === undefined ? {} : { owners }),
        })
      : realSubject(options.root),
    authorisation,
    idleMs: options.idleSeconds * 1000,
    onEnd: () => {
      place?.clear();
      // Everything is written and closed by now; a handle that something left open must not keep root's process alive.
      setImmediate(() => process.exit(0));
    },
  });
  stop = () => void helper.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('SIGUSR1', () => undefined); // would make Node listen for a debugger
  await helper.listen(place ? { path: place.path } : { fd: handedOver(environment) });
  place?.open();
  if (place) say({ socket: place.path });
}

function placeOf(options: HelperOptions, serves: number): SocketPlace | undefined {
  const name = options.practice ? 'practice.socket' : 'helper.socket';
  switch (options.socket) {
    case 'activation':
      return undefined;
    case 'demand':
      return placeForUser(options.runtime ?? '/run/understudy', serves, name);
    case 'self':
      return ownPlace(options.runtime, options.practice ? 'practice.socket' : 'reader.socket');
  }
}

function say(line: { readonly socket: string } | { readonly problem: Problem }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** As Node was told to run it: the bundle, or this file as it was compiled. */
function ownFile(): string {
  const [, file] = process.argv;
  if (file === undefined) throw new Error('started without a file');
  return file;
}

async function main(argv: readonly string[]): Promise<void> {
  const inherited = cleanSurroundings();
  let options: HelperOptions;
  try {
    options = readHelperOptions(argv);
  } catch (error) {
    say({ problem: problem('USAGE', error instanceof Error ? error.message : '') });
    process.exitCode = 2;
    return;
  }
  try {
    if (options.detach) {
      const serves = options.forUid ?? askedBy(inherited.environment);
      const { line, exitCode } = await startDetached([
        ownFile(),
        ...argv.filter((word) => word !== '--detach'),
        ...(serves === undefined ? [] : ['--for-uid', String(serves)]),
      ]);
      process.stdout.write(`${line}\n`);
      process.exitCode = exitCode;
    } else if (options.practice && process.getuid?.() !== 0) {
      process.exitCode = await runInUserNamespace([ownFile(), ...argv, '--in-namespace']);
    } else await start(options, inherited);
  } catch (error) {
    say({ problem: faultOf(error).problem });
    process.exitCode = 1;
    if (process.connected) process.disconnect(); // from outside the namespace, which waits for the end
  }
}

await main(process.argv.slice(2));
