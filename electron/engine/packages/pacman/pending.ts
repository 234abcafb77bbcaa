/**
 * The updates that the known index offers, computed by the machine's own pacman from the databases of the tree: without root, without
 * network, and without writing anything in it. Neither the machine's settings nor those of the tree are given to it: the first are not
 * right for another tree, and the second can name programs to run, while nothing of a tree runs outside a session.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PendingUpdate } from '../../../../shared/machine.js';
import { plainView } from '../../environments/plain-view.js';
import { bytes, join as joinRaw } from '../../posix/raw-path.js';
import { run } from '../../process/run.js';
import type { System } from '../../system.js';
import { configurationOf, type Configuration } from './configuration.js';
import { localEntries, localPath } from './database.js';
import { indexDate, knownIndex } from './index-date.js';
import { modulesOwners, resolveIn } from './resolve.js';
import { readIndex } from './sync-index.js';

export async function pending(system: System): Promise<PendingUpdate[]> {
  if (indexDate(system) === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'understudy-pacman-'));
  try {
    const view = plainView(system.root);
    const configuration = configurationOf(view);
    symlinkSync(bytes(joinRaw(system.root, localPath)), join(folder, 'local'));
    symlinkSync(bytes(knownIndex(system).folder), join(folder, 'sync'));
    const settings = join(folder, 'pacman.conf');
    writeFileSync(settings, settingsFor(configuration));
    const index = await readIndex(run, join(folder, 'sync'), configuration.repositories, system.signal);
    const { changes } = await resolveIn(
      {
        runner: run,
        database: folder,
        options: ['--config', settings, '--logfile', '/dev/null'],
        signal: system.signal,
        installed: localEntries(view),
        configuration,
        index,
      },
      { scope: 'all', selected: [] },
      modulesOwners(system),
    );
    return changes.flatMap(
      ({ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }) =>
        to === null
          ? []
          : [{ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The databases were verified when they were fetched, by pacman with the system's own keys. */
function settingsFor(configuration: Configuration): string {
  const { repositories, architectures, ignoredPackages, ignoredGroups } = configuration;
  const option = (name: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`${name} = ${values.join(' ')}`];
  return [
    '[options]',
    'SigLevel = Never',
    ...option('Architecture', architectures.length > 0 ? architectures : ['auto']),
    ...option('IgnorePkg', ignoredPackages),
    ...option('IgnoreGroup', ignoredGroups),
    ...repositories.map((name) => `[${name}]`),
    '',
  ].join('\n');
}
