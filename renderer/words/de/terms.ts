/** German: terms. */
import type { Activation } from '../../../shared/plan.js';
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

/** How a switch is made, to end a sentence with. */
export const byActivation: Record<Activation, string> = {
  live: 'während Ihre Programme weiterlaufen',
  'soft-reboot': 'mit einem sanften Neustart',
  kexec: 'mit einem schnellen Neustart',
  reboot: 'mit einem Neustart',
  shutdown: 'beim nächsten Herunterfahren',
};

export const terms = (say: Say): Words['terms'] => ({
  packages: (count) => say.plural(count, { one: '# Paket', other: '# Pakete' }),
  files: (count) => say.plural(count, { one: '# Datei', other: '# Dateien' }),
  updates: (count) => say.plural(count, { one: '# Aktualisierung', other: '# Aktualisierungen' }),
  restorePoints: (count) =>
    say.plural(count, { one: '# Wiederherstellungspunkt', other: '# Wiederherstellungspunkte' }),
  unknown: 'Nicht bekannt',
  none: 'Keine',
  security: 'Sicherheit',
  kernel: 'Kernel',
  restorePoint: 'Wiederherstellungspunkt',
  activation: {
    live: 'Im Betrieb',
    'soft-reboot': 'Sanfter Neustart',
    kexec: 'Schneller Neustart',
    reboot: 'Neustart',
    shutdown: 'Beim Herunterfahren',
  },
  scope: {
    all: 'Alle Aktualisierungen',
    security: 'Nur Sicherheit',
    kernel: 'Nur der Kernel',
    selected: 'Ausgewählte Pakete',
  },
  transaction: {
    stage: 'Probe',
    activate: 'Umschalten',
    rollback: 'Zurücknehmen',
    prune: 'Aufräumen',
    load: 'Laden eines Live-Patches',
    unload: 'Entladen eines Live-Patches',
  },
  run: {
    plan: 'die Suche nach Aktualisierungen',
    stage: 'die Probe',
    decide: 'eine Entscheidung',
    activate: 'das Umschalten',
    rollback: 'das Zurücknehmen',
    prune: 'das Aufräumen',
    livepatch: 'das Zurücknehmen eines Live-Patches',
    recover: 'die Wiederherstellung',
    settings: 'das Ändern einer Einstellung',
    unschedule: 'das Zurücknehmen eines Umschaltens für später',
    practice: 'das Anlegen des Übungssystems',
  },
  outcome: {
    done: 'Erledigt',
    failed: 'Fehlgeschlagen, nichts wurde geändert',
    'rolled-back': 'Zurückgenommen',
    'rolled-forward': 'Nach einer Unterbrechung abgeschlossen',
    open: 'Nicht abgeschlossen',
  },
  action: {
    install: 'Neu',
    upgrade: 'Aktualisiert',
    downgrade: 'Zurück auf eine ältere Version',
    remove: 'Entfernt',
    reinstall: 'Erneut installiert',
  },
});
