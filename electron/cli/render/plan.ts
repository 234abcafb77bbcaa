/** A plan, and the words for the ways of activation. */
import type { Activation, Plan } from '../../../shared/plan.js';
import { heading, paint, type Look } from '../text/look.js';
import { duration, growth, moment, size } from '../text/measure.js';
import { facts } from '../text/table.js';
import { wrap } from '../text/width.js';
import { packageSummary, packageTable } from './packages.js';

export const activationWords: Readonly<Record<Activation, string>> = {
  live: 'live, while the system runs',
  'soft-reboot': 'soft-reboot: programs restart, the kernel stays',
  kexec: 'kexec: a new kernel, without the firmware',
  reboot: 'reboot',
  shutdown: 'at the next shutdown',
};

/** The way of activation and why it was chosen. */
export function switchWords({ activation: { how, reason } }: Plan): string {
  return `${activationWords[how]} (${reason.replace(/\.$/, '')})`;
}

/** The time in which the user cannot work. */
export function interruption({ activation: { interruptionSeconds } }: Plan): string {
  return interruptionSeconds === 0 ? 'none' : `about ${duration(interruptionSeconds)}`;
}

/** The longest list that is shown in a line of its own; the rest is counted. */
const longest = 12;

/** Names in one line, the rest of a long list as a count. */
export function names(list: readonly string[]): string {
  const rest = list.length - longest;
  return list.slice(0, longest).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

export function planLines(plan: Plan, look: Look): string[] {
  if (plan.changes.length === 0) {
    return ['Everything in this scope is up to date.', ...keptLines(plan, look)];
  }
  const scope = plan.scope === 'selected' ? `selected (${names(plan.selected)})` : plan.scope;
  return [
    `${heading(look, `Plan ${plan.id}`)}  ${packageSummary(plan.changes)}`,
    '',
    ...packageTable(plan.changes, look),
    ...keptLines(plan, look),
    '',
    ...facts(look, [
      ['Scope', scope],
      ['Made', `${moment(plan.created)}, with ${plan.packageManager}`],
      ['Download', size(plan.downloadBytes)],
      ['Installed size', growth(plan.installedBytes)],
      ['Room needed', needs(plan)],
      ['Services concerned', plan.services.length === 0 ? 'none' : names(plan.services)],
      ['Switch', switchWords(plan)],
      ['Interruption', interruption(plan)],
      ['Restore point', `about ${size(plan.restorePoint.bytes)}: ${plan.restorePoint.holds.join(', ')}`],
    ]),
    '',
    `Next: ${look.command} stage ${plan.id}`,
  ];
}

function needs({ needs: { download, staging, boot } }: Plan): string {
  const parts = [`${size(download)} for the download`, `${size(staging)} for staging`];
  if (boot > 0) parts.push(`${size(boot)} on /boot`);
  return parts.join(', ');
}

function keptLines(plan: Plan, look: Look): string[] {
  if (plan.kept.length === 0) return [];
  return [
    '',
    paint(look, 'warning', 'Held back'),
    ...plan.kept.flatMap(({ name, reason }) => wrap(`${name}: ${reason}`, look.width, '    ', '  ')),
  ];
}
