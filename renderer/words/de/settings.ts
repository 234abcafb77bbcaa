/** German: settings. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';

export const settings = (say: Say): Words['settings'] => ({
  title: 'Einstellungen',
  automatic: {
    title: 'Automatische Proben',
    enabled: 'Aktualisierungen im Hintergrund erproben',
    enabledEffect:
      'Aktualisierungen werden von selbst gefunden und in einem Klon erprobt. Das Umschalten bleibt Ihre Wahl.',
    hours: 'Uhrzeit',
    hoursEffect: (from, to) => `Nur zwischen ${from} und ${to}.`,
    allDay: 'Zu jeder Uhrzeit.',
    from: 'Von',
    to: 'Bis',
    mains: 'Nur mit Netzstrom',
    mainsEffect: 'Nichts wird begonnen, während der Rechner mit dem Akku läuft.',
    unmetered: 'Nur in Netzen ohne Volumengrenze',
    unmeteredEffect: 'Nichts wird heruntergeladen, wo Daten Geld kosten können.',
    idle: 'Nur wenn der Rechner wenig zu tun hat',
    idleEffect: 'Wartet, solange Ihre Programme Prozessor oder Datenträger brauchen.',
    scope: 'Welche Aktualisierungen',
    scopeEffect: {
      all: 'Alles, was bereitsteht, wird erprobt.',
      security: 'Nur was Sicherheitslücken schließt, wird erprobt.',
    },
    pause: 'Pause',
    pauseNow: 'Einen Tag aussetzen',
    pauseEffect: '24 Stunden lang geschieht nichts von selbst.',
    pausedUntil: (moment) => `Nichts geschieht von selbst bis ${moment}.`,
    resume: 'Jetzt fortsetzen',
  },
  safety: {
    title: 'Sicherheit',
    battery: 'Kleinste Akkuladung',
    batteryEffect: (percent) => `Mit Akku wird unter ${percent} nichts begonnen.`,
    batteryNever: 'Die Akkuladung hält nie etwas auf.',
    boot: 'Zuerst in einer virtuellen Maschine starten',
    bootEffect: 'Mit QEMU zeigt das aktualisierte System vor dem Wechsel, ob es startet. Das dauert Minuten.',
    boots: { off: 'Nie', kernel: 'Wenn es den Start betrifft', always: 'Immer' },
  },
  kernel: 'Kernel',
  restorePoints: {
    title: 'Wiederherstellungspunkte',
    keep: 'Mindestens behalten',
    keepEffect: (count) =>
      say.plural(count, {
        one: 'Der neueste Wiederherstellungspunkt wird nie entfernt, um Platz zu schaffen.',
        other: 'Die # neuesten Wiederherstellungspunkte werden nie entfernt, um Platz zu schaffen.',
      }),
    space: 'Platz, den sie brauchen dürfen',
    spaceEffect: (bytes) => `Über ${say.size(bytes)} gehen die ältesten zuerst.`,
  },
  app: {
    title: 'Diese App',
    language: 'Sprache',
    languageEffect: 'Dieser App, für Sie allein.',
    languages: { system: 'Wie das System', en: 'English', de: 'Deutsch' },
    tray: 'In der Leiste bleiben',
    trayEffect: 'Nach dem Schließen des Fensters bleibt das Symbol in der Leiste.',
    login: 'Beim Anmelden starten',
    loginEffect: 'Das Symbol in der Leiste ist von Anfang an da.',
    notifications: 'Benachrichtigungen',
    notificationsEffect:
      'Sagt Ihnen, wenn eine Aktualisierung bereit oder fertig ist oder Sie braucht. Nie mehr als einmal am Tag für dasselbe.',
  },
  system: {
    title: 'System',
    practice: 'Übungssystem',
    practiceEffect: 'Sie arbeiten auf einem Übungssystem. Ihr echtes System wird nur gelesen.',
    real: 'Echtes System',
    realEffect: 'Sie arbeiten auf diesem Rechner.',
    version: 'Version',
    helper: 'Rechte',
    helperFull: 'Darf das System ändern.',
    helperReadOnly: 'Darf das System ansehen, nicht ändern.',
  },
});
