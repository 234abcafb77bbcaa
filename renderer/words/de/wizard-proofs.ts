/** German: what a rehearsal proves. */
import type { Words } from '../vocabulary.js';

export const proofs: Words['wizard']['review']['proofs']['known'] = {
  packages: {
    title: 'Pakete',
    pass: 'Jedes Paket ist vollständig installiert und eingerichtet.',
    warn: 'Jedes Paket ist installiert; es gibt Anmerkungen.',
    fail: 'Nicht jedes Paket ist vollständig installiert.',
    skipped: 'Die Pakete wurden nicht untersucht.',
  },
  libraries: {
    title: 'Programme',
    pass: 'Jedes geänderte Programm findet seine Bibliotheken.',
    warn: 'Einigen Programmen fehlt eine Bibliothek, wie schon zuvor.',
    fail: 'Einige Programme würden nicht mehr starten.',
    skipped: 'Die Programme wurden nicht untersucht.',
  },
  kernels: {
    title: 'Kernel',
    pass: 'Was an Kerneln kommt, hat alles, was es zum Starten braucht.',
    warn: 'Der Kernel ist da; es gibt eine Anmerkung.',
    fail: 'Dem Kernel fehlt etwas, das er zum Starten braucht.',
    skipped: 'Der Kernel wurde nicht untersucht.',
  },
  units: {
    title: 'Dienste',
    pass: 'Jeder geänderte Dienst ist ordentlich eingerichtet.',
    warn: 'Die Dienste sind eingerichtet; es gibt Anmerkungen.',
    fail: 'Einige Dienste würden nicht starten.',
    skipped: 'Die Dienste konnten nicht untersucht werden.',
  },
  identity: {
    title: 'Konten',
    pass: 'Benutzer und Gruppen sind in Ordnung.',
    warn: 'Benutzer und Gruppen haben Fehler, die sie schon zuvor hatten.',
    fail: 'Benutzer oder Gruppen würden beschädigt.',
    skipped: 'Benutzer und Gruppen wurden nicht untersucht.',
  },
  boot: {
    title: 'Start in einer virtuellen Maschine',
    pass: 'Das aktualisierte System wurde in einer virtuellen Maschine gestartet.',
    warn: 'Das aktualisierte System startete in einer virtuellen Maschine; es gibt eine Anmerkung.',
    fail: 'Das aktualisierte System startete in einer virtuellen Maschine nicht.',
    skipped: 'Es wurde nicht in einer virtuellen Maschine gestartet.',
  },
};
