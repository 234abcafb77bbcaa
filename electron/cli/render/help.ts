/** The help, made from what each verb says of itself: the same list that is parsed. */
import { exitCodes } from '../../../shared/errors.js';
import { heading, sign, type Look } from '../text/look.js';
import { pad, wrap } from '../text/width.js';
import { globalOptions } from '../command-line.js';
import type { OptionText, Verb } from '../verbs/verb.js';

/** Lines longer than this are hard to read, however wide the terminal. */
const widest = 100;

/** What every exit code means, as the README lists them. */
const exitMeanings: readonly (readonly [keyof typeof exitCodes, string])[] = [
  ['done', 'done'],
  ['failed', 'failed, and nothing was harmed'],
  ['usage', 'the command was not understood, or names something that does not exist'],
  ['decision', 'a decision is needed first: a confirmation, or what became of a change made meanwhile'],
  ['blocked', 'a readiness check blocks it'],
  ['recovered', 'an interrupted transaction was found and recovered first; run the command again'],
  ['busy', 'another Understudy or package tool is at work; try later'],
];

export function overviewLines(verbs: readonly Verb[], look: Look): string[] {
  return [
    ...wrap(
      'Understudy rehearses every update in a clone of the system, shows what it would change, switches to it in one step, and takes it back in one step. A failed update never touches the running system.',
      widthOf(look),
    ),
    '',
    heading(look, 'Usage'),
    '  understudy [GLOBAL OPTIONS] VERB [OPTIONS]',
    '',
    heading(look, 'Verbs, in the order of an update'),
    ...columns(
      verbs.map(({ name, help }) => [name, help.summary]),
      look,
    ),
    '',
    heading(look, 'Global options'),
    ...optionLines(globalOptions, look),
    '',
    heading(look, 'Exit codes'),
    ...columns(
      exitMeanings.map(([kind, text]) => [exitCodes[kind].toString(), text]),
      look,
    ),
    '',
    heading(look, 'Environment'),
    ...columns(
      [
        ['NO_COLOR', 'when set and not empty, no colours'],
        ['TERM=dumb', 'plain lines instead of a progress bar, no colours'],
      ],
      look,
    ),
    '',
    ...wrap(
      'More about a verb: understudy help VERB. To see it all without touching anything: understudy practice.',
      widthOf(look),
    ),
  ];
}

export function verbHelpLines(verb: Verb, look: Look): string[] {
  const { help } = verb;
  const dash = sign(look, 'dash');
  return [
    `${heading(look, `understudy ${verb.name}`)} ${dash} ${help.summary}`,
    '',
    heading(look, 'Usage'),
    ...help.synopsis.map(
      (form) => `  understudy [GLOBAL OPTIONS] ${verb.name}${form === '' ? '' : ` ${form}`}`,
    ),
    '',
    heading(look, 'What it does'),
    ...paragraphs(help.does, look),
    '',
    heading(look, 'What it does not do'),
    ...paragraphs(help.doesNot, look),
    ...(Object.keys(verb.options).length === 0
      ? []
      : ['', heading(look, 'Options'), ...optionLines(verb.options, look)]),
    '',
    heading(look, 'Global options'),
    ...optionLines(globalOptions, look),
    '',
    heading(look, 'Examples'),
    ...help.examples.flatMap(([command, meaning]) => [
      `  ${command}`,
      ...wrap(meaning, widthOf(look), '      '),
    ]),
    '',
    heading(look, 'Exit codes'),
    ...columns(
      help.exits.map(([kind, text]) => [exitCodes[kind].toString(), text]),
      look,
    ),
  ];
}

function optionLines(options: Readonly<Record<string, OptionText>>, look: Look): string[] {
  return columns(
    Object.entries(options).map(([name, { value, short, text }]) => [
      `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      text,
    ]),
    look,
  );
}

function columns(pairs: readonly (readonly [string, string])[], look: Look): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  const indent = ' '.repeat(width + 4);
  return pairs.flatMap(([name, text]) => wrap(text, widthOf(look), indent, `  ${pad(name, width)}  `));
}

function paragraphs(texts: readonly string[], look: Look): string[] {
  return texts.flatMap((text) => wrap(text, widthOf(look), '    ', `  ${sign(look, 'bullet')} `));
}

const widthOf = (look: Look): number => Math.min(look.width, widest);
