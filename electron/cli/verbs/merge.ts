/** `understudy merge`: the three-way merge of plain folders. */
import { resolve } from 'node:path';
import { besideSuffixes } from '../../../shared/merge.js';
import { mergedLines } from '../render/merged.js';
import { oneOf } from './given.js';
import { plainVerb, UsageError } from './verb.js';

export const merge = plainVerb({
  name: 'merge',
  help: {
    summary: 'merge two versions of a folder, from what both come from',
    synopsis: ['BASE MINE THEIRS OUT [--beside SUFFIX]'],
    does: [
      'Makes OUT from MINE and THEIRS, which both come from BASE: what one side changed is taken, texts that both changed are merged line by line where that is clear.',
      'Merges passwd, shadow, group, gshadow, subuid and subgid by entry, all six together, and only if nobody loses an account, a number, or the login by it.',
      'Keeps mine where both changed the same, puts theirs beside it, and lists it with the reason.',
      'Takes "-" for a BASE that was not kept: then whatever differs is a conflict.',
    ],
    doesNot: [
      'It changes none of the three folders, and no system: OUT must be missing or empty, and is there as a whole or not at all.',
      'It never merges by line what is no text.',
    ],
    examples: [
      ['understudy merge base mine theirs out', 'Merge two folders.'],
      ['understudy merge --json old/etc /etc new/etc merged', 'For a program: each path with its outcome.'],
      ['understudy merge - mine theirs out --beside pacnew', 'Without a record of what was before.'],
    ],
    exits: [
      ['done', 'merged, without a conflict'],
      ['failed', 'something could not be read or made; OUT was not made'],
      ['usage', 'the command was not understood, or the folders are not there; OUT was not made'],
      ['decision', 'OUT is made, and conflicts remain in it'],
    ],
  },
  options: {
    beside: {
      value: 'SUFFIX',
      text: `what their version is called beside mine: ${besideSuffixes.join(', ')}; as the distribution has it, if not given`,
    },
  },
  long: false,
  read(given) {
    const [base, mine, theirs, out, more] = given.positionals;
    if (more !== undefined) throw new UsageError(`Four folders are expected, and "${more}" is a fifth one.`);
    if (!base || !mine || !theirs || !out)
      throw new UsageError('Four folders are expected: BASE MINE THEIRS OUT.');
    const beside = oneOf(given, 'beside', besideSuffixes);
    const options = {
      base: base === '-' ? null : resolve(base),
      mine: resolve(mine),
      theirs: resolve(theirs),
      out: resolve(out),
      ...(beside === undefined ? {} : { beside }),
    };
    return ({ engine, signal }) => engine.merge({ ...options, signal });
  },
  lines: mergedLines,
  exit: ({ counts }) => (counts.conflict > 0 ? 'decision' : 'done'),
});
