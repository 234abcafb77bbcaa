/** Contract values with something of everything, for tests of what the command line makes of them. */
import type { Changelog } from '../../../shared/changelog.js';
import type { Conflict, Review } from '../../../shared/changeset.js';
import type { CheckReport } from '../../../shared/check.js';
import type { LivepatchList, LivepatchStatus } from '../../../shared/livepatch.js';
import type { ModulesCleaned, ModuleTrees } from '../../../shared/modules.js';
import type { Destroyed, Environments } from '../../../shared/environments.js';
import type {
  Activated,
  ArrivalNote,
  Examined,
  History,
  Pruned,
  Recovered,
  RolledBack,
  Staged,
} from '../../../shared/history.js';
import type { Machine } from '../../../shared/machine.js';
import type { Merged } from '../../../shared/merge.js';
import type { PackageChange, Plan } from '../../../shared/plan.js';
import type { PracticeResult } from '../../../shared/practice.js';

export const change = (part: Partial<PackageChange>): PackageChange => ({
  action: 'upgrade',
  name: 'curl',
  architecture: 'amd64',
  from: '7.88.1-10',
  to: '7.88.1-10+deb12u5',
  downloadBytes: 315_000,
  installedBytes: 4096,
  security: false,
  kernel: false,
  origin: 'Debian:12/oldstable',
  ...part,
});

export const plan: Plan = {
  version: 1,
  id: 'plan-0123456789abcdef',
  scope: 'all',
  selected: [],
  created: '2026-11-20T11:00:00.000Z',
  packageManager: 'apt',
  changes: [
    change({}),
    change({ name: 'openssl', security: true }),
    change({
      action: 'install',
      name: 'linux-image-6.1.0-56-amd64',
      from: null,
      to: '6.1.170-1',
      kernel: true,
      downloadBytes: 69_000_000,
      installedBytes: 400_000_000,
    }),
    change({
      action: 'remove',
      name: 'exim4',
      from: '4.96-15',
      to: null,
      downloadBytes: 0,
      installedBytes: -2_000_000,
    }),
    change({ action: 'downgrade', name: 'zlib1g', from: '1:1.3-1', to: '1:1.2.13-1' }),
  ],
  kept: [{ name: 'firefox-esr', reason: 'it is held' }],
  downloadBytes: 70_000_000,
  installedBytes: 398_000_000,
  services: ['ssh.service'],
  activation: { how: 'reboot', reason: 'A new kernel runs only after a restart.', interruptionSeconds: 45 },
  restorePoint: { holds: ['the old programs', 'the old kernel'], bytes: 150_000_000 },
  needs: { download: 70_000_000, staging: 600_000_000, boot: 90_000_000 },
  databaseDigest: 'ab'.repeat(32),
};

export const machine: Machine = {
  root: '/',
  distribution: { id: 'debian', name: 'Debian GNU/Linux', version: '12', family: 'debian' },
  architecture: 'amd64',
  runningKernel: '6.1.0-49-amd64',
  newestKernel: '6.1.0-49-amd64',
  kernels: [
    {
      release: '6.1.0-49-amd64',
      image: '/boot/vmlinuz-6.1.0-49-amd64',
      initramfs: '/boot/initrd.img-6.1.0-49-amd64',
      modules: true,
      running: true,
    },
    {
      release: '6.1.0-40-amd64',
      image: '/boot/vmlinuz-6.1.0-40-amd64',
      initramfs: null,
      modules: false,
      running: false,
    },
  ],
  init: 'systemd',
  mounts: [
    {
      mountPoint: '/',
      device: '/dev/vda1',
      fileSystem: 'ext4',
      readOnly: false,
      totalBytes: 50e9,
      freeBytes: 12.4e9,
      freeInodes: 3_000_000,
    },
    {
      mountPoint: '/media/cd',
      device: '/dev/sr0',
      fileSystem: 'iso9660',
      readOnly: true,
      totalBytes: 7e8,
      freeBytes: 0,
      freeInodes: null,
    },
  ],
  power: { onMains: false, batteryPercent: 41.5 },
  network: { connected: true, metered: true, source: 'NetworkManager' },
  bootLoader: 'grub',
  packageManagers: ['apt'],
  pendingUpdates: [
    {
      name: 'openssl',
      architecture: 'amd64',
      from: '3.0.15',
      to: '3.0.17',
      downloadBytes: 1_400_000,
      installedBytes: 0,
      security: true,
      kernel: false,
      origin: 'Debian-Security:12/oldstable-security',
    },
  ],
  rebootRequired: { packages: ['linux-image-amd64'] },
  backends: [
    { name: 'tree', usable: true, reason: 'ext4 can lie below an overlay.' },
    { name: 'btrfs', usable: false, reason: 'The root file system is ext4.' },
  ],
  unseen: [{ what: 'the lock of apt', why: 'only root may look' }],
};

