/**
 * The first errand: looks at the installation, lets anna rehearse an update through it, lets others try what they may not, and looks at what
 * became of it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import {
  ask,
  asUser,
  environmentOf,
  facts,
  helper,
  journal,
  ofHelper,
  say,
  traces,
  until,
} from './guest-system.js';

const isOver = (): boolean => ofHelper('ActiveState') === 'inactive';

say({ began: ask('systemctl', 'is-system-running', '--wait'), ...facts() });
say({
  units: ask(
    'systemctl',
    'is-active',
    'understudy-helper.socket',
    helper,
    'understudy-activate.service',
  ).split('\n'),
  cycles: ask('journalctl', '--boot', '--no-pager', '--output=cat', '--grep=ordering cycle'),
  policy: ask('pkaction', '--verbose', '--action-id', 'org.understudy.stage'),
});

await asUser('anna', 'through-services.js', 'plan', 'inspect', 'stage', 'review');
const first = Number(ofHelper('MainPID'));
say({ confinement: { pid: first, ...confinement(first) } });
say({ after: 'stage', ...facts() });
say({ over: await until(isOver), result: ofHelper('Result') });

// Whoever is refused leaves nothing behind. The socket starts a new helper for them, and it serves them all at once.
const before = traces();
await Promise.all([
  asUser('ben', 'through-client.js', 'ben', 'inspect', 'stage', 'activate', 'rollback', 'change'),
  asUser('carl', 'through-client.js', 'carl', 'inspect', 'stage'),
  asUser('dora', 'through-client.js', 'dora', 'inspect', 'stage'),
]);
asSeated('dora', 'inspect', 'stage');
say({ anew: Number(ofHelper('MainPID')), untouched: traces() === before });
say({ after: 'refusals', ...facts() });

const records = journal().length;
execFileSync('systemctl', ['start', 'understudy-stage.service'], { timeout: 300_000 });
say({
  automatic: ask('systemctl', 'show', '--value', '--property=Result', 'understudy-stage.service'),
  rehearsed: journal().length !== records,
});
say({ exposure: ask('systemd-analyze', 'security', '--no-pager', helper).split('\n').at(-1) });

/** What the kernel says that the process is held by. */
function confinement(pid: number): object {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  return {
    user: of('Uid').split('\t')[0],
    umask: of('Umask'),
    filtersCalls: of('Seccomp') === '2',
    loadsModules: (BigInt(`0x${of('CapBnd')}`) & (1n << 16n)) !== 0n,
    seesTheMounts: readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/1/ns/mnt'),
    readsTheDisk: mayOpen('</dev/vda'),
    writesTheDisk: mayOpen('>>/dev/vda'),
    variables: environment.map((entry) => entry.split('=')[0] ?? '').filter((name) => name !== ''),
  };
}

/** Whether a process beside the helper, in its control group, may open a device so; that is where devices are denied. */
function mayOpen(redirection: string): boolean {
  const group = `/sys/fs/cgroup/system.slice/${helper}/cgroup.procs`;
  return spawnSync('sh', ['-c', `echo $$ > ${group} && exec true ${redirection}`]).status === 0;
}

/** As someone who sits at the machine: in a session of logind on the first terminal, where polkit's own defaults hold. */
function asSeated(user: string, ...verbs: readonly string[]): void {
  const properties = [
    `User=${user}`,
    'PAMName=login',
    'TTYPath=/dev/tty1',
    'Environment=XDG_SEAT=seat0 XDG_VTNR=1',
  ];
  const options = ['--quiet', '--wait', '--pipe', '--collect'].concat(
    properties.flatMap((one) => ['--property', one]),
  );
  const script = ['/usr/bin/node', '/mnt/through-client.js', 'seated', ...verbs];
  spawnSync('systemd-run', [...options, ...script], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environmentOf('root'),
    timeout: 60_000,
  });
}
