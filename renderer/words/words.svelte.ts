/**
 * The texts in the language of now. `words.home.title` in a component follows a change of the language by itself.
 */
import type { Preferences } from '../../shared/preferences.js';
import { choose, type Chosen } from './choose.js';
import { german } from './german.js';
import { sayIn, type LanguageCode, type Say } from './say.js';
import { english, type Words } from './vocabulary.js';

const vocabularies: Readonly<Record<LanguageCode, (say: Say) => Words>> = { en: english, de: german };

function vocabularyOf({ code, locale }: Chosen) {
  const say = sayIn(code, locale);
  return { code, say, words: vocabularies[code](say) };
}

let current = $state.raw(vocabularyOf(choose('system', navigator.languages)));

export function speak(wanted: Preferences['language']): void {
  const chosen = choose(wanted, navigator.languages);
  current = vocabularyOf(chosen);
  document.documentElement.lang = chosen.code;
}

export const words: Words = following(() => current.words);
export const say: Say = following(() => current.say);
export const language = (): LanguageCode => current.code;

/** An object with the properties of what `now` answers, each looked up at the moment of use. */
function following<T extends object>(now: () => T): T {
  const properties = Object.keys(now()).map((key): [string, PropertyDescriptor] => [
    key,
    { enumerable: true, get: () => now()[key as keyof T] },
  ]);
  return Object.defineProperties({}, Object.fromEntries(properties)) as T;
}