export const report: CheckReport = {
  result: 'block',
  checks: [
    {
      id: 'room-root',
      title: 'Room on /',
      result: 'pass',
      sentence: 'There is room.',
      measured: '12.4 GB free',
      remedy: null,
    },
    {
      id: 'metered',
      title: 'Network',
      result: 'warn',
      sentence: 'The network is metered.',
      measured: 'metered',
      remedy: 'Use another network.',
    },
    {
      id: 'power',
      title: 'Power',
      result: 'block',
      sentence: 'The battery is low.',
      measured: '12 %',
      remedy: 'Plug it in.',
    },
  ],
};

export const staged: Staged = {
  stage: 'stage-aaaa1111',
  plan: plan.id,
  seconds: 59.2,
  bytes: 831_000_000,
  entries: 10_117,
  ready: true,
};

export const conflict: Conflict = {
  id: 'conflict-0123456789abcdef',
  path: 'etc/ssh/sshd_config',
  package: 'openssh-server',
  beside: 'etc/ssh/sshd_config.dpkg-dist',
  kept: 'mine',
  decided: false,
  mine: 'Port 22\nPermitRootLogin no\nUseDNS no\n',
  theirs: 'Port 22\nPermitRootLogin prohibit-password\nUseDNS no\n',
};

export const review: Review = {
  stage: staged.stage,
  plan,
  packages: plan.changes,
  files: [
    { path: '/etc/curlrc', kind: 'changed', type: 'file', area: 'configuration', bytes: 312 },
    { path: '/etc/exim4/exim4.conf', kind: 'removed', type: 'file', area: 'configuration', bytes: 0 },
    { path: '/usr/bin/curl', kind: 'changed', type: 'file', area: 'programs', bytes: 280_000 },
  ],
  totals: [
    { area: 'programs', added: 4200, changed: 310, removed: 12, bytes: 500_000_000 },
    { area: 'configuration', added: 0, changed: 1, removed: 1, bytes: 312 },
  ],
  conflicts: [conflict],
  services: [
    { unit: 'ssh.service', process: 'sshd', pid: 812, files: ['/usr/lib/x86_64-linux-gnu/libcrypto.so.3'] },
  ],
  proofs: [
    { id: 'database', result: 'pass', sentence: 'The package database is consistent.', details: [] },
    { id: 'units', result: 'skipped', sentence: 'systemd-analyze is not there.', details: [] },
    {
      id: 'libraries',
      result: 'fail',
      sentence: 'A program misses a library.',
      details: ['/usr/bin/x needs libx.so.1'],
    },
    { id: 'initramfs', result: 'warn', sentence: 'The initramfs is old.', details: [] },
  ],
  ready: true,
};

export const activated: Activated = {
  stage: staged.stage,
  restorePoint: 'restore-bbbb2222',
  how: 'live',
  seconds: 1.9,
  scheduled: false,
  at: null,
  switchSeconds: 0.04,
  carried: ['/etc/hosts'],
  restart: ['ssh.service'],
  remarks: ['One file was busy.'],
};

export const rolledBack: RolledBack = {
  restorePoint: 'restore-bbbb2222',
  dryRun: true,
  seconds: 0.2,
  switchSeconds: 0.01,
  lost: { packages: ['htop 3.2.2'], files: ['/etc/motd'] },
  kept: ['/usr/local/bin/mine'],
  keptAside: '/var/lib/understudy/aside/1',
};

