/** The vocabulary: both languages say everything, with all the plural forms that they have, and nothing that is not meant for people. */
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../../../shared/errors.js';
import { choose } from '../../../renderer/words/choose.js';
import { german } from '../../../renderer/words/german.js';
import { languageCodes, sayIn, type Forms, type Say } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const vocabularies = { en: english, de: german };

/** Every text of a vocabulary by its path; texts with parameters are built with numbers and with words. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const built = value as (...given: unknown[]) => unknown;
    const arrayed = ['list', 'parts', 'packages'];
    return [0, 1, 2, 5, 1_000_000].flatMap((number) => {
      const given = Array.from({ length: built.length }, () => number);
      try {
        return textsOf(built(...given), path);
      } catch {
        // It wants names, not numbers.
        return textsOf(built(arrayed.slice(0, 2), ...given.slice(1)), path);
      }
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

describe.each(languageCodes)('%s', (code) => {
  const used: Forms[] = [];
  const plain = sayIn(code);
  const watching: Say = {
    ...plain,
    plural(count, forms) {
      used.push(forms);
      return plain.plural(count, forms);
    },
  };
  const texts = textsOf(vocabularies[code](watching));

  test('has no empty text, and none that tells of a missing value', () => {
    expect(texts.length).toBeGreaterThan(300);
    const empty = texts.filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
    expect(texts.filter(([, text]) => /NaN|\[object|\bnull\b|#/.test(text))).toEqual([]);
  });

  test('never shouts', () => {
    expect(texts.filter(([, text]) => text.includes('!'))).toEqual([]);
  });

  test('has every plural form of the language, and each with or without the number', () => {
    const categories = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
    expect(used.length).toBeGreaterThan(20);
    for (const forms of used) expect(Object.keys(forms).sort()).toEqual([...categories].sort());
  });

  test('has a sentence and a hint for every problem', () => {
    const { codes } = vocabularies[code](plain).problems;
    expect(Object.keys(codes).sort()).toEqual([...errorCodes].sort());
  });
});

test('both languages have the same texts', () => {
  const paths = languageCodes.map(
    (code) => new Set(textsOf(vocabularies[code](sayIn(code))).map(([path]) => path)),
  );
  expect([...(paths[1] ?? [])].sort()).toEqual([...(paths[0] ?? [])].sort());
});

test('no German text was left in English', () => {
  const inEnglish = new Map(textsOf(english(sayIn('en'))));
  // Names of programs are the same, and so are numbers with their units.
  const names = /^(?:[^a-zA-Z]*|.* – Understudy|.*\d.*)$/;
  const same = textsOf(german(sayIn('de'))).filter(
    ([path, text]) => inEnglish.get(path) === text && text.includes(' '),
  );
  expect(same.filter(([, text]) => !names.test(text))).toEqual([]);
});

describe('which language', () => {
  test.each([
    ['system', ['de-AT', 'en'], { code: 'de', locale: 'de-AT' }],
    ['system', ['fr-FR', 'en-GB'], { code: 'en', locale: 'en-GB' }],
    ['system', ['fr-FR'], { code: 'en', locale: 'en' }],
    ['system', [], { code: 'en', locale: 'en' }],
    ['de', ['en-GB', 'de-CH'], { code: 'de', locale: 'de-CH' }],
    ['de', ['en-GB'], { code: 'de', locale: 'de' }],
    ['system', ['den-US', 'en-US'], { code: 'en', locale: 'en-US' }],
  ] as const)('%s on a system of %j', (wanted, system, expected) => {
    expect(choose(wanted, system)).toEqual(expected);
  });
});
