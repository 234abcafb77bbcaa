/** `understudy settings`: what holds for everyone on this system; shows it, or changes some of it. */
import { settingsChangeSchema, type SettingsChange } from '../../../shared/settings.js';
import { settingsLines } from '../render/settings.js';
import { readSize } from '../text/measure.js';
import { systemVerb, UsageError } from './verb.js';

export const settings = systemVerb({
  name: 'settings',
  help: {
    summary: 'show the settings of this system, or change some',
    synopsis: ['[KEY=VALUE...]'],
    does: [
      'Without a KEY it shows every setting with its effect.',
      'With KEY=VALUE it changes these settings, all of them or none, and shows what holds then. That needs root.',
      'Sizes may be written as 500M or 10GB; yes and no stand for true and false; "none" ends a pause.',
    ],
    doesNot: [
      'It takes no value that is out of range: it says which are possible.',
      'It does not touch what a user prefers in the app, such as its language.',
    ],
    examples: [
      ['understudy settings', 'All of them.'],
      ['understudy settings keepRestorePoints=5', 'Keep five restore points.'],
      ['understudy settings automatic.fromHour=20 automatic.toHour=6', 'Stage automatically at night only.'],
      ['understudy settings automatic.enabled=no', 'No automatic staging.'],
      ['understudy settings rehearsalBoot=always', 'Boot every staged system in a virtual machine first.'],
    ],
    exits: [
      ['done', 'shown, or changed'],
      ['failed', 'they could not be read or written'],
      ['usage', 'there is no such setting, or its value is out of range'],
      ['busy', 'another Understudy is at work'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read({ positionals }) {
    const change = positionals.length === 0 ? undefined : changeOf(positionals);
    return ({ engine, system }) => (change ? engine.change(system, change) : engine.settings(system));
  },
  lines: settingsLines,
});

function changeOf(pairs: readonly string[]): SettingsChange {
  const change: Record<string, unknown> = {};
  const automatic: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || text === undefined)
      throw new UsageError(`A setting is changed by KEY=VALUE, and "${pair}" is none.`);
    const [place, name] = key.startsWith('automatic.')
      ? [automatic, key.slice('automatic.'.length)]
      : [change, key];
    if (Object.hasOwn(place, name)) throw new UsageError(`${key} is given twice.`);
    // Not by assignment, which "__proto__" would not survive.
    Object.defineProperty(place, name, { value: valueOf(key, text), enumerable: true });
  }
  if (Object.keys(automatic).length > 0) change['automatic'] = automatic;
  const read = settingsChangeSchema.safeParse(change);
  if (read.success) return read.data;
  throw new UsageError(
    read.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`).join('; ') +
      '.',
  );
}

const words: Readonly<Record<string, boolean | null>> = {
  yes: true,
  true: true,
  on: true,
  no: false,
  false: false,
  off: false,
  none: null,
};

function valueOf(key: string, text: string): unknown {
  // Its "off" is one of three.
  if (key === 'rehearsalBoot') return text;
  if (Object.hasOwn(words, text)) return words[text];
  if (key === 'restorePointBytes') return readSize(text) ?? text;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
