/** The usual records of the double: a Debian workstation with some history. Typed by the contract, so that they cannot drift from it. */
import type { AppState } from '../../shared/app.js';
import type { Changelog } from '../../shared/changelog.js';
import type { Review } from '../../shared/changeset.js';
import type { CheckReport } from '../../shared/check.js';
import type { History, RestorePoint, RolledBack } from '../../shared/history.js';
import type { LivepatchStatus } from '../../shared/livepatch.js';
import type { Machine } from '../../shared/machine.js';
import type { ModuleTrees } from '../../shared/modules.js';
import type { PackageChange, Plan } from '../../shared/plan.js';
import type { Preferences } from '../../shared/preferences.js';
import type { RunLog } from '../../shared/run.js';
import type { SystemSettings } from '../../shared/settings.js';
import type { Status } from '../../shared/status.js';

export const now = Date.now();
const minute = 60_000;
export const hours = 60 * minute;
export const days = 24 * hours;
export const ago = (milliseconds: number): string => new Date(now - milliseconds).toISOString();
const atHour = (day: number): string => {
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + day, 22, 0).toISOString();
};
/** Tomorrow rather than today: it is still to come at any hour in which somebody looks. */
export const tonight = atHour(1);
export const lastNight = atHour(-1);
export const mb = 1000 ** 2;
export const gb = 1000 ** 3;

export interface Records {
  readonly machine: Machine;
  readonly livepatch: LivepatchStatus;
  readonly modules: ModuleTrees;
  readonly history: History;
  readonly preview: RolledBack;
  readonly settings: SystemSettings;
  readonly preferences: Preferences;
  readonly plan: Plan;
  readonly review: Review;
  readonly changelog: Changelog;
  readonly check: CheckReport;
  readonly log: RunLog;
  readonly report: string;
}

const change = (
  name: string,
  from: string | null,
  to: string,
  more: Partial<PackageChange> = {},
): PackageChange => ({
  action: from === null ? 'install' : 'upgrade',
  name,
  architecture: 'amd64',
  from,
  to,
  downloadBytes: 1.4 * mb,
  installedBytes: 24_000,
  security: false,
  kernel: false,
  origin: 'Debian:12.9/stable',
  ...more,
});

export const packages: readonly PackageChange[] = [
  change('linux-image-6.1.0-56-amd64', null, '6.1.174-1', {
    kernel: true,
    security: true,
    downloadBytes: 69 * mb,
    installedBytes: 398 * mb,
    origin: 'Debian-Security:12/stable-security',
  }),
  change('openssl', '3.0.17-1~deb12u2', '3.0.17-1~deb12u3', {
    security: true,
    origin: 'Debian-Security:12/stable-security',
  }),
  change('libssl3', '3.0.17-1~deb12u2', '3.0.17-1~deb12u3', {
    security: true,
    downloadBytes: 2 * mb,
    origin: 'Debian-Security:12/stable-security',
  }),
  change('firefox-esr', '128.9.0esr-1~deb12u1', '128.10.0esr-1~deb12u1', { downloadBytes: 67 * mb }),
  change('libreoffice-writer', '4:7.4.7-1+deb12u6', '4:7.4.7-1+deb12u8', { downloadBytes: 12 * mb }),
  change('systemd', '252.36-1~deb12u1', '252.39-1~deb12u1', { downloadBytes: 3 * mb }),
  change('tzdata', '2025a-0+deb12u1', '2025b-0+deb12u2', { architecture: 'all', downloadBytes: 290_000 }),
  change('base-files', '12.4+deb12u9', '12.4+deb12u12', { downloadBytes: 71_000 }),
];

export const plan: Plan = {
  version: 1,
  id: 'plan-5b1f0c2e9a',
  scope: 'all',
  selected: [],
  created: ago(20 * minute),
  packageManager: 'apt',
  changes: [...packages],
  kept: [{ name: 'nvidia-driver', reason: 'It is held back by its administrator.' }],
  downloadBytes: packages.reduce((sum, { downloadBytes }) => sum + downloadBytes, 0),
  installedBytes: packages.reduce((sum, { installedBytes }) => sum + installedBytes, 0),
  services: ['ssh.service', 'systemd-journald.service', 'cups.service'],
  activation: {
    how: 'soft-reboot',
    reason: 'Services use libraries that change; the kernel that runs can stay.',
    interruptionSeconds: 20,
  },
  restorePoint: { holds: ['identity files', 'configuration', 'boot files', '/usr'], bytes: 610 * mb },
  needs: { download: 157 * mb, staging: 1.3 * gb, boot: 96 * mb },
  databaseDigest: 'sha256-7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a',
};

