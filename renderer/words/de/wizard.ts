/** German: the wizard. */
import type { Say } from '../say.js';
import type { Words } from '../vocabulary.js';
import { checks } from './wizard-checks.js';
import { proofs } from './wizard-proofs.js';

export const wizard = (say: Say): Words['wizard'] => ({
  title: 'Aktualisieren',
  steps: {
    choose: 'Wählen',
    check: 'Prüfen',
    backup: 'Sichern',
    rehearse: 'Proben',
    review: 'Durchsehen',
    switch: 'Umschalten',
    done: 'Fertig',
  },
  stepper: {
    label: 'Schritte der Aktualisierung',
    position: (number, of) => `Schritt ${number} von ${of}`,
    passed: 'erledigt',
  },
  next: 'Weiter',
  toHome: 'Zur Startseite',
  goesOn: {
    title: 'Die Probe läuft weiter',
    detail: 'Sie können sich hier umsehen. Um neu zu wählen, halten Sie sie zuerst an.',
    show: 'Probe zeigen',
  },
  stopped: {
    plan: 'Sie haben die Suche nach Aktualisierungen angehalten. Nichts wurde geändert.',
    stage: 'Sie haben die Probe angehalten. Was begonnen war, ist weggeräumt; Ihr System war nie betroffen.',
    activate: 'Sie haben vor dem Umschalten angehalten. Ihr System ist, wie es war.',
  },
  readOnly: 'Sie können hier nachsehen, aber nichts ändern.',

  choose: {
    title: 'Wählen, was aktualisiert wird',
    lead: 'An Ihrem System ändert sich nichts, bis Sie ganz am Ende umschalten.',
    scope: 'Was aktualisiert wird',
    amount: (count, bytes) =>
      `${say.plural(count, { one: '# Aktualisierung', other: '# Aktualisierungen' })}, ${say.size(bytes)} herunterzuladen`,
    groups: {
      security: 'Sicherheit',
      kernel: 'Kernel',
      applications: 'Programme und Bibliotheken',
      along: 'Kommt mit',
      removed: 'Fällt weg',
      kept: 'Bleibt, wie es ist',
    },
    groupDetails: {
      security: 'Schließt Lücken, die andere nutzen könnten',
      kernel: 'Der Kern des Systems',
      applications: 'Alles Übrige',
      along: 'Die anderen brauchen es',
      removed: 'Pakete, die nicht mehr passen',
      kept: 'Zurückgehalten',
    },
    list: 'Aktualisierungen',
    search: 'Aktualisierungen suchen',
    selectAll: 'Alle auswählen',
    selectNone: 'Keine auswählen',
    selected: (count, of) => `${say.number(count)} von ${say.number(of)} ausgewählt`,
    skipList: 'Liste überspringen',
    versions: (from, to) => `von ${from} auf ${to}`,
    newVersion: (to) => `neu, ${to}`,
    goes: (from) => `${from} wird entfernt`,
    looking: 'Es wird nachgesehen, was bereitsteht …',
    upToDate: 'Alles ist auf dem neuesten Stand',
    upToDateDetail: (counted) =>
      counted === null
        ? 'Die Liste der Aktualisierungen wurde gerade neu geholt.'
        : `Die Liste der Aktualisierungen wurde zuletzt ${counted} geholt.`,
    uncounted: 'Die Liste der Aktualisierungen wurde noch nie geholt',
    uncountedDetail: 'Sie zu holen ändert nichts an Ihrem System.',
    noneInScope: 'In dieser Auswahl steht nichts bereit',
    noneInScopeDetail: 'Wählen Sie oben eine andere.',
    nothingComes: 'Davon kann jetzt nichts installiert werden',
    nothingComesDetail: 'Es gibt nichts Neueres, oder es wird zurückgehalten. Nichts wurde geändert.',
    noneSelected: 'Wählen Sie mindestens eine Aktualisierung.',
    lookNow: 'Nach Aktualisierungen suchen',
    lookAgain: 'Nach neueren suchen',
    planned: (when) => `Ermittelt ${when}`,
    unplanned:
      'Die Größen sind geschätzt, bis Sie weitergehen: Dann wird die neueste Liste geholt und alles genau ermittelt.',
    planning: 'Es wird genau ermittelt, was sich ändern würde. Dabei wird nichts verändert.',
    stop: 'Anhalten',
  },

  check: {
    title: 'Prüfen, ob die Aktualisierung beginnen kann',
    lead: 'Ein Blick auf Ihr System, der nichts ändert. Er wird wiederholt, wenn die Arbeit beginnt.',
    running: 'Es wird geprüft …',
    verdict: {
      pass: 'Nichts steht im Weg.',
      warn: 'Sie können weitergehen, aber sehen Sie sich das vorher an.',
      block: 'Etwas steht im Weg. Nichts wurde geändert.',
    },
    counts: (pass, warn, block) =>
      [
        block > 0 ? `${say.number(block)} im Weg` : '',
        warn > 0 ? `${say.number(warn)} zu beachten` : '',
        `${say.number(pass)} in Ordnung`,
      ]
        .filter((part) => part !== '')
        .join(', '),
    groups: { block: 'Im Weg', warn: 'Gut zu wissen', pass: 'In Ordnung' },
    words: { block: 'Hindernis', warn: 'Hinweis', pass: 'Bestanden' },
    measured: 'Gemessen',
    again: 'Erneut prüfen',
    duringRehearsal: 'Geprüft wurde, als die Probe begann; vor dem Umschalten wird noch einmal geprüft.',
    toSwitch: 'Weiter zum Umschalten',
    fixes: {
      'free-space': 'Platz schaffen …',
      recover: 'Jetzt wiederherstellen',
      'look-again': 'Liste neu holen',
      'check-again': 'Erneut prüfen',
    },
    known: checks,
  },

  freeSpace: {
    title: 'Alte Wiederherstellungspunkte entfernen?',
    lead: 'Nur der neueste bleibt. Zu den anderen können Sie dann nicht mehr zurück.',
    removes: (count, bytes) =>
      `${say.plural(count, { one: '# Wiederherstellungspunkt fällt weg', other: '# Wiederherstellungspunkte fallen weg' })}; das schafft ${say.size(bytes)} Platz.`,
    nothing: 'Es gibt nichts zu entfernen: Der neueste Wiederherstellungspunkt bleibt immer.',
    history: 'Im Verlauf wählen, welche bleiben',
    confirm: 'Entfernen und erneut prüfen',
  },

  backup: {
    title: 'Den Weg zurück sichern',
    lead: 'Vor dem Umschalten wird das System von jetzt zu einem Wiederherstellungspunkt. Ein Klick führt dorthin zurück.',
    holds: 'Was aufbewahrt wird',
    kinds: {
      programs: 'Programme und Bibliotheken',
      programsDetail: 'Alles unterhalb von /usr',
      configuration: 'Einstellungen und Konten',
      configurationDetail: 'Alles unterhalb von /etc, auch die Dateien mit Benutzern und Gruppen',
      database: 'Die Liste der installierten Pakete',
      databaseDetail: 'Damit Pakete und Dateien nach dem Zurücknehmen wieder zusammenpassen',
      boot: 'Der Kernel von jetzt',
      bootDetail: 'Mit allem, was er zum Starten braucht',
    },
    facts: 'Wie es aufbewahrt wird',
    size: 'Größe',
    sizeValue: (bytes) => `Etwa ${say.size(bytes)}`,
    sizeDetail: 'Nur was sich ändert, kostet Platz; das Übrige teilt er mit dem laufenden System.',
    place: 'Auf derselben Platte wie das System',
    placeFree: (free, device) => `${say.size(free)} sind frei auf ${device}`,
    howLong: (count) =>
      say.plural(count, {
        one: 'Mindestens bis zur nächsten Aktualisierung',
        other: 'Mindestens die neuesten # bleiben',
      }),
    howLongDetail: (bytes) => `Ältere gehen, wenn alle zusammen mehr als ${say.size(bytes)} brauchen.`,
    now: 'Jetzt vorhanden',
    nowValue: (count, bytes) =>
      `${say.plural(count, { one: '# Wiederherstellungspunkt', other: '# Wiederherstellungspunkte' })}, ${say.size(bytes)}`,
    settings: 'In den Einstellungen ändern',
    honest: 'Ein Wiederherstellungspunkt ist keine Datensicherung',
    honestDetail:
      'Er liegt auf derselben Platte: Geht sie kaputt, ist beides verloren, und anderswo gibt es keine Kopie. Ihre Dokumente, Ihre E-Mails und Ihr persönlicher Ordner gehören nicht dazu. Die Aktualisierung rührt sie nicht an, und das Zurücknehmen auch nicht.',
    next: 'Was als Nächstes kommt',
    nextDetail: (download, staging) =>
      `Die Probe lädt ${say.size(download)} herunter und installiert alles in einem Klon, der vorübergehend bis zu ${say.size(staging)} braucht. Sie können weiterarbeiten.`,
    start: 'Probe beginnen',
  },

  rehearse: {
    title: 'Die Aktualisierung wird geprobt',
    lead: 'Alles wird in einem Klon installiert. Arbeiten Sie weiter: Ihr laufendes System bleibt unberührt.',
    stoppingTitle: 'Die Probe wird angehalten',
    stoppingLead: 'Was begonnen wurde, wird weggeräumt. Ihr System bleibt, wie es ist.',
    doneTitle: 'Die Probe ist gelungen',
    doneLead: 'Das aktualisierte System steht neben dem laufenden bereit, das unberührt blieb.',
    failedTitle: 'Die Probe ist nicht gelungen',
    failedLead: 'Ihr laufendes System blieb unberührt.',
    phases: 'Abschnitte der Probe',
    standing: { done: 'erledigt', now: 'läuft', later: 'kommt noch' },
    closing:
      'Sie können dieses Fenster schließen. Die Probe läuft weiter, und diese Seite findet sie wieder.',
    cancel: 'Probe anhalten',
    cancelDetail: 'Anhalten ist jederzeit gefahrlos.',
    review: 'Änderungen durchsehen',
  },

  review: {
    title: 'Durchsehen, was sich ändern würde',
    lead: 'Noch ist nichts davon in Kraft.',
    looking: 'Es wird zusammengestellt, was sich ändern würde …',
    summary: (packages, files, bytes) =>
      `${say.plural(packages, { one: '# Paket', other: '# Pakete' })} und ${say.plural(files, { one: '# Datei', other: '# Dateien' })} würden sich ändern; ${say.size(bytes)} sind neu.`,
    unready: 'Diese Probe wurde nicht bestanden, darum wird sie nicht angeboten',
    unreadyDetail: 'Unten steht, was dagegen spricht. Ihr laufendes System blieb unberührt.',
    proofs: {
      title: 'Was die Probe gezeigt hat',
      words: { pass: 'Gezeigt', warn: 'Mit Anmerkung', fail: 'Nicht bestanden', skipped: 'Nicht untersucht' },
      details: (count) => say.plural(count, { one: '# Einzelheit', other: '# Einzelheiten' }),
      known: proofs,
    },
    packages: {
      title: 'Pakete',
      search: 'Pakete suchen',
      list: 'Pakete, die sich ändern würden',
    },
    files: {
      title: 'Dateien',
      search: 'Dateien suchen',
      list: 'Dateien, die sich ändern würden',
      area: 'Bereich',
      all: 'Alle Bereiche',
      areas: {
        programs: 'Programme',
        configuration: 'Einstellungen',
        boot: 'Startdateien',
        'package database': 'Paketliste',
        state: 'Zustand von Programmen',
        other: 'Anderes',
      },
      kinds: { added: 'Neu', changed: 'Geändert', removed: 'Entfernt' },
      types: {
        file: 'Datei',
        dir: 'Ordner',
        link: 'Verweis',
        fifo: 'Pipe',
        socket: 'Socket',
        char: 'Gerät',
        block: 'Gerät',
      },
      size: 'Größe',
      total: 'Summe',
      show: 'Jede Datei zeigen',
      totals: 'Dateien nach Bereich',
    },
    services: {
      title: 'Programme in Gebrauch',
      none: 'Kein laufendes Programm benutzt, was ersetzt wird.',
      restarted: 'Das Umschalten startet diese neu.',
      later: 'Diese benutzen die alten Dateien weiter, bis sie neu gestartet werden.',
      list: 'Programme, die benutzen, was ersetzt wird',
      processes: (count) => say.plural(count, { one: '# Prozess', other: '# Prozesse' }),
      planned: 'Dienste, die die Aktualisierung ersetzt',
    },
    conflicts: {
      title: 'Ihre Entscheidungen',
      lead: 'Diese Dateien haben Sie geändert, und die Aktualisierung bringt eigene Fassungen mit. Welche Sie auch nehmen, die andere wird daneben aufbewahrt.',
      open: (count) => say.plural(count, { one: '# noch offen', other: '# noch offen' }),
      settled: 'Alles entschieden',
      file: (number, of) => `Datei ${number} von ${of}`,
      of: (name) => `Aus dem Paket ${name}`,
      choice: 'Welche benutzt wird',
      choices: { mine: 'Meine behalten', theirs: 'Die neue nehmen' },
      choiceDetails: {
        mine: 'Ihre Datei bleibt in Gebrauch.',
        theirs: 'Die Datei des Pakets kommt in Gebrauch.',
      },
      beside: (path) => `Die andere: ${path}`,
      undecided: 'Zu entscheiden',
      again: 'Noch einmal ansehen',
      allMine: 'Alle meine behalten',
      allTheirs: 'Alle neuen nehmen',
      save: (count) =>
        say.plural(count, { one: '# Entscheidung sichern', other: '# Entscheidungen sichern' }),
      saving: 'Der Klon wird mit Ihren Entscheidungen noch einmal geprüft.',
      unsaved: (count) =>
        say.plural(count, {
          one: '# Entscheidung ist noch nicht gesichert',
          other: '# Entscheidungen sind noch nicht gesichert',
        }),
      needed: 'Entscheiden Sie oben über die Dateien, um weiterzugehen.',
      noText: 'Dies sind keine Texte, die gezeigt werden könnten, oder sehr lange.',
      missing: 'Eine der Fassungen kann nicht als Text gezeigt werden.',
      view: 'Ansicht',
      views: { side: 'Nebeneinander', merged: 'In einem Text' },
      mine: 'Ihre',
      theirs: 'Neu',
      onlyMine: 'nur in Ihrer:',
      onlyTheirs: 'nur in der neuen:',
      equal: (count) => say.plural(count, { one: '# gleiche Zeile', other: '# gleiche Zeilen' }),
      showEqual: (count) =>
        say.plural(count, { one: '# gleiche Zeile zeigen', other: '# gleiche Zeilen zeigen' }),
      same: 'Beide haben denselben Text; sie unterscheiden sich in Rechten oder Besitzer.',
      moreFiles: (count) =>
        say.plural(count, { one: '# weitere Datei zeigen', other: '# weitere Dateien zeigen' }),
      more: (count) => say.plural(count, { one: '# weitere Zeile zeigen', other: '# weitere Zeilen zeigen' }),
      emptyLine: 'leere Zeile',
    },
    next: 'Weiter zum Umschalten',
  },

  switch: {
    title: 'Auf das aktualisierte System umschalten',
    lead: 'Von hier führt kein Schritt zurück, danach aber doch: Ein Klick bringt das System von jetzt wieder.',
    when: 'Wann',
    moments: { now: 'Jetzt', hour: 'Zu einer Uhrzeit', shutdown: 'Beim nächsten Herunterfahren' },
    momentDetails: {
      now: (seconds) =>
        seconds < 1 ? 'Kostet Sie keine Zeit.' : `Sie können etwa ${say.duration(seconds)} nicht arbeiten.`,
      hour: 'Heute Nacht zum Beispiel. Dann wird noch einmal geprüft; steht etwas im Weg, geschieht nichts.',
      shutdown:
        'Bis Sie den Rechner ausschalten oder neu starten, geschieht nichts. Das dauert dann ein wenig länger.',
    },
    hour: { label: 'Uhrzeit', none: 'Geben Sie eine Uhrzeit an.' },
    happens: 'Was geschieht',
    ways: {
      live: 'Ihre Programme laufen weiter.',
      'soft-reboot':
        'Alle Programme werden geschlossen, und Sie melden sich neu an. Der Kernel läuft weiter.',
      kexec: 'Alle Programme werden geschlossen, und der Rechner startet unmittelbar seinen neuen Kernel.',
      reboot: 'Alle Programme werden geschlossen, und der Rechner startet neu.',
      shutdown: 'Bis Sie herunterfahren, laufen Ihre Programme weiter.',
    },
    save: 'Sichern Sie vorher Ihre Arbeit.',
    saveBefore: 'Sichern Sie bis dahin Ihre Arbeit.',
    off: 'Ist der Rechner dann aus oder schläft er, geschieht nichts: die Aktualisierung bleibt bereit.',
    practice: 'Auf dem Übungssystem läuft kein Programm; es wird also nichts geschlossen.',
    interruption: 'Unterbrechung',
    interruptionValue: (seconds) => (seconds < 1 ? 'Keine' : `Etwa ${say.duration(seconds)}`),
    way: 'Weg',
    afterwards: 'Danach',
    afterwardsValue: (bytes) => `Ein Wiederherstellungspunkt von etwa ${say.size(bytes)} bleibt`,
    restart: 'Neu zu starten',
    why: 'Warum auf diesem Weg',
    power: 'Selbst ein Stromausfall lässt entweder das alte oder das neue System zurück, nie eine Mischung.',
    checks: 'Noch eine Prüfung',
    act: {
      now: 'Jetzt umschalten',
      restart: 'Umschalten und neu starten',
      hour: 'Zu dieser Uhrzeit umschalten',
      shutdown: 'Beim Herunterfahren umschalten',
    },
    scheduledTitle: 'Umgeschaltet wird beim nächsten Herunterfahren',
    scheduledLead: 'Bis dahin bleibt alles, wie es ist. Sie können dieses Fenster schließen.',
    setTitle: (when) => `Umgeschaltet wird ${when}`,
    change: 'Ändern',
    takeBack: 'Doch nicht umschalten',
    switchingTitle: 'Umschalten auf das aktualisierte System',
    switchingLead:
      'Bitte lassen Sie den Rechner an. Selbst ein Stromausfall lässt jetzt ein ganzes System zurück.',
  },

  done: {
    title: 'Ihr System ist aktualisiert',
    lead: 'Das System davor wird aufbewahrt. Ein Klick führt dorthin zurück.',
    changed: 'Was sich geändert hat',
    took: (seconds) =>
      seconds < 1
        ? 'Das Umschalten dauerte weniger als eine Sekunde.'
        : `Das Umschalten dauerte ${say.duration(seconds)}.`,
    carried: (count) =>
      say.plural(count, {
        one: '# Datei, die Sie inzwischen geändert hatten, wurde übernommen',
        other: '# Dateien, die Sie inzwischen geändert hatten, wurden übernommen',
      }),
    carriedList: 'Übernommene Dateien',
    restart: 'Neu zu starten, wenn es Ihnen passt',
    restartDetail: 'Bis dahin benutzen diese Dienste die alten Dateien.',
    remarks: 'Anmerkungen',
    way: 'Der Weg zurück',
    kept: 'Das System vor dieser Aktualisierung ist jetzt ein Wiederherstellungspunkt.',
    rollBack: 'Zurücknehmen …',
    history: 'Im Verlauf zeigen',
    finish: 'Fertig',
    list: 'Pakete, die sich geändert haben',
    unlisted: 'Die Liste der Pakete steht im Verlauf.',
  },

  trouble: {
    remedies: {
      again: 'Erneut versuchen',
      replan: 'Erneut nach Aktualisierungen suchen',
      restage: 'Erneut proben',
      choose: 'Andere Aktualisierungen wählen',
      check: 'Zeigen, was im Weg steht',
      review: 'Zeigen, was nicht bestanden wurde',
      'free-space': 'Platz schaffen …',
      'at-shutdown': 'Beim nächsten Herunterfahren umschalten',
      connect: 'Erneut verbinden',
      recover: 'Jetzt wiederherstellen',
    },
    dismiss: 'Nicht jetzt',
  },
});
