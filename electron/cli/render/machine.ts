/** What `inspect` saw, and what it could not see. */
import type { Machine, Mount, PendingUpdate } from '../../../shared/machine.js';
import { heading, paint, sign, type Look } from '../text/look.js';
import { count, size } from '../text/measure.js';
import { facts, table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';
import { names } from './plan.js';

export function machineLines(machine: Machine, look: Look): string[] {
  const { distribution } = machine;
  return [
    ...facts(look, [
      ['System', systemName(distribution)],
      ['Root', machine.root],
      ['Architecture', machine.architecture],
      ['Running kernel', machine.runningKernel ?? 'none (this system is not running)'],
      ...newestKernel(machine),
      ['Init', machine.init ?? 'unknown'],
      ['Boot loader', machine.bootLoader],
      [
        'Package managers',
        machine.packageManagers.length === 0 ? 'none' : machine.packageManagers.join(', '),
      ],
      ['Power', power(machine)],
      ['Network', network(machine)],
      ['Reboot', reboot(machine)],
    ]),
    ...section(look, 'Kernels', kernels(machine, look)),
    ...section(
      look,
      'Mounts',
      table(
        look,
        machine.mounts.map((mount) => mountRow(mount)),
        '  ',
      ),
    ),
    ...section(look, 'Environments', backends(machine, look)),
    ...section(look, 'Pending updates', pending(machine.pendingUpdates, look)),
    ...section(
      look,
      'Not seen',
      machine.unseen.flatMap(({ what, why }) => wrap(`${what}: ${why}`, look.width, '    ', '  ')),
    ),
  ];
}

/** Of another one than the one that runs. */
function newestKernel({ runningKernel, newestKernel: newest }: Machine): [string, string][] {
  return newest === null || newest === runningKernel ? [] : [['Newest kernel', `${newest}, not running`]];
}

/** The name alone where it tells the version already, as `PRETTY_NAME` of os-release(5) does. */
function systemName({ name, version }: Machine['distribution']): string {
  return version === null || name.split(' ').includes(version) ? name : `${name} ${version}`;
}

function section(look: Look, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading(look, title), ...lines];
}

function power({ power: { onMains, batteryPercent } }: Machine): string {
  const source = onMains === null ? 'unknown' : onMains ? 'mains' : 'battery';
  return batteryPercent === null ? source : `${source}, battery at ${Math.round(batteryPercent)} %`;
}

function network({ network: { connected, metered, source } }: Machine): string {
  const link = connected === null ? 'unknown' : connected ? 'connected' : 'not connected';
  const cost = metered === null ? 'whether it is metered is unknown' : metered ? 'METERED' : 'not metered';
  return `${link}, ${cost}${source === 'unknown' ? '' : ` (as ${source} says)`}`;
}

function reboot({ rebootRequired }: Machine): string {
  if (rebootRequired === null) return 'not required';
  return rebootRequired.packages.length === 0 ? 'REQUIRED' : `REQUIRED by ${names(rebootRequired.packages)}`;
}

function kernels(machine: Machine, look: Look): string[] {
  const rows = machine.kernels.map((kernel): Row => {
    const missing = [
      kernel.image === null ? 'image' : '',
      kernel.initramfs === null ? 'initramfs' : '',
      kernel.modules ? '' : 'modules',
    ].filter((part) => part !== '');
    return [
      { text: kernel.release, tone: 'strong' },
      kernel.running ? 'running' : '',
      missing.length === 0
        ? { text: 'complete', tone: 'good' }
        : { text: `no ${missing.join(', no ')}`, tone: 'warning' },
    ];
  });
  return table(look, rows, '  ');
}

function mountRow(mount: Mount): Row {
  return [
    { text: mount.mountPoint, tone: 'strong' },
    mount.fileSystem,
    { text: `${size(mount.freeBytes)} free of ${size(mount.totalBytes)}`, align: 'right' },
    mount.readOnly ? { text: 'READ-ONLY', tone: 'warning' } : '',
    { text: mount.device, tone: 'quiet' },
  ];
}

function backends(machine: Machine, look: Look): string[] {
  const rows = machine.backends.map((backend): Row => [
    backend.usable
      ? { text: `${sign(look, 'pass')} usable`, tone: 'good' }
      : { text: `${sign(look, 'skipped')} not usable`, tone: 'quiet' },
    { text: backend.name, tone: 'strong' },
    backend.reason,
  ]);
  return table(look, rows, '  ');
}

function pending(updates: readonly PendingUpdate[], look: Look): string[] {
  if (updates.length === 0) return ['  none known to the index of this system'];
  const rows = updates.map((update): Row => [
    { text: update.name, tone: 'strong' },
    update.from === null ? update.to : `${update.from} ${sign(look, 'arrow')} ${update.to}`,
    { text: size(update.downloadBytes), align: 'right' },
    {
      text: [update.security ? 'security' : '', update.kernel ? 'kernel' : '']
        .filter((mark) => mark !== '')
        .join(', '),
      tone: 'warning',
    },
    { text: update.origin, tone: 'quiet' },
  ]);
  const total = updates.reduce((sum, update) => sum + update.downloadBytes, 0);
  const security = updates.filter((update) => update.security).length;
  const summary = `${count(updates.length, 'update')}, ${security} of them for security, ${size(total)} to download`;
  return [...table(look, rows, '  '), `  ${paint(look, 'strong', summary)}`];
}
