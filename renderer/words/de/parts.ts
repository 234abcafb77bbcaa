/** German: parts. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const parts = (say: Say): Words['parts'] => ({
  cancel: 'Abbrechen',
  close: 'Schließen',
  back: 'Zurück',
  copy: 'Kopieren',
  copied: 'Kopiert',
  copyFailed: 'Konnte nicht kopiert werden',
  details: 'Einzelheiten',
  search: 'Suchen',
  clear: 'Suche leeren',
  working: 'In Arbeit …',
  loading: 'Wird geladen …',
  tryAgain: 'Erneut versuchen',
  found: (count) => say.plural(count, { one: '# gefunden', other: '# gefunden' }),
  nothingFound: 'Nichts gefunden',
  nothingFoundFor: (text) => `Nichts passt zu ${say.quote(text)}.`,
  needsPassword: 'Fragt vielleicht nach Ihrem Passwort',
});
