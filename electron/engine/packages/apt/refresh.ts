/**
 * Fetches the index into Understudy's own lists. apt verifies each source's signature and hashes before it takes the new index
 * of that source, all of its files at once, and else keeps the old one: a failed refresh leaves a usable index.
 */
import type { Session } from '../../environments/environment.js';
import type { System } from '../../system.js';
import { ask, runnerIn } from '../runner.js';
import { fetchFault } from './failure.js';
import { noteRefreshed } from './index-date.js';
import { fetchSettings } from './places.js';
import { parseStatusLine } from './status-fd.js';

const timeoutMs = 60 * 60_000;
/** apt itself gives up on a silent server after its own timeout and retries; this is for an apt that hangs. */
const idleTimeoutMs = 5 * 60_000;

export async function refresh(session: Session, system: System): Promise<void> {
  await system.report.phase('refresh', 'Fetching the package index', async (step) => {
    const targets = await furtherTargets(session, system);
    const argv = [
      'apt-get',
      `-c=${fetchSettings}`,
      '-o',
      'APT::Status-Fd=3',
      ...targets.flatMap((target) => ['-o', `Acquire::IndexTargets::deb::${target}::DefaultEnabled=false`]),
      'update',
    ] as const;
    const result = await session.run(argv, {
      timeoutMs,
      idleTimeoutMs,
      signal: system.signal,
      onStatus: (text) => {
        const line = parseStatusLine(text);
        if (line?.kind === 'dlstatus') {
          step({ text: line.text, done: Math.round(line.percent), total: 100, unit: 'percent' });
        }
      },
    });
    const fault = fetchFault(argv, result);
    if (fault) throw fault;
    noteRefreshed(system);
  });
}

/** What else the system's apt fetches beside the index of packages: AppStream data, icons, lists of contents. */
async function furtherTargets(session: Session, system: System): Promise<string[]> {
  const { stdout } = await ask(runnerIn(session), ['apt-config', 'dump'], {
    timeoutMs: 60_000,
    signal: system.signal,
  });
  const names = [...stdout.matchAll(/^Acquire::IndexTargets::deb::([^:\s]+)::MetaKey /gim)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(names)].filter((name) => name !== 'Packages' && name !== 'Translations');
}
