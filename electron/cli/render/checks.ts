/** Readiness checks, each with a sign and a word: the colour says nothing that the word does not. */
import type { CheckReport, CheckResult } from '../../../shared/check.js';
import { paint, sign, type Look, type Tone } from '../text/look.js';
import { count } from '../text/measure.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

type Result = CheckResult['result'];

const results: Readonly<Record<Result, { readonly word: string; readonly tone: Tone }>> = {
  pass: { word: 'passed', tone: 'good' },
  warn: { word: 'warning', tone: 'warning' },
  block: { word: 'BLOCKS', tone: 'bad' },
};

export function checkLines(report: CheckReport, look: Look): string[] {
  const rows = report.checks.map((check): Row => [
    { text: `${sign(look, check.result)} ${results[check.result].word}`, tone: results[check.result].tone },
    check.title,
    { text: check.measured, tone: 'quiet' },
  ]);
  const lines = table(look, rows);
  return [
    ...report.checks.flatMap((check, index) => [lines[index] ?? '', ...explanation(check, look)]),
    '',
    verdict(report, look),
  ];
}

function explanation(check: CheckResult, look: Look): string[] {
  if (check.result === 'pass') return [];
  return [
    ...wrap(check.sentence, look.width, '    '),
    ...(check.remedy === null ? [] : wrap(`Remedy: ${check.remedy}`, look.width, '            ', '    ')),
  ];
}

function verdict({ checks, result }: CheckReport, look: Look): string {
  const number = (kind: Result): number => checks.filter((check) => check.result === kind).length;
  switch (result) {
    case 'pass':
      return paint(look, 'good', `Ready: ${count(checks.length, 'check')} passed.`);
    case 'warn':
      return paint(look, 'warning', `Ready, with ${count(number('warn'), 'warning')}.`);
    case 'block':
      return paint(
        look,
        'bad',
        `Not ready: ${count(number('block'), 'check')} block${number('block') === 1 ? 's' : ''} this.`,
      );
  }
}
