/**
 * What the shell of the desktop says itself: tray, notifications, menu. The rest is the page's. Invariant: every language has every
 * word, and numbers and plural forms come from `Intl`.
 */
import type { Preferences } from '../../shared/preferences.js';
import type { NotificationKind } from '../services/notifications/rules.js';
import type { TrayLine } from '../services/tray/model.js';

export type Language = Exclude<Preferences['language'], 'system'>;

export interface NotificationText {
  readonly title: string;
  readonly body: string;
  /** Of the button, where the server of the desktop offers any. */
  readonly action: string;
}

export interface ShellWords {
  readonly line: (line: TrayLine, count: number | null) => string;
  readonly practice: string;
  readonly menu: {
    readonly update: string;
    readonly rollBack: string;
    readonly pause: string;
    readonly resume: string;
    readonly open: string;
    readonly quit: string;
    readonly view: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly resetZoom: string;
    readonly close: string;
  };
  readonly notification: Readonly<Record<NotificationKind, NotificationText>>;
}

/** A number with the form of the noun that goes with it; `#` stands for the number. */
function counted(language: Language, one: string, other: string): (count: number | null) => string {
  const rules = new Intl.PluralRules(language);
  const format = new Intl.NumberFormat(language);
  return (count) =>
    count === null
      ? other.replace('# ', '')
      : (rules.select(count) === 'one' ? one : other).replace('#', format.format(count));
}

function english(): ShellWords {
  const updates = counted('en', '# update is waiting', '# updates are waiting');
  const decisions = counted('en', '# decision is needed', '# decisions are needed');
  const lines: Record<TrayLine, (count: number | null) => string> = {
    unknown: () => 'Looking at this system',
    absent: () => 'The helper is not running',
    preparing: () => 'Making the practice system',
    'up-to-date': () => 'Up to date',
    waiting: updates,
    planning: () => 'Looking for updates',
    planned: updates,
    blocked: () => 'Something stands in the way',
    staging: () => 'Rehearsing updates. You can keep working',
    staged: () => 'Ready to switch',
    scheduled: () => 'Switches at the next shutdown',
    set: () => 'Switches at the hour that was set',
    missed: () => 'The switch did not happen. Ready to switch',
    'needs-decision': decisions,
    switching: () => 'Switching',
    done: () => 'Updated',
    'rolling-back': () => 'Rolling back',
    'rolled-back': () => 'Rolled back',
    failed: () => 'Something went wrong. Nothing was changed',
    interrupted: () => 'An interrupted update waits to be settled',
    recovering: () => 'Settling an interrupted update',
    recovered: () => 'Recovered from an interruption',
    damaged: () => 'The records of Understudy are damaged',
  };
  return {
    line: (line, count) => lines[line](count),
    practice: 'Practice',
    menu: {
      update: 'Update…',
      rollBack: 'Roll back last update…',
      pause: 'Pause for a day',
      resume: 'Resume',
      open: 'Open Understudy',
      quit: 'Quit',
      view: 'View',
      zoomIn: 'Larger',
      zoomOut: 'Smaller',
      resetZoom: 'Normal size',
      close: 'Close window',
    },
    notification: {
      ready: {
        title: 'An update is ready',
        body: 'It was rehearsed and is ready to switch to, whenever it suits you.',
        action: 'Review…',
      },
      missed: {
        title: 'The switch did not happen',
        body: 'The hour that was set has passed. Nothing was changed; the update is still ready.',
        action: 'Review…',
      },
      'needs-decision': {
        title: 'An update needs a decision',
        body: 'Some of your own changes meet changes of the update.',
        action: 'Decide…',
      },
      done: {
        title: 'Updated',
        body: 'The switch is done. You can take it back at any time.',
        action: 'Roll back…',
      },
      'rolled-back': {
        title: 'Rolled back',
        body: 'The system is as it was before the update.',
        action: 'History',
      },
      recovered: {
        title: 'Recovered',
        body: 'An interrupted update was settled. The system is consistent.',
        action: 'History',
      },
    },
  };
}

