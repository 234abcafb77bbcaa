/** Which language: the user's choice, else the first of the system's that there is, else English. */
import type { Preferences } from '../../shared/preferences.js';
import { languageCodes, type LanguageCode } from './say.js';

export interface Chosen {
  readonly code: LanguageCode;
  /** For numbers and dates: as the system has it, where it speaks that language. */
  readonly locale: string;
}

/** `wanted` is the user's choice; `system` are the languages of the system, the best first. */
export function choose(wanted: Preferences['language'], system: readonly string[]): Chosen {
  const spoken = (tag: string) => languageCodes.find((code) => tag.toLowerCase().split('-')[0] === code);
  if (wanted !== 'system') {
    return { code: wanted, locale: system.find((tag) => spoken(tag) === wanted) ?? wanted };
  }
  for (const locale of system) {
    const code = spoken(locale);
    if (code) return { code, locale };
  }
  return { code: 'en', locale: 'en' };
}
