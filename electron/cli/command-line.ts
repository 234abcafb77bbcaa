/**
 * From arguments to a command. Global options may stand before or after the verb; the options of a verb stand after
 * it. Parsing is strict: an option that nobody knows is refused, never ignored.
 */
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError, type Given, type OptionText, type Verb } from './verbs/verb.js';

export const globalOptions: Readonly<Record<string, OptionText>> = {
  root: {
    value: 'DIR',
    text: 'work on the root tree in DIR instead of the running system; also the way to repair a system that does not boot, from a live USB stick',
  },
  json: {
    text: 'write JSON lines to standard output: one object a line, each with a "type"; the last one has the type "result". Never asks.',
  },
  yes: { short: 'y', text: 'agree in advance to what would be asked' },
  elevate: {
    text: 'as an ordinary user: have the work of root done by a helper that is started with sudo, which asks for your password',
  },
  quiet: { short: 'q', text: 'only the result and errors: no progress, no remarks' },
  help: { short: 'h', text: 'show the help, of the verb when there is one' },
  version: { text: 'show the version' },
};

export interface Globals {
  /** Absolute. */
  readonly root: string;
  /** True when `--root` was given. */
  readonly rootGiven: boolean;
  readonly json: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
  /** `--elevate` was given. */
  readonly elevate: boolean;
}

export interface Command {
  readonly verb: Verb;
  readonly given: Given;
  readonly globals: Globals;
}

/** True when the answer must be JSON, even if the rest of the command line is not understood. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

/** Reads a command line (without the program's name). Throws `UsageError`. */
export function readCommand(argv: readonly string[], verbs: readonly Verb[]): Command {
  const place = placeOfVerb(argv);
  const name = place === undefined ? undefined : argv[place];
  const verb = name === undefined ? undefined : verbs.find((candidate) => candidate.name === name);
  if (name !== undefined && !verb) throw new UsageError(unknownVerb(name, verbs));
  const rest = argv.filter((_, index) => index !== place);
  const { values, positionals } = parse(rest, { ...globalOptions, ...verb?.options });

  const shown = values['version'] === true ? 'version' : values['help'] === true ? 'help' : undefined;
  const globals = globalsOf(values);
  if (shown !== undefined) {
    const topic = shown === 'help' && verb ? [verb.name] : [];
    return { verb: byName(shown, verbs), given: { values: {}, positionals: topic }, globals };
  }
  if (!verb) throw new UsageError('A verb is missing.');
  if (verb.works === 'without-system' && globals.rootGiven && verb.name === 'practice') {
    throw new UsageError('practice makes a system of its own; --root has no meaning for it (see --folder).');
  }
  if (globals.elevate && globals.rootGiven)
    throw new UsageError('--elevate is for the running system; for another root tree use sudo.');
  return { verb, given: { values, positionals }, globals };
}

/** The name of the verb, when the command line names one that exists; for words about a command line that is wrong. */
export function nameOfVerb(argv: readonly string[], verbs: readonly Verb[]): string | undefined {
  try {
    const place = placeOfVerb(argv);
    const name = place === undefined ? undefined : argv[place];
    return verbs.find((verb) => verb.name === name)?.name;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Index of the verb: the first argument that is neither a global option nor its value. */
function placeOfVerb(argv: readonly string[]): number | undefined {
  const { tokens } = parseArgs({
    args: [...argv],
    options: configuration(globalOptions),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') return token.index;
    if (token.kind === 'option' && !(token.name in globalOptions)) {
      throw new UsageError(`"${token.rawName}" is no global option; the options of a verb stand after it.`);
    }
  }
  return undefined;
}

function configuration(
  options: Readonly<Record<string, OptionText>>,
): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
    ]),
  );
}

function parse(argv: readonly string[], options: Readonly<Record<string, OptionText>>): Given {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: configuration(options),
      strict: true,
      allowPositionals: true,
    });
    const plainValues: Record<string, string | boolean | undefined> = {};
    for (const [name, value] of Object.entries(values)) {
      if (!Array.isArray(value)) plainValues[name] = value;
    }
    return { values: plainValues, positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's message goes on with advice for programmers after its first sentence.
    throw new UsageError(`${error.message.split(/\.\s|\n/)[0]?.replace(/\.$/, '') ?? error.message}.`);
  }
}

function globalsOf(values: Given['values']): Globals {
  const root = values['root'];
  if (root === '') throw new UsageError('--root needs a folder.');
  return {
    root: typeof root === 'string' ? resolve(root) : '/',
    rootGiven: typeof root === 'string',
    json: values['json'] === true,
    yes: values['yes'] === true,
    quiet: values['quiet'] === true,
    elevate: values['elevate'] === true,
  };
}

function byName(name: string, verbs: readonly Verb[]): Verb {
  const verb = verbs.find((candidate) => candidate.name === name);
  if (!verb) throw new UsageError(unknownVerb(name, verbs));
  return verb;
}

/** The sentence for a verb that does not exist, with the nearest one that does. */
export function unknownVerb(name: string, verbs: readonly Verb[]): string {
  const near = verbs
    .map((verb) => ({ name: verb.name, distance: distance(name, verb.name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const guess = near && near.distance <= 2 ? ` Did you mean "${near.name}"?` : '';
  return `There is no verb "${name}".${guess}`;
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= Math.min(a.length, 40); i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