export const arrival: ArrivalNote = {
  folder: '/var/lib/understudy/kept/point-1',
  files: ['/etc/motd'],
  problems: ['passwd: anna could log in before, and could not any more.'],
};

export const recovered: Recovered = {
  transactions: [
    {
      transaction: 'tx-cccc3333',
      kind: 'activate',
      outcome: 'rolled-back',
      sentence: 'The switch had not begun; it was taken back.',
    },
  ],
  cleaned: ['a mount of a killed rehearsal'],
};

export const moduleTrees: ModuleTrees = {
  running: '6.1.0-43-amd64',
  complete: true,
  trees: [
    {
      release: '6.1.0-43-amd64',
      state: 'running',
      path: '/usr/lib/modules/6.1.0-43-amd64',
      package: null,
      bootable: false,
      count: 4012,
      removal: null,
    },
    {
      release: '6.1.0-44-amd64',
      state: 'installed',
      path: '/usr/lib/modules/6.1.0-44-amd64',
      package: 'linux-image-6.1.0-44-amd64',
      bootable: true,
      count: 4013,
      removal: null,
    },
    {
      release: '6.1.0-40-amd64',
      state: 'old',
      path: '/usr/lib/modules/.understudy/old/6.1.0-40-amd64',
      package: null,
      bootable: false,
      count: 1,
      removal: '2026-12-24T08:00:00.000Z',
    },
  ],
};

export const modulesCleaned: ModulesCleaned = {
  aside: ['6.1.0-42-amd64'],
  removed: ['6.1.0-39-amd64'],
  held: null,
  dryRun: false,
};

export const livepatchStatus: LivepatchStatus = {
  running: '6.1.0-43-amd64',
  supported: true,
  off: null,
  installOnReboot: true,
  upgradeOnReboot: false,
  active: [
    {
      name: 'fix_net',
      source: 'understudy',
      state: 'enabled',
      objects: ['vmlinux', 'nf_tables'],
      fixes: 'CVE-2026-1234',
      returns: true,
      why: 'loaded-again',
    },
    {
      name: 'kpatch_fs',
      source: 'kpatch',
      state: 'enabling',
      objects: ['ext4'],
      fixes: null,
      returns: false,
      why: 'provider-off',
    },
  ],
  heldBack: [{ release: '6.1.0-43-amd64', name: 'fix_usb', since: '2026-11-20T08:00:00.000Z' }],
  stalled: ['412 kworker/0:1'],
  providers: ['kpatch'],
  unseen: [],
};

export const livepatches: LivepatchList = {
  running: '6.1.0-43-amd64',
  patches: [
    {
      release: '6.1.0-43-amd64',
      name: 'fix_net',
      state: 'active',
      fixes: 'CVE-2026-1234',
      kind: 'replaces',
      returns: true,
      added: '2026-11-19T08:00:00.000Z',
      signed: true,
      signedBy: 'vendor',
    },
    {
      release: '6.1.0-44-amd64',
      name: 'fix_usb',
      state: 'held-back',
      fixes: null,
      kind: 'stacks',
      returns: false,
      added: '2026-11-19T08:00:00.000Z',
      signed: false,
      signedBy: null,
    },
    {
      release: '6.1.0-44-amd64',
      name: 'torn',
      state: 'damaged',
      fixes: null,
      kind: null,
      returns: false,
      added: null,
      signed: false,
      signedBy: null,
    },
  ],
};

export const environments: Environments = {
  backend: 'btrfs',
  environments: [
    {
      id: 'current',
      state: 'current',
      title: 'What runs',
      created: null,
      bytes: null,
      usable: true,
      problems: [],
      mountedAt: [],
    },
    {
      id: 'stage-aaaa1111',
      state: 'staged',
      title: 'With 5 packages updated',
      created: '2026-11-21T10:00:00Z',
      bytes: null,
      usable: false,
      problems: ['A program does not find its library.'],
      mountedAt: ['/mnt/look'],
    },
    {
      id: 'restore-bbbb2222',
      state: 'previous',
      title: 'Vor dem Drucker – 打印机',
      created: '2026-11-20T10:00:00Z',
      bytes: 150_000_000,
      usable: true,
      problems: [],
      mountedAt: [],
    },
  ],
  foreign: [
    {
      id: 'snapper-12',
      tool: 'snapper',
      name: '12',
      created: '2026-11-19T10:00:00Z',
      title: 'zypp(zypper)',
      place: '@/.snapshots/12/snapshot',
    },
  ],
  unseen: [],
};