const restorePoint = (
  id: string,
  age: number,
  title: string,
  ownBytes: number,
  more: Partial<RestorePoint> = {},
): RestorePoint => ({
  id,
  created: ago(age),
  title,
  ownBytes,
  usable: true,
  problems: [],
  inUse: false,
  ...more,
});

export const restorePoints: readonly RestorePoint[] = [
  restorePoint('restore-c41', 3 * days, 'Before the update of 14 packages', 612 * mb),
  restorePoint('restore-b87', 16 * days, 'Before the update of 41 packages', 1.3 * gb),
  restorePoint('restore-a02', 44 * days, 'Before the update of 3 packages', 88 * mb, {
    usable: false,
    problems: ['The modules of its kernel 6.1.0-51-amd64 are no longer there.'],
  }),
];

const entry = (
  transaction: string,
  kind: History['entries'][number]['kind'],
  age: number,
  seconds: number | null,
  more: Partial<History['entries'][number]> = {},
): History['entries'][number] => ({
  transaction,
  kind,
  started: ago(age),
  ended: seconds === null ? null : ago(age - seconds * 1000),
  seconds,
  outcome: 'done',
  title: '',
  stage: null,
  restorePoint: null,
  packages: [],
  ...more,
});

export const history: History = {
  entries: [
    entry('tx-0121', 'activate', 3 * days, 21, {
      restorePoint: 'restore-c41',
      stage: 'stage-77e',
      packages: [...packages],
    }),
    entry('tx-0120', 'stage', 3 * days + 2 * hours, 64, { stage: 'stage-77e' }),
    entry('tx-0119', 'stage', 5 * days, 41, { outcome: 'failed' }),
    entry('tx-0118', 'rollback', 14 * days, 4, { restorePoint: 'restore-b99' }),
    entry('tx-0117', 'activate', 15 * days, 18, { outcome: 'rolled-back', restorePoint: 'restore-b99' }),
    entry('tx-0116', 'activate', 16 * days, 23, {
      restorePoint: 'restore-b87',
      packages: packages.slice(1, 6),
    }),
    entry('tx-0115', 'stage', 16 * days + hours, 118, { stage: 'stage-70a' }),
    entry('tx-0114', 'prune', 30 * days, 2),
    entry('tx-0113', 'activate', 44 * days, 9, { restorePoint: 'restore-a02', packages: packages.slice(5) }),
  ],
  restorePoints: [...restorePoints],
  staged: [],
  unseen: [],
};

export const status: Status = {
  helper: { version: '0.2.0', pid: 812, privileged: true, practice: false, started: ago(2 * hours) },
  run: null,
  last: {
    id: 'run-31',
    kind: 'activate',
    subject: 'stage-77e',
    started: ago(3 * days + minute),
    ended: ago(3 * days - minute),
    problem: null,
  },
  recovered: [],
  interrupted: null,
  plan: null,
  staged: null,
  latest: null,
  restartPending: false,
  heldBack: [],
  restorePoint: { id: 'restore-c41', created: ago(3 * days), title: 'Before the update of 14 packages' },
  restorePoints: { count: 3, ownBytes: 2 * gb },
  pending: { updates: 8, security: 3, counted: ago(50 * minute) },
  automatic: { lastAttempt: ago(3 * days), lastSuccess: ago(3 * days), failures: 0 },
  problem: null,
  unseen: [],
};

export const appState: AppState = {
  update: { state: 'idle', pending: 8, security: 3 },
  status,
  connection: { state: 'connected', problem: null },
  schedule: { reason: 'outside-hours', next: new Date(now + 14 * hours).toISOString() },
  practice: false,
  historyRebuilt: false,
  can: { tray: true, startAtLogin: true, notify: true, elevate: true },
};