function german(): ShellWords {
  const updates = counted('de', '# Aktualisierung wartet', '# Aktualisierungen warten');
  const decisions = counted('de', '# Entscheidung ist nötig', '# Entscheidungen sind nötig');
  const lines: Record<TrayLine, (count: number | null) => string> = {
    unknown: () => 'Das System wird angesehen',
    absent: () => 'Der Helfer läuft nicht',
    preparing: () => 'Das Übungssystem wird angelegt',
    'up-to-date': () => 'Auf dem neuesten Stand',
    waiting: updates,
    planning: () => 'Aktualisierungen werden gesucht',
    planned: updates,
    blocked: () => 'Etwas steht im Weg',
    staging: () => 'Aktualisierungen werden geprobt. Sie können weiterarbeiten',
    staged: () => 'Bereit zum Umschalten',
    scheduled: () => 'Umschalten beim nächsten Herunterfahren',
    set: () => 'Umschalten zur gewählten Uhrzeit',
    missed: () => 'Es wurde nicht umgeschaltet. Bereit zum Umschalten',
    'needs-decision': decisions,
    switching: () => 'Es wird umgeschaltet',
    done: () => 'Aktualisiert',
    'rolling-back': () => 'Es wird zurückgenommen',
    'rolled-back': () => 'Zurückgenommen',
    failed: () => 'Etwas ging schief. Nichts wurde geändert',
    interrupted: () => 'Eine unterbrochene Aktualisierung ist noch offen',
    recovering: () => 'Eine Unterbrechung wird in Ordnung gebracht',
    recovered: () => 'Nach einer Unterbrechung wiederhergestellt',
    damaged: () => 'Die Aufzeichnungen von Understudy sind beschädigt',
  };
  return {
    line: (line, count) => lines[line](count),
    practice: 'Übung',
    menu: {
      update: 'Aktualisieren …',
      rollBack: 'Letzte Aktualisierung zurücknehmen …',
      pause: 'Einen Tag pausieren',
      resume: 'Fortsetzen',
      open: 'Understudy öffnen',
      quit: 'Beenden',
      view: 'Ansicht',
      zoomIn: 'Größer',
      zoomOut: 'Kleiner',
      resetZoom: 'Normale Größe',
      close: 'Fenster schließen',
    },
    notification: {
      ready: {
        title: 'Eine Aktualisierung ist bereit',
        body: 'Sie ist geprobt. Umgeschaltet wird, wann es Ihnen passt.',
        action: 'Ansehen …',
      },
      missed: {
        title: 'Es wurde nicht umgeschaltet',
        body: 'Die gewählte Uhrzeit ist vorbei. Nichts wurde geändert, die Aktualisierung ist weiter bereit.',
        action: 'Ansehen …',
      },
      'needs-decision': {
        title: 'Eine Aktualisierung braucht eine Entscheidung',
        body: 'Einige Ihrer eigenen Änderungen treffen auf Änderungen der Aktualisierung.',
        action: 'Entscheiden …',
      },
      done: {
        title: 'Aktualisiert',
        body: 'Umgeschaltet. Sie können es jederzeit zurücknehmen.',
        action: 'Zurücknehmen …',
      },
      'rolled-back': {
        title: 'Zurückgenommen',
        body: 'Das System ist wie vor der Aktualisierung.',
        action: 'Verlauf',
      },
      recovered: {
        title: 'Wiederhergestellt',
        body: 'Eine unterbrochene Aktualisierung wurde in Ordnung gebracht. Das System ist in sich stimmig.',
        action: 'Verlauf',
      },
    },
  };
}

const words: Readonly<Record<Language, () => ShellWords>> = { en: english, de: german };

/** The language chosen, or the first of the system's that there are words in. */
export function languageFor(chosen: Preferences['language'], system: readonly string[]): Language {
  if (chosen !== 'system') return chosen;
  const languages = system.map((tag) => tag.split('-')[0]?.toLowerCase());
  return languages.find((language): language is Language => language === 'en' || language === 'de') ?? 'en';
}

export function wordsIn(language: Language): ShellWords {
  return words[language]();
}
