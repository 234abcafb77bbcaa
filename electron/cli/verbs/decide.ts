/** `understudy decide`: whose version of a configuration file is used, where you and a package both changed it. */
import type { Conflict, Review } from '../../../shared/changeset.js';
import { choices, type Choice, type Decision } from '../../../shared/decision.js';
import { problem, type Outcome } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/plan.js';
import { decidedLines, isOpen } from '../render/decided.js';
import { fromRoot } from '../../../shared/from-root.js';
import { flag, value } from './given.js';
import { systemVerb, UsageError, type Given } from './verb.js';

export const decide = systemVerb({
  name: 'decide',
  help: {
    summary: 'settle conflicts of a staged update: whose version of a file is used',
    synopsis: ['[--stage STAGE]', 'mine|theirs FILE... [--stage STAGE]', 'mine|theirs --all [--stage STAGE]'],
    does: [
      'Without a choice, shows every configuration file that both you and a package changed, whose version is in use, and whether that was decided.',
      'With a choice, puts your version ("mine") or the one of the package ("theirs") into use in the staged environment. The other one is kept beside it under the name that your distribution uses.',
      'Can be done again, the other way round, until the switch.',
    ],
    doesNot: [
      'It does not touch the running system: what was decided comes with the switch, and goes with a rollback.',
      'It does not edit files: to mix both versions, switch, then edit the file.',
    ],
    examples: [
      ['understudy decide', 'What is to be decided?'],
      ['understudy decide theirs /etc/ssh/sshd_config', "Use the package's version of this file."],
      ['understudy decide mine --all', 'Keep everything of yours.'],
    ],
    exits: [
      ['done', 'decided, or shown and nothing is open'],
      ['failed', 'nothing is staged that could be read, or it was damaged: nothing was changed'],
      ['usage', 'the command was not understood, or there is no such staged environment or conflict'],
      ['decision', 'shown, and something is open'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: {
    stage: { value: 'STAGE', text: 'the staged environment; without it, the newest' },
    all: { text: 'every conflict' },
  },
  long: false,
  onRecovery: 'stop',
  read(given) {
    const id = value(given, 'stage');
    if (id !== undefined && !idSchema.safeParse(id).success) throw new UsageError(id, 'STAGE_UNKNOWN');
    const wish = wishOf(given);
    return async ({ engine, system }) => {
      const seen = await engine.review(system, id === undefined ? {} : { stage: id });
      if (!seen.ok || wish === null) return seen;
      const decisions = decisionsFor(wish, seen.value.conflicts);
      if (!decisions.ok) return decisions;
      if (decisions.value.length === 0) return seen;
      return engine.decide(system, { stage: seen.value.stage, decisions: decisions.value });
    };
  },
  lines: decidedLines,
  exit: (review: Review) => (review.conflicts.some(isOpen) ? 'decision' : 'done'),
});

interface Wish {
  readonly choice: Choice;
  /** Paths or ids of conflicts; null for all of them. */
  readonly files: readonly string[] | null;
}

/** Null: only to be shown. */
function wishOf(given: Given): Wish | null {
  const [word, ...files] = given.positionals;
  const isAll = flag(given, 'all');
  if (word === undefined) {
    if (isAll) throw new UsageError('--all needs a choice: mine or theirs.');
    return null;
  }
  const choice = choices.find((candidate) => candidate === word);
  if (choice === undefined)
    throw new UsageError(`The choice is ${choices.join(' or ')}; "${word}" is neither.`);
  if (isAll && files.length > 0) throw new UsageError('Name files or give --all, not both.');
  if (!isAll && files.length === 0) throw new UsageError(`"${choice}" needs the files, or --all.`);
  return { choice, files: isAll ? null : files };
}

function decisionsFor({ choice, files }: Wish, conflicts: readonly Conflict[]): Outcome<Decision[]> {
  if (files === null) return { ok: true, value: conflicts.map(({ id }) => ({ conflict: id, choice })) };
  const decisions: Decision[] = [];
  const unknown: string[] = [];
  for (const file of new Set(files)) {
    const found = conflicts.find(({ id, path }) => id === file || fromRoot(path) === fromRoot(file));
    if (found) decisions.push({ conflict: found.id, choice });
    else unknown.push(file);
  }
  return unknown.length === 0
    ? { ok: true, value: decisions }
    : { ok: false, problem: problem('CONFLICT_UNKNOWN', ...unknown) };
}