export const machine: Machine = {
  root: '/',
  distribution: { id: 'debian', name: 'Debian GNU/Linux 12 (bookworm)', version: '12', family: 'debian' },
  architecture: 'amd64',
  runningKernel: '6.1.0-55-amd64',
  newestKernel: '6.1.0-56-amd64',
  kernels: [
    {
      release: '6.1.0-56-amd64',
      image: '/boot/vmlinuz-6.1.0-56-amd64',
      initramfs: '/boot/initrd.img-6.1.0-56-amd64',
      modules: true,
      running: false,
    },
    {
      release: '6.1.0-55-amd64',
      image: '/boot/vmlinuz-6.1.0-55-amd64',
      initramfs: '/boot/initrd.img-6.1.0-55-amd64',
      modules: true,
      running: true,
    },
    {
      release: '6.1.0-51-amd64',
      image: '/boot/vmlinuz-6.1.0-51-amd64',
      initramfs: null,
      modules: false,
      running: false,
    },
  ],
  init: 'systemd 252',
  mounts: [
    {
      mountPoint: '/',
      device: '/dev/nvme0n1p2',
      fileSystem: 'ext4',
      readOnly: false,
      totalBytes: 484 * gb,
      freeBytes: 211 * gb,
      freeInodes: 24_000_000,
    },
    {
      mountPoint: '/boot/efi',
      device: '/dev/nvme0n1p1',
      fileSystem: 'vfat',
      readOnly: false,
      totalBytes: 535 * mb,
      freeBytes: 521 * mb,
      freeInodes: null,
    },
  ],
  power: { onMains: true, batteryPercent: 93 },
  network: { connected: true, metered: false, source: 'NetworkManager' },
  bootLoader: 'grub',
  packageManagers: ['apt'],
  pendingUpdates: packages.map(
    ({ name, architecture, from, to, downloadBytes, installedBytes, security, kernel, origin }) => ({
      name,
      architecture,
      from,
      to: to ?? '',
      downloadBytes,
      installedBytes,
      security,
      kernel,
      origin,
    }),
  ),
  rebootRequired: { packages: ['linux-image-6.1.0-56-amd64'] },
  backends: [
    { name: 'tree', usable: true, reason: 'An overlay can be mounted over ext4, and /usr can be exchanged.' },
    { name: 'btrfs', usable: false, reason: 'The root file system is ext4.' },
    { name: 'zfs', usable: false, reason: 'The root file system is ext4.' },
  ],
  unseen: [],
};

/** A kernel that takes live patches and has none. */
export const livepatch: LivepatchStatus = {
  running: '6.1.0-55-amd64',
  supported: true,
  off: null,
  installOnReboot: true,
  upgradeOnReboot: false,
  active: [],
  heldBack: [],
  stalled: [],
  providers: [],
  unseen: [],
};

export const modules: ModuleTrees = {
  running: '6.1.0-55-amd64',
  complete: true,
  trees: [
    {
      release: '6.1.0-55-amd64',
      state: 'running',
      path: '/usr/lib/modules/6.1.0-55-amd64',
      package: 'linux-image-6.1.0-55-amd64',
      bootable: true,
      count: 4121,
      removal: null,
    },
    {
      release: '6.1.0-56-amd64',
      state: 'installed',
      path: '/usr/lib/modules/6.1.0-56-amd64',
      package: 'linux-image-6.1.0-56-amd64',
      bootable: true,
      count: 4123,
      removal: null,
    },
  ],
};

export const preview: RolledBack = {
  restorePoint: 'restore-c41',
  dryRun: true,
  seconds: 2,
  switchSeconds: 0,
  lost: {
    packages: ['gimp 2.10.34-1+deb12u3 (installed since)', 'inkscape 1.2.2-2+b1 (installed since)'],
    files: ['/etc/cups/printers.conf', '/etc/NetworkManager/system-connections/Office.nmconnection'],
  },
  kept: ['/etc/passwd', '/etc/shadow', '/etc/group', '/etc/ssh/sshd_config'],
  keptAside: '/var/lib/understudy/aside/restore-c41',
};

export const settings: SystemSettings = {
  version: 1,
  keepRestorePoints: 3,
  restorePointBytes: 10 * 1024 ** 3,
  batteryPercent: 30,
  rehearsalBoot: 'kernel',
  keepModulesDays: 28,
  installOnReboot: true,
  upgradeOnReboot: false,
  automatic: {
    enabled: true,
    fromHour: 9,
    toHour: 18,
    onlyOnMains: true,
    onlyUnmetered: true,
    onlyWhenIdle: true,
    scope: 'all',
    pausedUntil: null,
  },
};

export const preferences: Preferences = {
  version: 1,
  language: 'system',
  stayInTray: true,
  startAtLogin: false,
  notifications: true,
};

