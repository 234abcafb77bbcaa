/** The timeline, newest first, and what one can return to. */
import type { ArrivalNote, History, HistoryEntry, RestorePoint } from '../../../shared/history.js';
import { heading, type Look, type Tone } from '../text/look.js';
import { count, duration, moment, size } from '../text/measure.js';
import { table, type Cell, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

const outcomes: Readonly<Record<HistoryEntry['outcome'], { word: string; tone: Tone }>> = {
  done: { word: 'done', tone: 'good' },
  failed: { word: 'failed', tone: 'bad' },
  'rolled-back': { word: 'taken back', tone: 'warning' },
  'rolled-forward': { word: 'completed after an interruption', tone: 'warning' },
  open: { word: 'STILL OPEN', tone: 'bad' },
};

export function historyLines(history: History, look: Look): string[] {
  // Empty lists would say that nothing ever happened.
  if (history.unseen.length > 0) return notSeen(history, look);
  return [
    heading(look, 'Timeline'),
    ...timeline(history, look),
    '',
    heading(look, 'Restore points'),
    ...restorePoints(history, look),
    ...stages(history, look),
  ];
}

function notSeen({ unseen }: History, look: Look): string[] {
  return [
    heading(look, 'Not seen'),
    ...unseen.flatMap(({ what, why }) => wrap(`${what}: ${why}`, look.width, '    ', '  ')),
  ];
}

function timeline({ entries }: History, look: Look): string[] {
  if (entries.length === 0) return ['  nothing yet'];
  const sorted = [...entries].sort((a, b) => (a.started < b.started ? 1 : a.started > b.started ? -1 : 0));
  const rows = sorted.map((entry): Row => [
    moment(entry.started),
    { text: entry.kind, tone: 'strong' },
    { text: outcomes[entry.outcome].word, tone: outcomes[entry.outcome].tone },
    { text: entry.seconds === null ? '' : duration(entry.seconds), align: 'right' },
    entry.title,
  ]);
  const lines = table(look, rows, '  ');
  return sorted.flatMap(({ arrival, interruption }, index) => [
    lines[index] ?? '',
    ...(interruption ? wrap(interruptionWords(interruption), look.width, '      ') : []),
    ...(arrival ? arrivalWords(arrival).flatMap((text) => wrap(text, look.width, '      ')) : []),
  ]);
}

function interruptionWords({ how, seconds }: NonNullable<HistoryEntry['interruption']>): string {
  return `interrupted your work for ${duration(seconds)} (${how})`;
}

function arrivalWords({ folder, files, problems }: ArrivalNote): string[] {
  return [
    ...(folder === null ? [] : [`${count(files.length, 'file')} kept aside in ${folder}`]),
    ...problems,
  ];
}

function restorePoints({ restorePoints: points }: History, look: Look): string[] {
  if (points.length === 0) return ['  none: each activation makes one'];
  const sorted = [...points].sort((a, b) => (a.created < b.created ? 1 : -1));
  const lines = table(
    look,
    sorted.map((point): Row => [
      { text: point.id, tone: 'strong' },
      moment(point.created),
      { text: size(point.ownBytes), align: 'right' },
      state(point),
      point.title,
    ]),
    '  ',
  );
  const total = points.reduce((sum, point) => sum + point.ownBytes, 0);
  return [
    ...sorted.flatMap((point, index) => [
      lines[index] ?? '',
      ...point.problems.flatMap((problem) => wrap(problem, look.width, '      ')),
    ]),
    `  ${size(total)} in all. To return: ${look.command} rollback RESTORE-POINT`,
  ];
}

function state(point: RestorePoint): Cell {
  if (!point.usable) return { text: 'NOT USABLE', tone: 'bad' };
  return point.inUse ? { text: 'in use', tone: 'warning' } : { text: 'usable', tone: 'good' };
}

function stages({ staged }: History, look: Look): string[] {
  if (staged.length === 0) return [];
  const rows = staged.map((stage): Row => [
    { text: stage.id, tone: 'strong' },
    moment(stage.created),
    stage.verified ? { text: 'verified', tone: 'good' } : { text: 'NOT VERIFIED', tone: 'bad' },
    { text: `plan ${stage.plan}`, tone: 'quiet' },
  ]);
  return ['', heading(look, 'Staged'), ...table(look, rows, '  ')];
}
