/** The records of a large update, made by rule so that they are the same every time: 2,000 packages, 100,000 files. */
import type { FileChange, Review } from '../../../shared/changeset.js';
import type { CheckReport } from '../../../shared/check.js';
import type { HistoryEntry, RolledBack } from '../../../shared/history.js';
import type { Machine, PendingUpdate } from '../../../shared/machine.js';
import type { PackageChange, Plan } from '../../../shared/plan.js';

export const packageCount = 2_000;
export const fileCount = 100_000;

const stems = ['python3', 'gnome', 'libreoffice', 'texlive', 'golang', 'ruby', 'php8.2', 'qt6', 'kde'];

export const updates: readonly PendingUpdate[] = Array.from({ length: packageCount }, (_, index) => ({
  name: `${stems[index % stems.length] ?? ''}-component-${index}`,
  architecture: 'amd64',
  from: `1.${index % 40}.${index % 7}-1`,
  to: `1.${index % 40}.${(index % 7) + 1}-1~deb12u1`,
  downloadBytes: 40_000 + ((index * 7919) % 900) * 4_000,
  installedBytes: 24_000,
  security: index % 17 === 0,
  kernel: index % 251 === 250,
  origin: 'Debian:12/stable',
}));

const changes: readonly PackageChange[] = updates.map((update) => ({ action: 'upgrade', ...update }));

export const machine: Machine = {
  root: '/',
  distribution: { id: 'debian', name: 'Debian GNU/Linux 12 (bookworm)', version: '12', family: 'debian' },
  architecture: 'amd64',
  runningKernel: '6.1.0-55-amd64',
  newestKernel: '6.1.0-56-amd64',
  kernels: [],
  init: 'systemd 252',
  mounts: [
    {
      mountPoint: '/',
      device: '/dev/nvme0n1p2',
      fileSystem: 'ext4',
      readOnly: false,
      totalBytes: 484e9,
      freeBytes: 211e9,
      freeInodes: 24_000_000,
    },
  ],
  power: { onMains: true, batteryPercent: 93 },
  network: { connected: true, metered: false, source: 'NetworkManager' },
  bootLoader: 'grub',
  packageManagers: ['apt'],
  pendingUpdates: [...updates],
  rebootRequired: null,
  backends: [{ name: 'tree', usable: true, reason: 'An overlay can be mounted over ext4.' }],
  unseen: [],
};

/** `number`: every update has a plan, a stage and a restore point of its own. */
export function planOf(number: number): Plan {
  return {
    version: 1,
    id: `plan-${pad(number)}`,
    scope: 'all',
    selected: [],
    created: new Date().toISOString(),
    packageManager: 'apt',
    changes: [...changes],
    kept: [],
    downloadBytes: changes.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0),
    installedBytes: changes.reduce((sum, { installedBytes }) => sum + installedBytes, 0),
    services: ['ssh.service', 'cups.service'],
    activation: { how: 'live', reason: 'Nothing needs a restart.', interruptionSeconds: 0 },
    restorePoint: { holds: ['configuration', '/usr'], bytes: 610e6 },
    needs: { download: 157e6, staging: 1.3e9, boot: 0 },
    databaseDigest: `sha256-${'0'.repeat(64)}`,
  };
}

const files: readonly FileChange[] = Array.from({ length: fileCount }, (_, index) => {
  const isConfiguration = index % 97 === 0;
  return {
    path: isConfiguration
      ? `/etc/component-${index % 300}/part-${index}.conf`
      : `/usr/lib/x86_64-linux-gnu/component-${index % 400}/module-${index}.so`,
    kind: index % 11 === 0 ? 'added' : index % 29 === 0 ? 'removed' : 'changed',
    type: index % 13 === 0 ? 'link' : 'file',
    area: isConfiguration ? 'configuration' : 'programs',
    bytes: index % 13 === 0 ? 0 : 900 + ((index * 104_729) % 400_000),
  };
});

const totals = (['programs', 'configuration'] as const).map((area) => {
  const own = files.filter((file) => file.area === area);
  const count = (kind: FileChange['kind']): number => own.filter((file) => file.kind === kind).length;
  return {
    area,
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  };
});

export function reviewOf(number: number): Review {
  return {
    stage: `stage-${pad(number)}`,
    plan: planOf(number),
    packages: [...changes],
    files: [...files],
    totals,
    conflicts: [],
    services: [{ unit: 'ssh.service', process: 'sshd', pid: 712, files: ['/usr/sbin/sshd'] }],
    proofs: [{ id: 'packages', result: 'pass', sentence: 'The package database is in order.', details: [] }],
    ready: true,
  };
}

export const fine: CheckReport = {
  result: 'pass',
  checks: ['open-transaction', 'lock-held', 'room', 'package-database', 'archive', 'clock', 'power'].map(
    (id) => ({ id, title: id, result: 'pass', sentence: '', measured: 'in order', remedy: null }),
  ),
};

export function previewOf(number: number): RolledBack {
  return {
    restorePoint: `point-${pad(number)}`,
    dryRun: true,
    seconds: 2,
    switchSeconds: 0,
    lost: { packages: ['gimp (installed since)'], files: ['/etc/cups/printers.conf'] },
    kept: ['/etc/passwd', '/etc/shadow'],
    keptAside: null,
  };
}

export function entryOf(number: number, kind: 'activate' | 'rollback'): HistoryEntry {
  const now = new Date().toISOString();
  return {
    transaction: `${kind}-${pad(number)}`,
    kind,
    started: now,
    ended: now,
    seconds: 4,
    outcome: 'done',
    title: '',
    stage: `stage-${pad(number)}`,
    restorePoint: `point-${pad(number)}`,
    packages: kind === 'activate' ? [...changes] : [],
  };
}

export const pad = (number: number): string => String(number).padStart(4, '0');
