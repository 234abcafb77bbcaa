/** The environments, what runs first; then what other programs keep. */
import type {
  Destroyed,
  EnvironmentEntry,
  Environments,
  EnvironmentState,
  Mounted,
  Renamed,
  Unmounted,
} from '../../../shared/environments.js';
import { heading, paint, type Look, type Tone } from '../text/look.js';
import { moment, size } from '../text/measure.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

const states: Readonly<Record<EnvironmentState, { word: string; tone: Tone }>> = {
  current: { word: 'current', tone: 'good' },
  next: { word: 'waits for the restart', tone: 'warning' },
  staged: { word: 'staged', tone: 'plain' },
  previous: { word: 'previous', tone: 'plain' },
};

export function environmentsLines({ environments, foreign, unseen }: Environments, look: Look): string[] {
  if (unseen.length > 0)
    return [
      heading(look, 'Not seen'),
      ...unseen.flatMap(({ what, why }) => wrap(`${what}: ${why}`, look.width, '    ', '  ')),
    ];
  const lines = table(look, environments.map(rowOf), '  ');
  return [
    heading(look, 'Environments'),
    ...environments.flatMap((entry, index) => [
      lines[index] ?? '',
      ...entry.problems.flatMap((problem) => wrap(problem, look.width, '      ')),
      ...entry.mountedAt.map((place) => `      mounted at ${place}`),
    ]),
    ...foreignLines(foreign, look),
  ];
}

function rowOf(entry: EnvironmentEntry): Row {
  const { word, tone } = states[entry.state];
  return [
    { text: entry.id, tone: 'strong' },
    { text: word, tone },
    entry.created === null ? '' : moment(entry.created),
    { text: sizeWords(entry), align: 'right' },
    entry.usable ? '' : { text: 'NOT USABLE', tone: 'bad' },
    entry.title,
  ];
}

function sizeWords({ state, bytes }: EnvironmentEntry): string {
  if (bytes !== null) return size(bytes);
  return state === 'current' || state === 'next' ? '' : 'not known';
}

function foreignLines(foreign: Environments['foreign'], look: Look): string[] {
  if (foreign.length === 0) return [];
  const rows = foreign.map((one): Row => [
    { text: one.tool, tone: 'quiet' },
    { text: one.name, tone: 'strong' },
    one.created === null ? '' : moment(one.created),
    one.title,
  ]);
  return ['', heading(look, 'Of other programs, only listed'), ...table(look, rows, '  ')];
}

export function handledLines(value: Renamed | Mounted | Unmounted, look: Look): string[] {
  if ('title' in value) return [paint(look, 'good', `${value.id} is called "${value.title}" now.`)];
  if (!('id' in value)) return [paint(look, 'good', `Nothing is mounted at ${value.folder} any more.`)];
  return [
    paint(look, 'good', `${value.id} is mounted at ${value.folder}, read-only.`),
    '',
    `To take it back: ${look.command} environments unmount ${value.folder}`,
  ];
}

export function destroyedLines({ id, title, dryRun, freedBytes }: Destroyed, look: Look): string[] {
  const freed = freedBytes === null ? '' : `, which ${dryRun ? 'would free' : 'freed'} ${size(freedBytes)}`;
  return [
    dryRun ? `Would remove ${id}${freed}.` : paint(look, 'good', `Removed ${id}${freed}.`),
    `  ${title}`,
  ];
}
