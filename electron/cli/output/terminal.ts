/** What the terminal at the other end can show, from the environment. */
import type { Look } from '../text/look.js';
import type { TextStream } from './text-stream.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export function lookOf(stream: TextStream, environment: Environment, command: string): Look {
  return {
    colour: stream.isTerminal && !isDumb(environment) && !noColour(environment),
    unicode: speaksUnicode(environment),
    width: stream.width,
    command,
  };
}

/** True where one line can be drawn again and again. */
export function canRedraw(stream: TextStream, environment: Environment): boolean {
  return stream.isTerminal && !isDumb(environment);
}

const isDumb = ({ TERM }: Environment): boolean => TERM === 'dumb' || TERM === undefined || TERM === '';

/** The convention of no-color.org: set and not empty. */
const noColour = ({ NO_COLOR }: Environment): boolean => NO_COLOR !== undefined && NO_COLOR !== '';

/** locale(7): LC_ALL wins over LC_CTYPE, that over LANG. The console's own font lacks most signs beyond ASCII. */
function speaksUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Environment): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== '') ?? 'C';
  return /utf-?8/i.test(locale) && TERM !== 'linux';
}
