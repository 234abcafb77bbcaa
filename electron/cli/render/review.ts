/** The changeset of a staged environment: packages, files by area, conflicts, services, and what the rehearsal proved. */
import type { Proof, Review, ServiceUse } from '../../../shared/changeset.js';
import { fromRoot } from '../../../shared/from-root.js';
import { heading, paint, sign, type Look, type Sign, type Tone } from '../text/look.js';
import { count, digits, growth, size } from '../text/measure.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';
import { conflictLines } from './conflict.js';
import { packageSummary, packageTable } from './packages.js';
import { interruption, names, switchWords } from './plan.js';

/** Changed files outside programs are few and matter; this many of an area are named. */
const namedFiles = 25;

export function reviewLines(review: Review, look: Look): string[] {
  return [
    `${heading(look, `Staged environment ${review.stage}`)}  ${packageSummary(review.packages)}`,
    '',
    ...packageTable(review.packages, look),
    '',
    heading(look, 'Files'),
    ...areaTable(review, look),
    ...filesOf(review, look),
    ...conflicts(review, look),
    '',
    heading(look, 'Programs that run now and use what the switch replaces'),
    ...services(review.services, look),
    '',
    heading(look, 'What the rehearsal proved'),
    ...review.proofs.flatMap((proof) => proofLines(proof, look)),
    '',
    ...verdict(review, look),
  ];
}

function areaTable(review: Review, look: Look): string[] {
  const totals = review.totals.filter(({ added, changed, removed }) => added + changed + removed > 0);
  if (totals.length === 0) return ['  no file changes'];
  const number = (value: number): { text: string; align: 'right' } => ({
    text: digits(value),
    align: 'right',
  });
  const rows = totals.map((total): Row => [
    total.area,
    number(total.added),
    'added',
    number(total.changed),
    'changed',
    { ...number(total.removed), tone: total.removed > 0 ? 'warning' : 'plain' },
    'removed',
    { text: size(total.bytes), align: 'right' },
  ]);
  return table(look, rows, '  ');
}

function filesOf(review: Review, look: Look): string[] {
  return (['configuration', 'boot'] as const).flatMap((area) => {
    const files = review.files.filter((file) => file.area === area && file.type !== 'dir');
    if (files.length === 0) return [];
    const rows = files
      .slice(0, namedFiles)
      .map((file): Row => [
        { text: file.kind, tone: file.kind === 'removed' ? 'warning' : 'quiet' },
        fromRoot(file.path),
        { text: size(file.bytes), align: 'right', tone: 'quiet' },
      ]);
    const rest = files.length - rows.length;
    return [
      '',
      `  ${area}:`,
      ...table(look, rows, '    '),
      ...(rest > 0 ? [`    and ${rest} more (all with --json)`] : []),
    ];
  });
}

function conflicts(review: Review, look: Look): string[] {
  if (review.conflicts.length === 0) return [];
  const title = count(review.conflicts.length, 'configuration conflict');
  return ['', heading(look, title), ...review.conflicts.flatMap((conflict) => conflictLines(conflict, look))];
}

function services(list: readonly ServiceUse[], look: Look): string[] {
  if (list.length === 0) return ['  none'];
  const rows = list.map((use): Row => [
    { text: use.unit ?? '(no service)', tone: use.unit === null ? 'quiet' : 'strong' },
    `${use.process} (${use.pid})`,
    { text: names(use.files), tone: 'quiet' },
  ]);
  return table(look, rows, '  ');
}

const results: Readonly<Record<Proof['result'], { sign: Sign; word: string; tone: Tone }>> = {
  pass: { sign: 'pass', word: 'proved', tone: 'good' },
  warn: { sign: 'warn', word: 'warning', tone: 'warning' },
  fail: { sign: 'block', word: 'FAILED', tone: 'bad' },
  skipped: { sign: 'skipped', word: 'skipped', tone: 'quiet' },
};

function proofLines(proof: Proof, look: Look): string[] {
  const { sign: mark, word, tone } = results[proof.result];
  const lead = `${sign(look, mark)} ${word}`;
  const [first = '', ...rest] = wrap(proof.sentence, look.width, ' '.repeat(lead.length + 4), `  ${lead}  `);
  return [
    first.replace(lead, paint(look, tone, lead)),
    ...rest,
    ...proof.details.map((detail) => `      ${detail}`),
  ];
}

function verdict(review: Review, look: Look): string[] {
  if (!review.ready) {
    return [
      paint(look, 'bad', 'Not ready: it is not offered for activation. The running system is untouched.'),
    ];
  }
  return [
    paint(look, 'good', 'Ready to switch.'),
    ...wrap(
      `Switch: ${switchWords(review.plan)}. Interruption: ${interruption(review.plan)}. Installed size: ${growth(review.plan.installedBytes)}.`,
      look.width,
    ),
    `Next: ${look.command} activate ${review.stage}`,
  ];
}

/** The few lines that a user must have seen before saying yes to the switch. */
export function switchPreview(review: Review, look: Look): string[] {
  const dangerous = review.packages.filter(({ action }) => action === 'remove' || action === 'downgrade');
  return [
    `${heading(look, `Staged environment ${review.stage}`)}  ${packageSummary(review.packages)}`,
    ...packageTable(dangerous, look),
    ...(review.conflicts.length === 0
      ? []
      : [
          paint(
            look,
            'warning',
            `  ${count(review.conflicts.length, 'configuration conflict')} (see "decide")`,
          ),
        ]),
    ...(review.ready ? [] : [paint(look, 'bad', '  NOT READY: its verification did not pass')]),
    `  Planned switch: ${switchWords(review.plan)}. Interruption: ${interruption(review.plan)}.`,
  ];
}
