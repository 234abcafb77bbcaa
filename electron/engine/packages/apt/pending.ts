/**
 * The updates that the known index offers, computed by the machine's own apt from the files of the tree: without root, without
 * network, and without writing anything (no caches, no locks).
 */
import { readFileSync } from 'node:fs';
import type { PendingUpdate } from '../../../../shared/machine.js';
import { plainView } from '../../environments/plain-view.js';
import { bytes, display, join, type RawPath } from '../../posix/raw-path.js';
import { run } from '../../process/run.js';
import type { System } from '../../system.js';
import { nativeArchitecture, statusEntries, statusPath } from './database.js';
import { knownLists } from './index-date.js';
import { resolveIn } from './resolve.js';

export async function pending(system: System): Promise<PendingUpdate[]> {
  const view = plainView(system.root);
  const installed = statusEntries(view);
  const native = nativeArchitecture(installed) ?? '';
  const { changes } = await resolveIn(
    {
      runner: run,
      options: optionsFor(system, native),
      // Read before the system's own configuration files, so that those of the tree are read and not the machine's.
      environment: system.isRunning ? {} : { APT_CONFIG: '/dev/null' },
      signal: system.signal,
      installed,
      native,
    },
    { scope: 'all', selected: [] },
  );
  return changes.flatMap(
    ({ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }) =>
      to === null
        ? []
        : [{ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }],
  );
}

function optionsFor(system: System, native: string): string[] {
  const root = display(system.root);
  const settings: Record<string, string> = {
    Dir: root,
    'Dir::State::status': display(join(system.root, statusPath)),
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Debug::NoLocking': 'true',
    'APT::Color': 'false',
    'APT::Get::Show-User-Simulation-Note': 'false',
    'Acquire::Languages': 'none',
    'Dir::State::lists': display(knownLists(system).folder),
  };
  const foreign = foreignArchitectures(system.root, native);
  return [
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...(native === '' ? [] : ['-o', `APT::Architecture=${native}`]),
    ...(native === '' ? [] : [native, ...foreign].flatMap((name) => ['-o', `APT::Architectures::=${name}`])),
  ];
}

/** var/lib/dpkg/arch: one name a line, the native one first. */
function foreignArchitectures(root: RawPath, native: string): string[] {
  try {
    return readFileSync(bytes(join(root, 'var/lib/dpkg/arch')), 'latin1')
      .split('\n')
      .filter((name) => name !== '' && name !== native);
  } catch {
    return [];
  }
}
