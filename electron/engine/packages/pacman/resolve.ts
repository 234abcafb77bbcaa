/**
 * What pacman would do for a scope. The archive has one version of each package, all built against each other, so an update is of all or
 * of nothing: what would leave an available update behind is refused. A kernel alone is not, as long as nothing but kernels, their modules
 * and firmware comes along: none of it is a library that others were built against.
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { plainView } from '../../environments/plain-view.js';
import { Fault } from '../../fault.js';
import type { System } from '../../system.js';
import type { Resolution, Selection } from '../package-manager.js';
import { ask, computeTimeoutMs, runnerIn } from '../runner.js';
import { parseConfiguration, isHeld } from './configuration.js';
import { filesOf, localEntries } from './database.js';
import { goesWithKernel, isKernel } from './kernel.js';
import { sessionPlaces } from './places.js';
import { offerFor, readIndex } from './sync-index.js';
import { fullUpgrade, transaction, type Context } from './transaction.js';
import { compareVersions } from './version.js';

export async function resolve(session: Session, system: System, selection: Selection): Promise<Resolution> {
  return system.report.phase('resolve', 'Computing what would change', async () =>
    resolveIn(await sessionContext(session, system, sessionPlaces.index), selection, modulesOwners(system)),
  );
}

/** As pacman in the session sees it; `database` is its `--dbpath`. */
export async function sessionContext(session: Session, system: System, database: string): Promise<Context> {
  const runner = runnerIn(session);
  const { signal } = system;
  const { stdout } = await ask(runner, ['pacman-conf'], { timeoutMs: computeTimeoutMs, signal });
  const configuration = parseConfiguration(stdout);
  const installed = localEntries(plainView(system.root)).map((entry) => ({
    ...entry,
    held: entry.held || isHeld(configuration, entry.name, []),
  }));
  const index = await readIndex(runner, `${database}/sync`, configuration.repositories, signal);
  return { runner, database, options: [], signal, installed, configuration, index };
}

/** `hasModules`: whether an installed package owns kernel modules. */
export async function resolveIn(
  context: Context,
  selection: Selection,
  hasModules: (name: string) => boolean,
): Promise<Resolution> {
  const all = await transaction(context, fullUpgrade);
  const kept = keptOf(context);
  switch (selection.scope) {
    case 'all':
      return { changes: all, kept };
    case 'security':
      if (all.length === 0) return { changes: [], kept };
      throw new Fault('SECURITY_UNKNOWN');
    case 'kernel': {
      const isOfKernel = ({ name, kernel }: Pick<PackageChange, 'name' | 'kernel'>): boolean =>
        kernel || goesWithKernel(name) || hasModules(name);
      return kernelOnly(context, all, kept, isOfKernel);
    }
    case 'selected':
      return selected(context, all, selection.selected, kept);
  }
}

export function modulesOwners(system: System): (name: string) => boolean {
  const view = plainView(system.root);
  return (name) => filesOf(view, name).some((path) => /^(?:usr\/)?lib\/modules\/./.test(path));
}

async function kernelOnly(
  context: Context,
  all: readonly PackageChange[],
  kept: Resolution['kept'],
  isOfKernel: (change: Pick<PackageChange, 'name' | 'kernel'>) => boolean,
): Promise<Resolution> {
  const names = all
    .filter((change) => change.from !== null && change.to !== null && isOfKernel(change))
    .map(({ name }) => name);
  const ofKernel = kept.filter(({ name }) => {
    const provides = context.installed.find((entry) => entry.name === name)?.provides ?? [];
    return isOfKernel({ name, kernel: isKernel(name, provides) });
  });
  if (names.length === 0) return { changes: [], kept: ofKernel };
  const changes = await transaction(context, ['--sync', ...names]);
  const others = changes.filter((change) => change.from !== null && !isOfKernel(change));
  if (others.length === 0) return { changes, kept: ofKernel };
  throw new Fault(
    'PARTIAL_UPGRADE',
    `The kernel needs a newer ${others.map(({ name }) => name).join(', ')} as well.`,
  );
}

async function selected(
  context: Context,
  all: readonly PackageChange[],
  names: readonly string[],
  kept: Resolution['kept'],
): Promise<Resolution> {
  const strange = names.filter((name) => !/^[A-Za-z0-9@_+][A-Za-z0-9@._+-]*$/.test(name));
  if (strange.length > 0)
    throw new Fault('PACKAGES_BROKEN', ...strange.map((name) => `${name}: no package name`));
  const local = (name: string) => context.installed.find((entry) => entry.name === name);
  const unknown = names.filter((name) => !local(name) && !offerFor(context.index, name));
  if (unknown.length > 0)
    throw new Fault('PACKAGES_BROKEN', ...unknown.map((name) => `${name}: no such package`));
  const wanted = names.filter((name) => {
    const [offer, entry] = [offerFor(context.index, name), local(name)];
    if (!offer || entry?.held) return false;
    return !entry || compareVersions(entry.version, offer.version) < 0;
  });
  const ofNames = kept.filter(({ name }) => names.includes(name));
  if (wanted.length === 0) return { changes: [], kept: ofNames };
  const changes = await transaction(context, ['--sync', ...wanted]);
  const left = all.filter(
    ({ name, from }) => from !== null && !changes.some((change) => change.name === name),
  );
  if (left.length === 0) return { changes, kept: ofNames };
  throw new Fault('PARTIAL_UPGRADE', `Would be left behind: ${left.map(({ name }) => name).join(', ')}.`);
}

/** What is left alone although there is something newer, with the reason in words. */
function keptOf({ installed, index }: Context): { name: string; reason: string }[] {
  return installed
    .filter(({ name, version, held }) => {
      const offer = held ? offerFor(index, name) : undefined;
      return offer !== undefined && compareVersions(version, offer.version) < 0;
    })
    .map(({ name }) => ({ name, reason: 'It is held at its version (IgnorePkg in pacman.conf).' }));
}