export const review: Review = {
  stage: 'stage-77e',
  plan,
  packages: [...packages],
  files: [
    {
      path: '/usr/lib/x86_64-linux-gnu/libssl.so.3',
      kind: 'changed',
      type: 'file',
      area: 'programs',
      bytes: 668_000,
    },
    { path: '/etc/ssl/openssl.cnf', kind: 'changed', type: 'file', area: 'configuration', bytes: 12_400 },
    { path: '/boot/vmlinuz-6.1.0-56-amd64', kind: 'added', type: 'file', area: 'boot', bytes: 8_200_000 },
    { path: '/usr/share/zoneinfo/Asia/Calcutta', kind: 'removed', type: 'link', area: 'programs', bytes: 0 },
  ],
  totals: [
    { area: 'programs', added: 4210, changed: 1822, removed: 96, bytes: 741 * mb },
    { area: 'configuration', added: 2, changed: 5, removed: 0, bytes: 48_000 },
    { area: 'boot', added: 3, changed: 0, removed: 0, bytes: 61 * mb },
    { area: 'package database', added: 18, changed: 44, removed: 9, bytes: 9 * mb },
  ],
  conflicts: [],
  services: [
    { unit: 'ssh.service', process: 'sshd', pid: 811, files: ['/usr/lib/x86_64-linux-gnu/libcrypto.so.3'] },
    { unit: null, process: 'firefox-esr', pid: 4102, files: ['/usr/lib/firefox-esr/libxul.so'] },
  ],
  proofs: [
    { id: 'packages', result: 'pass', sentence: 'The package database is consistent.', details: [] },
    { id: 'libraries', result: 'pass', sentence: 'Every program finds its libraries.', details: [] },
    {
      id: 'kernels',
      result: 'pass',
      sentence: 'The new kernel has its modules and its start-up image.',
      details: [],
    },
    {
      id: 'boot',
      result: 'skipped',
      sentence: 'It was not booted in a virtual machine.',
      details: ['QEMU is not installed.'],
    },
  ],
  ready: true,
};

export const changelog: Changelog = {
  package: 'openssl',
  from: '3.0.17-1~deb12u2',
  to: '3.0.17-1~deb12u3',
  source: 'staged',
  text: [
    'openssl (3.0.17-1~deb12u3) bookworm-security; urgency=medium',
    '',
    '  * A message that was made up could make the program read beyond the end of',
    '    its memory while a key was being unwrapped.',
    '  * A connection that is closed early no longer keeps its buffers.',
    '',
    ' -- A Maintainer <maintainer@example.org>  Thu, 29 Oct 2026 18:02:11 +0100',
  ].join('\n'),
  cut: false,
};

export const check: CheckReport = {
  result: 'warn',
  checks: [
    {
      id: 'room',
      title: 'Room on the disk',
      result: 'pass',
      sentence: 'There is enough room.',
      measured: '211 GB free, 1.3 GB needed on /',
      remedy: null,
    },
    {
      id: 'power',
      title: 'Power',
      result: 'pass',
      sentence: 'The computer runs on mains power.',
      measured: 'mains, battery 93 %',
      remedy: null,
    },
    {
      id: 'pending-reboot',
      title: 'Pending restart',
      result: 'warn',
      sentence: 'An earlier update still waits for a restart.',
      measured: 'linux-image-6.1.0-56-amd64',
      remedy: 'Restart before the update, or go on: the update then brings both.',
    },
  ],
};

export const log: RunLog = {
  run: 'run-31',
  lines: [
    'Reading package lists...',
    'Building dependency tree...',
    'Unpacking libssl3:amd64 (3.0.17-1~deb12u3) over (3.0.17-1~deb12u2) ...',
    'Setting up libssl3:amd64 (3.0.17-1~deb12u3) ...',
    'Setting up openssl (3.0.17-1~deb12u3) ...',
    'Processing triggers for man-db (2.11.2-2) ...',
    'Processing triggers for libc-bin (2.36-9+deb12u10) ...',
  ],
  dropped: 0,
};

export const report = [
  'Understudy 0.2.0, helper 0.2.0',
  'Debian GNU/Linux 12 (bookworm), amd64, kernel 6.1.0-55-amd64, systemd 252',
  'State: idle. Last run: stage, succeeded.',
  'Clones: tree usable; btrfs, zfs not usable.',
].join('\n');

export const usual: Records = {
  machine,
  livepatch,
  modules,
  history,
  preview,
  settings,
  preferences,
  plan,
  review,
  changelog,
  check,
  log,
  report,
};
