/** What a merge of folders did: the conflicts with their reasons first, then what was taken and merged. */
import type { Merged, MergedPath } from '../../../shared/merge.js';
import { heading, paint, type Look } from '../text/look.js';
import { count } from '../text/measure.js';
import { facts } from '../text/table.js';

const most = 40;

const reasons: Readonly<Record<string, string>> = {
  content: 'both changed the same part',
  binary: 'both changed it, and it is no text',
  'too-large': 'both changed it, and it is too large to be merged',
  type: 'both changed it, and it is not the same kind of thing any more',
  'added-by-both': 'both added it, and it differs',
  'removed-by-mine': 'removed by mine, changed by theirs',
  'removed-by-theirs': 'changed by mine, removed by theirs',
  attributes: 'both changed its owner, permissions or attributes',
  'no-record': 'it differs, and what it was before is not known',
  accounts: 'the accounts cannot be merged',
};

export function mergedLines(merged: Merged, look: Look): string[] {
  const { counts, paths } = merged;
  const of = (outcome: MergedPath['outcome']): MergedPath[] =>
    paths.filter((path) => path.outcome === outcome);
  const conflicts = of('conflict');
  return [
    conflicts.length === 0
      ? paint(look, 'good', `Merged into ${merged.out}.`)
      : paint(look, 'warning', `Merged into ${merged.out}, with ${count(conflicts.length, 'conflict')}.`),
    ...facts(look, [
      ['Taken from mine', String(counts.mine)],
      ['Taken from theirs', String(counts.theirs)],
      ['Merged', String(counts.merged)],
      ['The same', String(counts.same)],
    ]),
    ...section(look, 'Conflicts: mine is in place', conflicts),
    ...section(look, 'Merged', of('merged')),
  ];
}

function section(look: Look, title: string, paths: readonly MergedPath[]): string[] {
  if (paths.length === 0) return [];
  const rest = paths.length - most;
  return [
    '',
    heading(look, title),
    ...paths.slice(0, most).flatMap((path) => linesOf(path, look)),
    ...(rest > 0 ? [`  and ${rest} more (all with --json)`] : []),
  ];
}

function linesOf({ path, reason, details, beside }: MergedPath, look: Look): string[] {
  const name = path === '' ? '(the folder itself)' : path;
  if (reason === null) return [`  ${name}`];
  return [
    `  ${paint(look, 'warning', name)}: ${reasons[reason] ?? reason}`,
    ...details.map((detail) => `    ${detail}`),
    ...(beside === null ? [] : [`    theirs: ${beside}`]),
  ];
}
