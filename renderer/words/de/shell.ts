/** German: shell. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const shell = (say: Say): Words['shell'] => ({
  app: 'Understudy',
  title: (page) => `${page} – Understudy`,
  navigation: 'Seiten',
  skip: 'Zum Inhalt springen',
  pages: {
    home: 'Übersicht',
    wizard: 'Aktualisieren',
    history: 'Verlauf',
    kernel: 'Kernel',
    settings: 'Einstellungen',
  },
  practice: {
    band: 'Übungssystem',
    detail: 'Ihr echtes System bleibt von allem hier unberührt.',
    renew: 'Neu beginnen',
    renewTitle: 'Das Übungssystem neu anlegen?',
    renewDetail: 'Alles, was darauf versucht wurde, geht verloren. Ihr echtes System bleibt, wie es ist.',
  },
  connection: {
    connecting: 'Verbinden …',
    readOnly: 'Sie können alles ansehen, aber noch nichts ändern.',
    readOnlyFixed: 'Sie können hier alles ansehen, aber nichts ändern.',
    unlock: 'Entsperren',
    absent: 'Der Teil von Understudy, der sich um Ihr System kümmert, läuft nicht.',
    connect: 'Verbinden',
    lost: 'Die Verbindung zu Understudy ist abgerissen. Was im Gange war, geht weiter; die Verbindung wird wieder gesucht.',
  },
  historyRebuilt:
    'Die Liste des Geschehenen war beschädigt und wurde aus dem Journal neu aufgebaut. Nichts ist verloren.',
  unseen: (count) =>
    say.plural(count, {
      one: 'Eines war ohne weitere Rechte nicht zu sehen.',
      other: '# Dinge waren ohne weitere Rechte nicht zu sehen.',
    }),
});
