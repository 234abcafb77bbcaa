/** Makes a plan out of what the package manager would do: sizes, services, the activation and what it costs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type { Activation, PackageChange, Plan } from '../../shared/plan.js';
import type { Engine } from './engine.js';
import { expectedSeconds } from './interruption/measured.js';
import type { Resolution, Selection } from './packages/package-manager.js';
import { bytes, join, nameOf, type RawPath } from './posix/raw-path.js';
import { statusOf } from './environments/tree/overlay-view.js';
import { kexecObstacle } from './restart/load-kernel.js';
import { softRebootObstacle } from './restart/next-root.js';
import { machineOf } from './system.js';

/** Added to every estimate of a rehearsal: logs, caches, the package database. Bytes. */
const overhead = 64 * 1024 ** 2;
/** Assumed for a kernel with its initramfs where none is there to be measured. Bytes. */
const usualKernel = 120 * 1024 ** 2;

export function makePlan(engine: Engine, selection: Selection, resolution: Resolution): Plan {
  const { system, packages, current } = engine;
  const changes = [...resolution.changes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const replaced = replacedBy(engine, changes);
  const kernel = changes.some((change) => change.kernel && change.action !== 'remove');
  const boot = kernel ? kernelBytes(system.root) : 0;
  const downloadBytes = sum(changes.map((change) => change.downloadBytes));
  const installedBytes = sum(changes.map((change) => change.installedBytes));
  const content = {
    version: 1 as const,
    scope: selection.scope,
    selected: [...selection.selected].sort(),
    packageManager: packages.name,
    changes,
    kept: [...resolution.kept],
    downloadBytes,
    installedBytes,
    services: replaced.services,
    activation: activationFor(engine, { kernel, services: replaced.services, changes }),
    restorePoint: {
      holds: [
        'the old programs and libraries (/usr)',
        'the old configuration (/etc)',
        'the old package database',
        ...(kernel ? ['the old kernel'] : []),
      ],
      bytes: replaced.bytes,
    },
    needs: {
      download: downloadBytes,
      // What is unpacked stands beside what it replaces; dpkg keeps both for a moment, and an initramfs is built.
      staging: Math.max(0, replaced.bytes + installedBytes) + 2 * boot + overhead,
      boot,
    },
    databaseDigest: packages.databaseDigest(current),
  };
  const id = `plan-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)}`;
  return { ...content, id, created: new Date().toISOString() };
}

/** What the files weigh that the changes replace or remove, and the units among them. */
function replacedBy(
  engine: Engine,
  changes: readonly PackageChange[],
): { bytes: number; services: string[] } {
  let total = 0;
  const services = new Set<string>();
  for (const change of changes) {
    if (change.action === 'install') continue;
    for (const path of engine.packages.filesOf(engine.current, change.name, change.architecture)) {
      const status = statusOf(join(engine.system.root, path));
      if (status?.isFile()) total += status.blocks * 512;
      if (/^(usr\/)?lib\/systemd\/system\/[^/]+\.service$/.test(path)) services.add(nameOf(path));
    }
  }
  return { bytes: total, services: [...services].sort() };
}

/** Packages whose update reaches every running program. */
const everywhere =
  /^(libc6|glibc|systemd|libsystemd0|udev|dbus|libssl\d.*|openssl|dbus-broker|linux-firmware)$/;

/** Seconds that such a switch usually takes, until it was measured here. */
const usualSeconds: Readonly<Record<Activation, number>> = {
  live: 0,
  'soft-reboot': 15,
  kexec: 25,
  reboot: 45,
  shutdown: 60,
};

/** The least that suffices. */
function activationFor(
  engine: Engine,
  {
    kernel,
    services,
    changes,
  }: { kernel: boolean; services: readonly string[]; changes: readonly PackageChange[] },
): Plan['activation'] {
  const { system, environment } = engine;
  const answer = (how: Activation, reason: string) => ({
    how,
    reason,
    interruptionSeconds: expectedSeconds(system, how) ?? usualSeconds[how],
  });
  if (!environment.support(system).exchange)
    return answer(
      'shutdown',
      'Here /usr cannot be exchanged in one step, so the switch is made at shutdown.',
    );
  if (!system.isRunning) return answer('live', 'Nothing runs from this tree, so the switch disturbs nobody.');
  if (kernel) {
    const obstacle = kexecObstacle(machineOf(system));
    return obstacle === undefined
      ? answer('kexec', 'A new kernel is started directly, without going through the firmware.')
      : answer('reboot', `A new kernel runs only after a restart. ${obstacle}`);
  }
  const why = whyRestart(engine, services, changes);
  if (why === undefined) {
    const those = services.length > 0 ? ` ${services.join(', ')} should be restarted afterwards.` : '';
    return answer('live', `No kernel and no library that every program uses.${those}`);
  }
  const obstacle = modulesGo(engine, changes)
    ? 'The update removes the modules of the kernel that runs.'
    : softRebootObstacle(engine, engine.current);
  return obstacle === undefined
    ? answer('soft-reboot', `${why}: user space is started anew, the kernel stays.`)
    : answer('reboot', `${why}. ${obstacle}`);
}

/** Why user space has to start anew, without a full stop; `undefined` where it can go on. */
function whyRestart(
  { environment }: Engine,
  services: readonly string[],
  changes: readonly PackageChange[],
): string | undefined {
  if (environment.takesEffect === 'at-start') return 'The new system is a root of its own';
  const reaching = changes.find((change) => everywhere.test(change.name));
  if (reaching) return `${reaching.name} is used by almost every program`;
  return services.length > 3 ? `${services.length} services are updated` : undefined;
}

/** Whether the kernel that runs would have nothing left to load. */
function modulesGo({ system, packages, current }: Engine, changes: readonly PackageChange[]): boolean {
  const modules = `lib/modules/${machineOf(system).kernelRelease()}/`;
  return changes
    .filter(({ kernel, action }) => kernel && action === 'remove')
    .some(({ name, architecture }) =>
      packages
        .filesOf(current, name, architecture)
        .some((path) => path.replace(/^usr\//, '').startsWith(modules)),
    );
}

/** The biggest kernel in /boot with its initramfs, which the next one will resemble. */
function kernelBytes(root: RawPath): number {
  const boot = join(root, 'boot');
  if (!existsSync(bytes(boot))) return usualKernel;
  const sizes = { image: 0, initramfs: 0 };
  for (const name of readdirSync(bytes(boot), { encoding: 'latin1' })) {
    const size = statusOf(join(boot, name))?.size ?? 0;
    if (name.startsWith('vmlinuz')) sizes.image = Math.max(sizes.image, size);
    if (/^(initrd|initramfs)/.test(name)) sizes.initramfs = Math.max(sizes.initramfs, size);
  }
  return sizes.image === 0 ? usualKernel : sizes.image + sizes.initramfs + 16 * 1024 ** 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
