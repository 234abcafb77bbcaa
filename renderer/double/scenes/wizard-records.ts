/** Records for the wizard's scenes: long lists, all readiness checks, conflicts. Made by rule, so that they are the same every time. */
import type { Conflict, FileChange, Review } from '../../../shared/changeset.js';
import type { CheckReport, CheckResult } from '../../../shared/check.js';
import type { Machine, PendingUpdate } from '../../../shared/machine.js';
import { gb, machine, mb, review } from '../records.js';

const check = (
  id: string,
  measured: string,
  result: CheckResult['result'] = 'pass',
  sentence = '',
  remedy: string | null = null,
): CheckResult => ({ id, title: id, result, sentence, measured, remedy });

export const fineChecks: readonly CheckResult[] = [
  check('open-transaction', 'none open'),
  check('lock-held', 'no lock held'),
  check('root-file-system', 'ext4, clean'),
  check('overlay-support', 'clone and exchange possible'),
  check('room', '211 GB free, 1.3 GB needed on /; 1 GB are kept free'),
  check('boot-room', '612 MB free, 96 MB needed on /boot'),
  check('package-database', '2214 packages, 0 incomplete'),
  check('interrupted-packages', 'not interrupted'),
  check('broken-packages', 'plan plan-5b1f0c2e9a'),
  check('held-packages', '0 held'),
  check('archive', 'fetched 2026-11-20 18:12'),
  check('clock', '2026-11-20 18:30'),
  check('power', 'mains, 93 % charge'),
  check('metered', 'not metered, 157 MB to download'),
  check('pending-reboot', '6.1.0-55-amd64'),
  check('virtual-machine', 'QEMU with KVM, 2048 MiB of memory'),
];

export function reportWith(...others: readonly CheckResult[]): CheckReport {
  const checks = fineChecks.map((fine) => others.find(({ id }) => id === fine.id) ?? fine);
  const has = (result: CheckResult['result']): boolean => others.some((other) => other.result === result);
  return {
    result: has('block') ? 'block' : has('warn') ? 'warn' : 'pass',
    checks: [...checks, ...others.filter(({ id }) => !fineChecks.some((fine) => fine.id === id))],
  };
}

export const held = check(
  'held-packages',
  '1 package held, 1 kept back',
  'warn',
  'Held by you: nvidia-driver. Kept back: libreoffice-core (needs a new package).',
);
export const onBattery = check('power', 'battery, 61 % charge', 'warn', 'The machine runs on battery.');
export const noRoom = check(
  'room',
  '0.4 GB free, 1.3 GB needed on /; 1 GB are kept free',
  'block',
  'There is not enough room: missing are 1.9 GB on /.',
  'Free some space, or remove old restore points with "understudy prune".',
);
export const locked = check(
  'lock-held',
  '/var/lib/dpkg/lock-frontend is locked by apt-get (process 4711): apt-get dist-upgrade',
  'block',
  'Another package tool is working on this system.',
);
/** As a newer helper might send it. */
export const unheardOf: CheckResult = {
  id: 'moon-phase',
  title: 'Phase of the moon',
  result: 'warn',
  sentence: 'The moon is waning.',
  measured: '12 % lit',
  remedy: 'Wait for a better one.',
};

const stems = [
  'python3',
  'gnome',
  'libreoffice',
  'texlive',
  'golang',
  'ruby',
  'php8.2',
  'linux',
  'qt6',
  'kde',
];

export function manyUpdates(count: number): Machine {
  const pendingUpdates = Array.from({ length: count }, (_, index): PendingUpdate => ({
    name: `${stems[index % stems.length] ?? 'lib'}-component-${String(index).padStart(4, '0')}`,
    architecture: 'amd64',
    from: `1.${index % 40}.${index % 7}-1`,
    to: `1.${index % 40}.${(index % 7) + 1}-1~deb12u1`,
    downloadBytes: 40_000 + ((index * 7919) % 900) * 4_000,
    installedBytes: 0,
    security: index % 17 === 0,
    kernel: index % 251 === 250,
    origin: 'Debian:12/stable',
  }));
  return { ...machine, pendingUpdates };
}