export const destroyed: Destroyed = {
  id: 'restore-bbbb2222',
  title: 'Before 5 packages',
  dryRun: false,
  freedBytes: 150_000_000,
};

export const examined: Examined = {
  restorePoint: 'restore-1',
  healthy: false,
  findings: ['broken.service failed, and had not before the update.'],
  restarting: true,
};

export const pruned: Pruned = {
  removed: ['restore-old1'],
  kept: ['restore-bbbb2222'],
  freedBytes: 150_000_000,
};

export const history: History = {
  entries: [
    {
      transaction: 'tx-1111',
      kind: 'stage',
      started: '2026-11-19T10:00:00Z',
      ended: '2026-11-19T10:01:00Z',
      seconds: 60,
      outcome: 'done',
      title: 'Staged 5 packages',
      stage: staged.stage,
      restorePoint: null,
      packages: [],
    },
    {
      transaction: 'tx-2222',
      kind: 'activate',
      started: '2026-11-20T10:00:00Z',
      ended: null,
      seconds: null,
      outcome: 'open',
      title: 'Switching',
      stage: staged.stage,
      restorePoint: null,
      packages: [],
    },
  ],
  restorePoints: [
    {
      id: 'restore-bbbb2222',
      created: '2026-11-20T10:00:00Z',
      title: 'Before 5 packages',
      ownBytes: 150_000_000,
      usable: true,
      problems: [],
      inUse: false,
    },
    {
      id: 'restore-old1',
      created: '2026-11-01T10:00:00Z',
      title: 'Before 2 packages',
      ownBytes: 50_000_000,
      usable: false,
      problems: ['The modules of its kernel are missing.'],
      inUse: false,
    },
  ],
  staged: [{ id: staged.stage, plan: plan.id, created: '2026-11-19T10:01:00Z', verified: true }],
  unseen: [],
};

export const practised: PracticeResult = {
  root: '/var/cache/practice',
  kept: false,
  updates: 'built',
  steps: [
    { name: 'check', seconds: 0.4, sentence: 'Everything is ready.' },
    { name: 'stage', seconds: 12.3, sentence: 'Seven packages were rehearsed.' },
  ],
  proved: [
    'After the switch the system is exactly the new one.',
    'After the rollback it is exactly the old one.',
  ],
};

export const merged: Merged = {
  out: '/tmp/out',
  counts: { same: 12, mine: 1, theirs: 2, merged: 1, conflict: 2 },
  paths: [
    {
      path: 'etc/issue',
      outcome: 'merged',
      reason: null,
      details: [],
      beside: null,
      base: null,
      mine: null,
      theirs: null,
    },
    {
      path: 'etc/motd',
      outcome: 'conflict',
      reason: 'content',
      details: [],
      beside: 'etc/motd.dpkg-dist',
      base: 'a\n',
      mine: 'b\n',
      theirs: 'c\n',
    },
    {
      path: 'etc/passwd',
      outcome: 'conflict',
      reason: 'accounts',
      details: ['passwd: 999 would have the number of another (a, b).'],
      beside: 'etc/passwd.dpkg-dist',
      base: null,
      mine: null,
      theirs: null,
    },
  ],
};

export const changelog: Changelog = {
  package: 'openssl',
  from: '3.0.17-1~deb12u2',
  to: '3.0.17-1~deb12u3',
  source: 'staged',
  text: 'openssl (3.0.17-1~deb12u3) bookworm-security; urgency=medium\n\n  * Fix a read beyond the end.\n\n -- A Maker <maker@example.org>  Thu, 01 Jan 2026 00:00:00 +0000',
  cut: false,
};
