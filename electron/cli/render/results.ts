/** What a verb did: staged, activated, rolled back, recovered, pruned, practised. */
import type {
  Activated,
  ArrivalNote,
  Examined,
  Pruned,
  Recovered,
  RolledBack,
  Staged,
  Unscheduled,
} from '../../../shared/history.js';
import type { PracticeResult } from '../../../shared/practice.js';
import { heading, paint, sign, type Look } from '../text/look.js';
import { count, digits, duration, moment, size } from '../text/measure.js';
import { facts, table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';
import { activationWords } from './plan.js';

/** Entries of a long list that are shown. */
const most = 40;

function list(look: Look, title: string, entries: readonly string[]): string[] {
  if (entries.length === 0) return [];
  const rest = entries.length - most;
  return [
    '',
    heading(look, title),
    ...entries.slice(0, most).map((entry) => `  ${entry}`),
    ...(rest > 0 ? [`  and ${rest} more (all with --json)`] : []),
  ];
}

export function stagedLines(staged: Staged, look: Look): string[] {
  return [
    paint(look, 'good', `Staged ${staged.stage}. The running system is untouched.`),
    ...facts(look, [
      ['Plan', staged.plan],
      ['Took', duration(staged.seconds)],
      ['On the disk', `${size(staged.bytes)} in ${count(staged.entries, 'entry', 'entries')}`],
      ['Verified', staged.ready ? 'yes' : 'NO: it is not offered for activation'],
    ]),
    '',
    `Next: ${look.command} review ${staged.stage}`,
  ];
}

export function activatedLines(activated: Activated, look: Look): string[] {
  if (activated.restorePoint === null) {
    return [
      paint(look, 'good', `${activated.stage} is switched to at ${whenWords(activated.at)}.`),
      'Until then nothing changes, and a newer "stage" replaces it.',
      ...(activated.at === null
        ? []
        : wrap(
            `The checks are made again then (${activationWords[activated.how]}). If the machine is off at that moment, the switch is missed, not made up for.`,
            look.width,
          )),
      '',
      `To take it back: ${look.command} activate --cancel`,
    ];
  }
  return [
    paint(look, 'good', `Switched to ${activated.stage}.`),
    ...facts(look, [
      ['How', activationWords[activated.how]],
      ['Took', `${duration(activated.seconds)}, the switch itself ${duration(activated.switchSeconds)}`],
      ['Restore point', activated.restorePoint],
    ]),
    ...list(look, 'Your changes since staging, carried over', activated.carried),
    ...list(look, 'To be restarted', activated.restart),
    ...list(look, 'Remarks', activated.remarks),
    '',
    `To take it back: ${look.command} rollback ${activated.restorePoint}`,
  ];
}

/** Of a schedule: the next shutdown, or a moment in local time. */
export const whenWords = (at: string | null): string => (at === null ? 'the next shutdown' : moment(at));

export function unscheduledLines({ stage }: Unscheduled, look: Look): string[] {
  return stage === null
    ? ['No switch was scheduled.']
    : [paint(look, 'good', `${stage} is not switched to by itself any more. It stays ready.`)];
}

export function rolledBackLines(rolledBack: RolledBack, look: Look): string[] {
  const { dryRun, lost } = rolledBack;
  const nothing = lost.packages.length === 0 && lost.files.length === 0;
  return [
    dryRun
      ? heading(look, `A rollback to ${rolledBack.restorePoint} would change this:`)
      : paint(look, 'good', `Rolled back to ${rolledBack.restorePoint}.`),
    ...(dryRun
      ? []
      : facts(look, [
          [
            'Took',
            `${duration(rolledBack.seconds)}, the switch itself ${duration(rolledBack.switchSeconds)}`,
          ],
        ])),
    ...(nothing ? [`  Nothing of yours ${dryRun ? 'would be' : 'was'} lost.`] : []),
    ...list(look, dryRun ? 'Packages that would go' : 'Packages that went', lost.packages),
    ...list(look, dryRun ? 'Changed files that would go back' : 'Changed files that went back', lost.files),
    ...list(
      look,
      dryRun ? 'Your changes that would be kept' : 'Your changes that were kept',
      rolledBack.kept,
    ),
    ...(rolledBack.keptAside === null
      ? []
      : ['', `Your versions of these files are in ${rolledBack.keptAside}.`]),
  ];
}

export function recoveredLines(recovered: Recovered, look: Look): string[] {
  const { arrival } = recovered;
  const told = arrival ? arrivalLines(arrival, look) : [];
  if (recovered.transactions.length === 0 && recovered.cleaned.length === 0) {
    return [...told, 'Nothing was interrupted. The system is consistent.'];
  }
  const rows = recovered.transactions.map((entry): Row => [
    { text: entry.outcome === 'rolled-forward' ? 'completed' : 'taken back', tone: 'warning' },
    entry.kind,
    { text: entry.transaction, tone: 'quiet' },
    entry.sentence,
  ]);
  return [
    ...told,
    ...(rows.length === 0
      ? []
      : [heading(look, 'Interrupted work was recovered'), ...table(look, rows, '  ')]),
    ...list(look, 'Leftovers that were cleaned up', recovered.cleaned),
    '',
    'The system is consistent.',
  ];
}

/** Of a first start in another environment, with an empty line at the end. */
export function arrivalLines({ folder, files, problems }: ArrivalNote, look: Look): string[] {
  return [
    paint(look, 'warning', 'The environment that runs could not take over everything.'),
    ...(folder === null
      ? []
      : wrap(
          `Changed in both before the start; the other versions are in ${folder}, under their own paths:`,
          look.width,
        )),
    ...list(look, 'Files kept aside', files).slice(1),
    ...list(look, 'Accounts that do not agree', problems).slice(1),
    ...(problems.length === 0
      ? []
      : wrap('Look at them with getent(1); usermod(8), useradd(8) and passwd(1) correct them.', look.width)),
    '',
  ];
}

export function examinedLines({ restorePoint, healthy, findings, restarting }: Examined): string[] {
  if (restorePoint === null) return ['No new system is on trial.'];
  if (healthy) return ['The new system is healthy: from now on it is the one that starts.'];
  return [
    'The new system is not healthy:',
    ...findings.map((finding) => `  ${finding}`),
    restarting
      ? 'The machine restarts into the system before.'
      : 'Restart the machine: the system before is started.',
  ];
}

export function prunedLines(pruned: Pruned, look: Look, dryRun: boolean): string[] {
  if (pruned.removed.length === 0)
    return [`Nothing to remove: ${count(pruned.kept.length, 'restore point')} kept.`];
  return [
    `${dryRun ? 'Would remove' : 'Removed'} ${count(pruned.removed.length, 'restore point')}, which ${dryRun ? 'would free' : 'freed'} ${size(pruned.freedBytes)}.`,
    ...pruned.removed.map((id) => `  ${paint(look, 'warning', dryRun ? 'would go' : 'gone')}  ${id}`),
    ...pruned.kept.map((id) => `  ${paint(look, 'good', 'kept')}  ${id}`),
  ];
}

export function practiceLines(result: PracticeResult, look: Look): string[] {
  const rows = result.steps.map((step, index): Row => [
    { text: digits(index + 1), align: 'right', tone: 'quiet' },
    { text: step.name, tone: 'strong' },
    { text: duration(step.seconds), align: 'right' },
    step.sentence,
  ]);
  const seconds = result.steps.reduce((sum, step) => sum + step.seconds, 0);
  return [
    heading(look, 'The practice run'),
    ...table(look, rows, '  '),
    '',
    heading(look, 'Proved'),
    ...result.proved.flatMap((sentence) => wrap(sentence, look.width, '    ', `  ${sign(look, 'pass')} `)),
    '',
    paint(look, 'good', `The practice run passed, in ${duration(seconds)}, on ${result.root}.`),
  ];
}
