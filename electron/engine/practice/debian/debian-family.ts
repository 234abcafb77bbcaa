/** Practice systems of the Debian family. */
import type { Session } from '../../environments/environment.js';
import { statusPath } from '../../packages/apt/database.js';
import { ask } from '../../packages/apt/command.js';
import type { PracticeFamily } from '../family.js';
import { buildUpdates } from './built-updates.js';
import { debianPaths, makeDebianRoot } from './debian-root.js';

const timeoutMs = 120_000;

export const debianFamily: PracticeFamily = {
  name: 'debian',
  suits: (view) => view.resolve(statusPath) !== undefined,
  paths: debianPaths,
  makeRoot: makeDebianRoot,
  setUp,
  buildUpdates,
  alteredFiles,
};

async function setUp(session: Session, signal: AbortSignal): Promise<void> {
  const options = { timeoutMs, signal };
  const inside = (argv: readonly [string, ...string[]]) =>
    ask((command, how) => session.run(command, how), argv, options);
  await inside(['ldconfig']);
  const { stdout } = await inside(['ls', '/var/lib/dpkg/alternatives']);
  for (const name of stdout.split('\n').filter((line) => line !== ''))
    await inside(['update-alternatives', '--log', '/dev/null', '--quiet', '--auto', name]);
}

/** dpkg(1), --verify: nine characters, of which `?` means not tested, an attribute letter, and the path. */
async function alteredFiles(session: Session, signal: AbortSignal): Promise<string[]> {
  const { stdout } = await session.run(['dpkg', '--verify'], { timeoutMs, signal });
  return stdout.split('\n').flatMap((line) => {
    const match = /^(missing|[?.0-9A-Z]{9})\s+(c )?\s*(\/.+)$/.exec(line);
    return match && match[2] === undefined ? [match[3] ?? ''] : [];
  });
}
