/**
 * The updates that the known index offers, computed by the machine's own apt from the files of the tree: without root, without
 * network, and without writing anything in it (no caches, no locks).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PendingUpdate } from '../../../../shared/machine.js';
import { plainView } from '../../environments/plain-view.js';
import { bytes, display, join as joinRaw, type RawPath } from '../../posix/raw-path.js';
import { run } from '../../process/run.js';
import type { System } from '../../system.js';
import { nativeArchitecture, statusEntries, statusPath } from './database.js';
import { knownLists } from './index-date.js';
import { resolveIn } from './resolve.js';

export function pending(system: System): Promise<PendingUpdate[]> {
  return withHostApt(system, async (context) => {
    const { changes } = await resolveIn(context, { scope: 'all', selected: [] });
    return changes.flatMap(
      ({ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }) =>
        to === null
          ? []
          : [{ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }],
    );
  });
}

export type HostApt = Parameters<typeof resolveIn>[0];

/** The machine's own apt over the files of the tree: it reads, and writes nothing there. */
export async function withHostApt<T>(system: System, body: (apt: HostApt) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-apt-'));
  try {
    return await body(hostApt(system, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hostApt(system: System, folder: string): HostApt {
  const environment: Record<string, string> = {};
  if (!system.isRunning) {
    // apt.conf(5): the file of APT_CONFIG is read first. For another tree neither the machine's settings are right, nor may those
    // of the tree be taken: they can name programs to run, and nothing of a tree runs outside a session.
    environment['APT_CONFIG'] = join(folder, 'apt.conf');
    writeFileSync(environment['APT_CONFIG'], 'Dir::Etc::parts "/dev/null";\nDir::Etc::main "/dev/null";\n');
  }
  const view = plainView(system.root);
  const installed = statusEntries(view);
  const native = nativeArchitecture(installed) ?? '';
  const options = optionsFor(system, native, folder);
  return { runner: run, options, environment, signal: system.signal, installed, native };
}

function optionsFor(system: System, native: string, folder: string): string[] {
  const root = display(system.root);
  const settings: Record<string, string> = {
    Dir: root,
    'Dir::State::status': display(joinRaw(system.root, statusPath)),
    // Built by the first of the commands, for the others.
    'Dir::Cache::pkgcache': join(folder, 'pkgcache.bin'),
    'Dir::Cache::srcpkgcache': join(folder, 'srcpkgcache.bin'),
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
    return readFileSync(bytes(joinRaw(root, 'var/lib/dpkg/arch')), 'latin1')
      .split('\n')
      .filter((name) => name !== '' && name !== native);
  } catch {
    return [];
  }
}
