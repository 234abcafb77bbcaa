/** German: log. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const log = (say: Say): Words['log'] => ({
  title: 'Protokoll',
  show: 'Protokoll zeigen',
  hide: 'Protokoll verbergen',
  lines: (count) => say.plural(count, { one: '# Zeile', other: '# Zeilen' }),
  dropped: (count) =>
    say.plural(count, {
      one: '# frühere Zeile ist nicht mehr vorhanden',
      other: '# frühere Zeilen sind nicht mehr vorhanden',
    }),
  empty: 'Das Protokoll ist leer.',
  search: 'Protokoll durchsuchen',
  copyAll: 'Protokoll kopieren',
  gone: 'Dieses Protokoll ist nicht mehr vorhanden.',
});
