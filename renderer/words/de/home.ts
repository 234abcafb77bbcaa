/** German: home. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';
import { byActivation } from './terms.js';

export const home = (say: Say): Words['home'] => ({
  connecting: { title: 'Ihr System wird angesehen', detail: 'Das dauert einen Augenblick.' },
  absent: {
    title: 'Understudy kann Ihr System noch nicht sehen',
    detail: 'Der Teil, der sich darum kümmert, läuft nicht. Ihr System arbeitet wie bisher.',
    action: 'Verbinden',
  },
  preparing: {
    title: 'Ein Übungssystem entsteht',
    detail: 'Eine kleine Kopie in einem eigenen Ordner. Ihr echtes System wird nur gelesen.',
  },
  uncounted: {
    title: 'Bereit, nach Aktualisierungen zu suchen',
    detail: 'Das Suchen ändert nichts.',
    action: 'Nach Aktualisierungen suchen',
  },
  upToDate: {
    title: 'Ihr System ist auf dem neuesten Stand',
    detail: (counted) => `Zuletzt nachgesehen: ${counted}.`,
    never: 'Nichts steht bereit.',
    action: 'Noch einmal nachsehen',
  },
  waiting: {
    title: (count) =>
      say.plural(count, {
        one: 'Eine Aktualisierung steht bereit',
        other: '# Aktualisierungen stehen bereit',
      }),
    detail: (security) =>
      security === 0
        ? 'Keine davon betrifft die Sicherheit. Sie werden zuerst in einem Klon erprobt.'
        : say.plural(security, {
            one: 'Eine davon betrifft die Sicherheit. Sie werden zuerst in einem Klon erprobt.',
            other: '# davon betreffen die Sicherheit. Sie werden zuerst in einem Klon erprobt.',
          }),
    action: 'Aktualisierungen ansehen',
  },
  planning: { title: 'Suche nach Aktualisierungen', detail: 'Das Suchen ändert nichts.' },
  planned: {
    title: 'Eine Aktualisierung kann erprobt werden',
    detail: (changes) =>
      say.plural(changes, {
        one: 'Ein Paket würde sich ändern. Noch ist nichts geändert.',
        other: '# Pakete würden sich ändern. Noch ist nichts geändert.',
      }),
    action: 'Weiter',
  },
  blocked: {
    title: 'Die Aktualisierung kann noch nicht beginnen',
    detail: 'Nichts wurde geändert.',
    action: 'Zeigen, was im Weg steht',
  },
  staging: {
    title: 'Die Aktualisierung wird erprobt',
    detail: 'Sie können weiterarbeiten. Ihr laufendes System bleibt unberührt.',
    action: 'Probe zeigen',
    stopping: 'Die Probe wird angehalten',
    stoppingDetail: 'Was begonnen wurde, wird weggeräumt. Ihr System bleibt, wie es ist.',
  },
  staged: {
    title: 'Bereit zum Umschalten',
    detail: (seconds, how) =>
      seconds < 1
        ? `Kostet Sie keine Zeit, ${byActivation[how]}.`
        : `Dauert etwa ${say.duration(seconds)}, ${byActivation[how]}.`,
    action: 'Durchsehen und umschalten',
    scheduled: 'Umgeschaltet wird beim nächsten Herunterfahren',
    scheduledDetail: 'Bis dahin bleibt alles, wie es ist.',
    review: 'Aktualisierung durchsehen',
    set: (when) => `Umgeschaltet wird ${when}`,
    setDetail: (how) =>
      `Bis dahin bleibt alles, wie es ist. Dann wird noch einmal geprüft und umgeschaltet, ${byActivation[how]}.`,
    takeBack: 'Doch nicht umschalten',
    missed: 'Es wurde nicht umgeschaltet',
    missedDetail: (when) =>
      `Vorgesehen war es ${when}. Nichts wurde geändert, die Aktualisierung ist weiter bereit.`,
    missedOff: (when) =>
      `Vorgesehen war es ${when}, da war der Rechner aus oder schlief. Nichts wurde geändert, die Aktualisierung ist weiter bereit.`,
    later: 'Nicht jetzt',
  },
  needsDecision: {
    title: (count) =>
      say.plural(count, {
        one: 'Eine Entscheidung liegt bei Ihnen',
        other: '# Entscheidungen liegen bei Ihnen',
      }),
    detail: 'Sie und die Aktualisierung haben dieselben Einstellungen geändert. Wählen Sie, welche bleiben.',
    action: 'Entscheiden',
  },
  switching: {
    title: 'Umschalten auf das aktualisierte System',
    detail:
      'Selbst ein Stromausfall lässt jetzt entweder das alte oder das neue System zurück, nie eine Mischung.',
  },
  done: {
    title: 'Ihr System ist aktualisiert',
    detail: 'Das System davor wird aufbewahrt. Ein Klick führt dorthin zurück.',
    action: 'Fertig',
    waiting: {
      title: 'Das aktualisierte System läuft nach dem nächsten Neustart',
      detail: 'Starten Sie neu, wenn es Ihnen passt. Bis dahin läuft das System weiter, wie es davor war.',
    },
  },
  rollingBack: {
    title: 'Zurück zum System davor',
    detail: 'Selbst ein Stromausfall lässt jetzt ein ganzes System zurück.',
  },
  rolledBack: {
    title: 'Sie sind zurück auf dem System davor',
    detail: 'Die Aktualisierung wurde zurückgenommen.',
    action: 'Fertig',
    waiting: {
      title: 'Das System davor läuft nach dem nächsten Neustart',
      detail:
        'Die Aktualisierung wurde zurückgenommen. Starten Sie neu, wenn es Ihnen passt; bis dahin läuft das aktualisierte System weiter.',
    },
  },
  failed: {
    title: 'Etwas ging schief, und nichts wurde geändert',
    during: {
      plan: 'Es geschah bei der Suche nach Aktualisierungen. Ihr System ist, wie es war.',
      stage: 'Es geschah bei der Probe. Ihr laufendes System ist, wie es war.',
      decide: 'Es geschah beim Festhalten Ihrer Entscheidung. Ihr laufendes System ist, wie es war.',
      activate: 'Es geschah beim Umschalten. Ihr System ist, wie es war.',
      unschedule:
        'Es geschah, als ein Umschalten für später zurückgenommen wurde. Ihr System ist, wie es war.',
      rollback: 'Es geschah auf dem Weg zurück. Ihr System ist, wie es war.',
      prune: 'Es geschah beim Entfernen alter Wiederherstellungspunkte. Ihr System ist, wie es war.',
      recover: 'Es geschah bei der Wiederherstellung. Nichts wurde geraten.',
      settings: 'Es geschah beim Ändern einer Einstellung. Sie ist, wie sie war.',
      practice: 'Es geschah beim Anlegen des Übungssystems. Ihr echtes System ist, wie es war.',
    },
    action: 'Erneut versuchen',
    dismiss: 'Nicht jetzt',
  },
  interrupted: {
    title: {
      stage: 'Eine Probe wurde unterbrochen',
      activate: 'Ein Umschalten wurde unterbrochen',
      rollback: 'Ein Zurücknehmen wurde unterbrochen',
      prune: 'Ein Aufräumen wurde unterbrochen',
    },
    detail:
      'Understudy schließt es ab oder nimmt es zurück, je nachdem, was sicher ist. Ihr System ist in jedem Fall ganz.',
    action: 'Jetzt wiederherstellen',
  },
  recovering: {
    title: 'Wiederherstellung läuft',
    detail: 'Was unterbrochen wurde, wird abgeschlossen oder zurückgenommen.',
  },
  recovered: {
    title: 'Nach einer Unterbrechung wiederhergestellt',
    back: {
      stage: 'Die Probe wurde weggeräumt. Ihr laufendes System war nie betroffen.',
      activate: 'Das Umschalten wurde zurückgenommen. Sie sind auf dem System vor der Aktualisierung.',
      rollback: 'Das Zurücknehmen wurde rückgängig gemacht. Sie sind auf dem aktualisierten System.',
      prune: 'Das Aufräumen wurde zurückgenommen.',
    },
    forward: {
      stage: 'Die Probe wurde abgeschlossen. Ihr laufendes System war nie betroffen.',
      activate: 'Das Umschalten wurde abgeschlossen. Sie sind auf dem aktualisierten System.',
      rollback: 'Das Zurücknehmen wurde abgeschlossen. Sie sind auf dem System vor der Aktualisierung.',
      prune: 'Das Aufräumen wurde abgeschlossen.',
    },
    action: 'Fertig',
  },
  damaged: {
    title: 'Den Aufzeichnungen von Understudy ist nicht zu trauen',
    detail: 'Nichts wurde geraten und nichts geändert. Ihr System läuft wie bisher.',
  },
  arrival: {
    title: 'Nicht alles konnte übernommen werden',
    files: (count: number) =>
      say.plural(count, {
        one: 'Eine Datei wurde vor dem Start in beiden Systemen geändert. Ihre andere Fassung liegt hier:',
        other:
          '# Dateien wurden vor dem Start in beiden Systemen geändert. Ihre anderen Fassungen liegen hier:',
      }),
    list: (count: number) => say.plural(count, { one: 'Datei zeigen', other: '# Dateien zeigen' }),
    problems:
      'Diese Konten passen nicht zusammen. Wer diesen Rechner verwaltet, kann sie mit getent ansehen und mit usermod, useradd oder passwd berichtigen:',
    action: 'Fertig',
  },
  heldBack: {
    title: (count) =>
      say.plural(count, {
        one: 'Ein Live-Patch des Kernels wird zurückgehalten',
        other: '# Live-Patches des Kernels werden zurückgehalten',
      }),
    detail: (patches) =>
      `Der Rechner ging aus, kurz nachdem ${say.list(patches)} ${say.plural(patches.length, {
        one: 'geladen worden war. Von selbst wird dieser Patch nicht mehr geladen.',
        other: 'geladen worden waren. Von selbst werden diese Patches nicht mehr geladen.',
      })}`,
    see: 'Kernel ansehen',
    action: 'Fertig',
  },
  rollBack: 'Zurücknehmen …',
  rollBackLast: 'Letzte Aktualisierung zurücknehmen …',
  facts: {
    title: 'Auf einen Blick',
    restorePoint: 'Letzter Wiederherstellungs\u00adpunkt',
    noRestorePoint: 'Noch keiner. Jede Aktualisierung legt einen an',
    kernel: 'Laufender Kernel',
    restartPending: 'Ein Neustart steht aus',
    livepatches: (count) => say.plural(count, { one: '# Live-Patch', other: '# Live-Patches' }),
    space: 'Platz für Wiederherstellungs\u00adpunkte',
    spaceUsed: (used, limit) => `${say.size(used)} von ${say.size(limit)}`,
    next: 'Nächste automatische Prüfung',
  },
  schedule: {
    off: 'Ausgeschaltet',
    paused: 'Angehalten',
    'outside-hours': 'Wartet auf seine Uhrzeit',
    'on-battery': 'Wartet auf Netzstrom',
    metered: 'Wartet auf ein Netz ohne Volumengrenze',
    offline: 'Wartet auf ein Netz',
    busy: 'Wartet, bis der Rechner weniger zu tun hat',
    patience: 'Wartet nach einem Fehlschlag',
    'staged-already': 'Eine Aktualisierung ist schon erprobt',
    'up-to-date': 'Nichts zu tun',
    'no-right': 'Muss entsperrt werden',
    due: 'Jetzt',
  },
});
