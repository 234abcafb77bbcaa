/**
 * The practice archive put to use in a practice root: its first versions installed, an edit of "the user" made, its updates
 * offered.
 */
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { exists, plainView } from '../../environments/plain-view.js';
import type { Session } from '../../environments/environment.js';
import { ask, runnerIn } from '../../packages/runner.js';
import { bytes, display, join, nameOf, raw, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { makePracticeArchive } from '../archive/practice-archive.js';
import { editedConffile, userEdit } from '../archive/practice-updates.js';
import type { BuiltUpdates } from '../family.js';
import { tracesOf } from './traces.js';

/** Below /srv, which belongs to no environment. */
const archivePath = 'srv/understudy-practice' as RawPath;
const keyringPath = 'etc/apt/keyrings/understudy-practice.gpg' as RawPath;
const sourcesFolder = 'etc/apt/sources.list.d' as RawPath;
const ownSources = join(sourcesFolder, 'archive.sources');
/** apt looks at no file here. */
const ownSourcesAside = 'etc/apt/archive.sources.unused' as RawPath;

export function useArchive(root: RawPath, use: boolean): void {
  const [from, to] = use ? [ownSourcesAside, ownSources] : [ownSources, ownSourcesAside];
  if (exists(join(root, from))) renameSync(bytes(join(root, from)), bytes(join(root, to)));
}

export async function buildUpdates(
  system: System,
  open: () => Promise<Session>,
  stays: boolean,
): Promise<BuiltUpdates> {
  const { root, signal } = system;
  const folder = join(root, archivePath);
  mkdirSync(bytes(folder), { recursive: true, mode: 0o755 });
  const archive = await makePracticeArchive(display(folder), plainView(root), !stays);
  signal.throwIfAborted();
  if (!stays) rmSync(bytes(join(root, ownSources)), { force: true });
  writeFileSync(bytes(join(root, keyringPath)), archive.keyring);
  writeFileSync(
    bytes(join(root, join(sourcesFolder, 'practice.sources'))),
    archive.sources(`file:/${archivePath}`, `/${keyringPath}`),
  );
  const session = await open();
  try {
    const files = archive.installed.map(({ file }) => `/${archivePath}/pool/${nameOf(raw(file))}`);
    await ask(runnerIn(session), ['dpkg', '--force-unsafe-io', '--install', ...files], {
      timeoutMs: 120_000,
      signal,
      environment: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  } finally {
    await session.close();
  }
  appendFileSync(bytes(join(root, editedConffile)), userEdit);
  archive.offer('updates');
  return {
    installed: archive.installed.length,
    updates: archive.updates.length,
    prove: () => tracesOf(archive.updates, root),
  };
}
