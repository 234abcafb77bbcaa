/** The modules of each kernel, what runs first, and what became of them. */
import type {
  ModulesCleaned,
  ModulesKept,
  ModuleTree,
  ModuleTrees,
  ModuleTreeState,
} from '../../../shared/modules.js';
import { heading, paint, type Look, type Tone } from '../text/look.js';
import { count, moment } from '../text/measure.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

const states: Readonly<Record<ModuleTreeState, { word: string; tone: Tone }>> = {
  running: { word: 'running', tone: 'good' },
  installed: { word: 'installed', tone: 'plain' },
  left: { word: 'left over', tone: 'warning' },
  kept: { word: 'kept meanwhile', tone: 'warning' },
  old: { word: 'put aside', tone: 'quiet' },
};

export function modulesLines({ running, complete, trees }: ModuleTrees, look: Look): string[] {
  return [
    heading(look, 'Kernel modules'),
    ...(trees.length === 0 ? ['  none'] : table(look, trees.map(rowOf), '  ')),
    ...(complete === false
      ? [
          '',
          ...wrap(
            `Modules of the running kernel ${running ?? ''} are missing. "${look.command} modules restore" brings back what was kept; else restart.`,
            look.width,
          ),
        ]
      : []),
  ];
}

function rowOf({ release, state, package: owner, bootable, count: modules, removal }: ModuleTree): Row {
  const { word, tone } = states[state];
  return [
    { text: release, tone: 'strong' },
    { text: word, tone },
    { text: count(modules, 'module'), align: 'right' },
    owner ?? 'of no package',
    bootable ? 'can be started' : 'cannot be started',
    removal === null ? '' : `until ${moment(removal)}`,
  ];
}

export function keptLines({ action, ...trees }: ModulesKept, look: Look): string[] {
  const done =
    action === 'keep'
      ? 'The modules of the running kernel are kept until the next restore.'
      : 'What was kept is back.';
  return [paint(look, 'good', done), '', ...modulesLines(trees, look)];
}

export function cleanedLines({ aside, removed, held, dryRun }: ModulesCleaned, look: Look): string[] {
  if (held !== null) return wrap(reasons[held], look.width);
  if (aside.length + removed.length === 0) return ['There is nothing to clear away.'];
  const would = dryRun ? 'Would put' : 'Put';
  return [
    ...aside.map((release) => `${would} the modules of ${release} aside.`),
    ...removed.map((release) => `${dryRun ? 'Would remove' : 'Removed'} the modules of ${release} for good.`),
  ];
}

const reasons: Readonly<Record<NonNullable<ModulesCleaned['held']>, string>> = {
  'at-work':
    'Nothing was touched: a package manager is at work, or was cut short. Run "understudy modules restore" if none is.',
  incomplete: 'Nothing was touched: the kernel that runs lacks modules itself.',
};
