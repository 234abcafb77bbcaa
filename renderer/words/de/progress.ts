/** German: progress. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const progress = (say: Say): Words['progress'] => ({
  label: 'Fortschritt',
  phase: {
    inspect: 'Das System wird angesehen',
    check: 'Es wird geprüft, ob begonnen werden kann',
    refresh: 'Die neueste Liste der Aktualisierungen wird geholt',
    resolve: 'Es wird ermittelt, was zusammengehört',
    download: 'Herunterladen',
    clone: 'Ein Klon des Systems entsteht',
    rehearse: 'Installieren im Klon',
    verify: 'Der Klon wird geprüft',
    compare: 'Klon und System werden verglichen',
    prepare: 'Das Umschalten wird vorbereitet',
    switch: 'Umschalten',
    settle: 'Letzte Schritte',
    clean: 'Aufräumen',
    practice: 'Das Übungssystem entsteht',
  },
  bytes: (done, total) => `${say.size(done)} von ${say.size(total)}`,
  count: (done, total) => `${say.number(done)} von ${say.number(total)}`,
  files: (done) => say.plural(done, { one: '# Datei', other: '# Dateien' }),
  packages: (done) => say.plural(done, { one: '# Paket', other: '# Pakete' }),
  left: (seconds) => `Noch etwa ${say.duration(seconds)}`,
  cancelling: 'Wird angehalten …',
});
