/** `inspect`: what this machine is. Each part is read on its own; one that cannot be read is listed in `unseen`. */
import type { Machine, PendingUpdate } from '../../../shared/machine.js';
import type { TreeView } from '../environments/environment.js';
import type { PackageManager } from '../packages/package-manager.js';
import { display } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { Fault } from '../fault.js';
import { backendsOf } from './backends.js';
import { bootLoaderOf } from './boot-loader.js';
import { architectureOf, distributionOf, unknownDistribution } from './distribution.js';
import { initOf } from './init.js';
import { describeKernels, installedKernels, type InstalledKernel } from './kernels.js';
import { mountsOf } from './mounts.js';
import { networkOf, untoldNetwork } from './network.js';
import { powerOf, untoldPower } from './power.js';
import { describeReboot, newestKernel, pendingReboot } from './reboot.js';
import { thisMachine, type MachineSources } from './sources.js';
import { unseenList, type Unseen } from './unseen.js';

/** Works without root. Faults `CANCELLED` only. */
export async function inspectMachine(
  system: System,
  packageManagers: readonly PackageManager[],
  view: TreeView,
  sources: MachineSources = thisMachine,
): Promise<Machine> {
  return system.report.phase('inspect', 'Looking at the system', async (step) => {
    const unseen = unseenList();
    const running = system.isRunning ? sources.kernelRelease() : null;
    const kernels = await unseen.attempt<InstalledKernel[]>('kernels', [], () => installedKernels(view));
    const hasKernel = kernels.some(({ image }) => image !== null);
    const managers = await managersOf(packageManagers, view, unseen);
    step({ text: 'Looking at the network and the disks' });
    const [network, mounts] = await Promise.all([
      unseen.attempt('network', untoldNetwork, () => networkOf(sources, system.signal)),
      mountsOf(system, sources, unseen),
    ]);
    step({ text: 'Looking for pending updates' });
    const pendingUpdates = await pendingOf(managers, system, unseen);
    const machine: Machine = {
      root: display(system.root),
      distribution: await unseen.attempt('distribution', unknownDistribution, () => distributionOf(view)),
      architecture: await architecture(system, view, sources, unseen),
      runningKernel: running,
      newestKernel: running === null ? null : newestKernel(kernels, running),
      kernels: describeKernels(kernels, running),
      init: await unseen.attempt('init', null, () => initOf(system, view, sources)),
      mounts,
      power: await unseen.attempt('power', untoldPower, () => powerOf(sources)),
      network,
      bootLoader: await unseen.attempt('boot loader', 'unknown', () =>
        bootLoaderOf(system, view, sources, hasKernel),
      ),
      packageManagers: managers.map(({ name }) => name),
      pendingUpdates,
      rebootRequired: await unseen.attempt('pending reboot', null, () =>
        describeReboot(pendingReboot(view, kernels, running)),
      ),
      backends: backendsOf(system, sources),
      unseen: [...unseen.entries],
    };
    if (system.signal.aborted) throw new Fault('CANCELLED');
    return machine;
  });
}

async function managersOf(
  packageManagers: readonly PackageManager[],
  view: TreeView,
  unseen: Unseen,
): Promise<PackageManager[]> {
  const found: PackageManager[] = [];
  for (const manager of packageManagers) {
    if (await unseen.attempt(`packages of ${manager.name}`, false, () => manager.manages(view)))
      found.push(manager);
  }
  return found;
}

async function pendingOf(
  managers: readonly PackageManager[],
  system: System,
  unseen: Unseen,
): Promise<PendingUpdate[]> {
  if (managers.length === 0) unseen.note('pending updates', 'No supported package manager was found.');
  const lists = await Promise.all(
    managers.map((manager) =>
      unseen.attempt<readonly PendingUpdate[]>(`pending updates of ${manager.name}`, [], () =>
        manager.pending(system),
      ),
    ),
  );
  return lists.flat();
}

async function architecture(
  system: System,
  view: TreeView,
  sources: MachineSources,
  unseen: Unseen,
): Promise<string> {
  const found = await unseen.attempt('architecture', undefined, () => architectureOf(view));
  return found ?? (system.isRunning ? sources.hardware() : 'unknown');
}