export function manyFiles(count: number): Review {
  const files = Array.from({ length: count }, (_, index): FileChange => {
    const kind = index % 11 === 0 ? 'added' : index % 29 === 0 ? 'removed' : 'changed';
    const isConfiguration = index % 97 === 0;
    return {
      path: isConfiguration
        ? `/etc/component-${index % 300}/part-${index}.conf`
        : `/usr/lib/x86_64-linux-gnu/component-${index % 400}/module-${index}.so`,
      kind,
      type: index % 13 === 0 ? 'link' : 'file',
      area: isConfiguration ? 'configuration' : 'programs',
      bytes: index % 13 === 0 ? 0 : 900 + ((index * 104_729) % 400_000),
    };
  });
  const totals = (['programs', 'configuration'] as const).map((area) => {
    const own = files.filter((file) => file.area === area);
    const times = (kind: FileChange['kind']): number => own.filter((file) => file.kind === kind).length;
    return {
      area,
      added: times('added'),
      changed: times('changed'),
      removed: times('removed'),
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
  return { ...review, files, totals };
}

const mine = `# Authentication
Port 2222
PermitRootLogin no
PubkeyAuthentication yes
PasswordAuthentication no

# Forwarding
AllowTcpForwarding yes
X11Forwarding no

# Sessions
ClientAliveInterval 120
ClientAliveCountMax 3
MaxSessions 10

Subsystem sftp /usr/lib/openssh/sftp-server
`;
const theirs = `# Authentication
#Port 22
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no

# Forwarding
AllowTcpForwarding yes
X11Forwarding no

# Sessions
ClientAliveInterval 120
ClientAliveCountMax 3
MaxSessions 10
PerSourcePenalties yes

Subsystem sftp internal-sftp
`;

export const conflicts: readonly Conflict[] = [
  {
    id: 'conflict-5d1f09a3c2e47b68',
    path: '/etc/ssh/sshd_config',
    package: 'openssh-server',
    beside: '/etc/ssh/sshd_config.dpkg-dist',
    kept: 'mine',
    decided: false,
    mine,
    theirs,
  },
  {
    id: 'conflict-0b77c6aa91d24e3f',
    path: '/etc/cups/cups-browsed.conf',
    package: 'cups-browsed',
    beside: '/etc/cups/cups-browsed.conf.dpkg-dist',
    kept: 'mine',
    decided: false,
    mine: 'BrowseRemoteProtocols dnssd cups\nCreateIPPPrinterQueues All\n',
    theirs: 'BrowseRemoteProtocols none\n',
  },
  {
    id: 'conflict-92ee4c10b3a85d7f',
    path: '/etc/alternatives/cache.bin',
    package: null,
    beside: '/etc/alternatives/cache.bin.dpkg-dist',
    kept: 'theirs',
    decided: true,
    mine: null,
    theirs: null,
  },
];

export const withConflicts: Review = { ...review, conflicts: [...conflicts] };
export const settled: Review = {
  ...review,
  conflicts: conflicts.map((conflict) => ({ ...conflict, decided: true })),
};
export const unready: Review = {
  ...review,
  ready: false,
  proofs: [
    {
      id: 'packages',
      result: 'fail',
      sentence: 'The package database of the staged environment is not in order.',
      details: ['cups: half-configured', 'cups-browsed: unpacked but not configured'],
    },
    {
      id: 'libraries',
      result: 'fail',
      sentence: '1,204 programs checked; some would no longer start.',
      details: Array.from(
        { length: 40 },
        (_, index) => `usr/bin/tool-${index}: libexample.so.${index} is not found`,
      ),
    },
    ...review.proofs.slice(2),
  ],
};

/** A practice system: small, and nothing runs from it. */
export const practiceReview: Review = {
  ...review,
  services: [],
  plan: {
    ...review.plan,
    activation: {
      how: 'live',
      reason: 'Nothing runs from this tree, so the switch disturbs nobody.',
      interruptionSeconds: 0,
    },
    restorePoint: {
      holds: [
        'the old programs and libraries (/usr)',
        'the old configuration (/etc)',
        'the old package database',
        'the old kernel',
      ],
      bytes: 118 * mb,
    },
    needs: { download: 12 * mb, staging: 0.3 * gb, boot: 0 },
  },
};
