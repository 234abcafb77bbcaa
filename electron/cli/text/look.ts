/**
 * How text may look where it goes: with colours or without, with signs beyond ASCII or without, how wide. Colour never
 * carries meaning alone: every tone stands beside a word.
 */
export interface Look {
  readonly colour: boolean;
  readonly unicode: boolean;
  /** Columns; infinite where the text goes to a file or another program. */
  readonly width: number;
  /** How the user would call the command again for the same system, for hints at the next step. */
  readonly command: string;
}

export type Tone = 'good' | 'warning' | 'bad' | 'quiet' | 'strong' | 'plain';

/** Select Graphic Rendition parameters of ECMA-48 8.3.117. */
const codes: Readonly<Record<Tone, string>> = {
  good: '32',
  warning: '1;33',
  bad: '1;31',
  quiet: '2',
  strong: '1',
  plain: '',
};

export function paint(look: Look, tone: Tone, text: string): string {
  if (!look.colour || tone === 'plain' || text === '') return text;
  return `\x1b[${codes[tone]}m${text}\x1b[0m`;
}

const signs = {
  pass: ['✓', '+'],
  warn: ['!', '!'],
  block: ['✗', 'x'],
  skipped: ['–', '-'],
  arrow: ['→', '->'],
  bullet: ['•', '*'],
  dash: ['–', '-'],
  ellipsis: ['…', '...'],
  full: ['█', '#'],
  empty: ['░', '.'],
  column: ['│', '|'],
} as const;
export type Sign = keyof typeof signs;

export function sign(look: Look, name: Sign): string {
  return signs[name][look.unicode ? 0 : 1];
}

/** A heading of a section. */
export function heading(look: Look, text: string): string {
  return paint(look, 'strong', text);
}
