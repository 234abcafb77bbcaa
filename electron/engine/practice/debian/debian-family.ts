/** Practice systems of the Debian family. */
import type { Session } from '../../environments/environment.js';
import { statusPath } from '../../packages/apt/database.js';
import { ask, runnerIn } from '../../packages/runner.js';
import type { RunResult } from '../../process/run.js';
import type { PracticeFamily } from '../family.js';
import { buildUpdates, useArchive } from './built-updates.js';
import { debianPaths, makeDebianRoot } from './debian-root.js';

const timeoutMs = 120_000;

export const debianFamily: PracticeFamily = {
  name: 'debian',
  suits: (view) => view.resolve(statusPath) !== undefined,
  paths: debianPaths,
  makeRoot: makeDebianRoot,
  setUp,
  buildUpdates,
  useArchive,
  alteredFiles,
};

type Inside = (argv: readonly [string, ...string[]], input?: string) => Promise<RunResult>;

async function setUp(session: Session, signal: AbortSignal): Promise<void> {
  const inside: Inside = (argv, input) =>
    ask(runnerIn(session), argv, {
      timeoutMs,
      signal,
      ...(input === undefined ? {} : { input }),
    });
  await inside(['ldconfig']);
  const { stdout } = await inside(['ls', '/var/lib/dpkg/alternatives']);
  for (const name of linesOf(stdout))
    await inside(['update-alternatives', '--log', '/dev/null', '--quiet', '--auto', name]);
  const { stdout: sources } = await inside(['cat', '/etc/apt/sources.list.d/archive.sources']);
  if (/https:/.test(sources)) await trustCertificates(session, inside);
}

/** As the script of ca-certificates does when it is installed; without it an archive cannot be reached by https. */
async function trustCertificates(session: Session, inside: Inside): Promise<void> {
  const program = await session.run(['test', '-x', '/usr/sbin/update-ca-certificates'], { timeoutMs });
  if (program.status !== 0) return;
  const folder = '/usr/share/ca-certificates';
  const { stdout } = await inside(['find', folder, '-name', '*.crt', '-printf', '%P\\n']);
  await inside(['tee', '/etc/ca-certificates.conf'], `${linesOf(stdout).sort().join('\n')}\n`);
  await inside(['mkdir', '--parents', '/etc/ssl/certs', '/etc/ca-certificates/update.d']);
  await inside(['update-ca-certificates']);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** dpkg(1), --verify: nine characters, of which `?` means not tested, an attribute letter, and the path. */
async function alteredFiles(session: Session, signal: AbortSignal): Promise<string[]> {
  const { stdout } = await session.run(['dpkg', '--verify'], { timeoutMs, signal });
  return stdout.split('\n').flatMap((line) => {
    const match = /^(missing|[?.0-9A-Z]{9})\s+(c )?\s*(\/.+)$/.exec(line);
    return match && match[2] === undefined ? [match[3] ?? ''] : [];
  });
}
