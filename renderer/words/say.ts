/**
 * Numbers, sizes, dates, durations and plurals in one language, all by `Intl`. A vocabulary gets one of these and builds its
 * sentences with it, so that no sentence formats anything by itself.
 */
export const languageCodes = ['en', 'de'] as const;
export type LanguageCode = (typeof languageCodes)[number];

/** One form for each plural category that the language has; `#` becomes the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export interface Say {
  readonly number: (value: number) => string;
  /** Of 0 to 1. */
  readonly percent: (share: number) => string;
  readonly plural: (count: number, forms: Forms) => string;
  /** Bytes, in the decimal units that disks are sold in. */
  readonly size: (bytes: number) => string;
  readonly duration: (seconds: number) => string;
  /** Day and time, as short as it stays clear seen from `now`. */
  readonly moment: (iso: string, now: number) => string;
  /** The same within a sentence: "today, 22:00". */
  readonly within: (iso: string, now: number) => string;
  /** Day, month, year and time, in full. */
  readonly fully: (iso: string) => string;
  readonly month: (iso: string) => string;
  /** "5 minutes ago", "in 2 hours". */
  readonly ago: (iso: string, now: number) => string;
  /** An hour of the day, 0 to 23. */
  readonly hour: (hour: number) => string;
  readonly list: (items: readonly string[]) => string;
  /** A text between the quotation marks of the language. */
  readonly quote: (text: string) => string;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const day = 86_400;
const quotes: Readonly<Record<LanguageCode, readonly [string, string]>> = { en: ['“', '”'], de: ['„', '“'] };

/** `locale` is the system's own where it speaks `language`, so that an Austrian January is a Jänner. */
export function sayIn(language: LanguageCode, locale: string = language): Say {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (date: Date) => (Number.isNaN(date.getTime()) ? '–' : format.format(date));
  };
  const time = dates({ timeStyle: 'short' });
  const thisYear = dates({ day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' });
  const anyYear = dates({ dateStyle: 'long', timeStyle: 'short' });
  const full = dates({ dateStyle: 'full', timeStyle: 'medium' });
  const monthOf = dates({ month: 'long', year: 'numeric' });

  const [open, close] = quotes[language];
  /** Each is made once: making one takes longer than a row of a list may, which shows a size. */
  const amounts = new Map<string, Intl.NumberFormat>();
  const amount = (value: number, unit: string, unitDisplay: 'short' | 'long', digits = 0) => {
    const key = `${unit} ${unitDisplay} ${digits}`;
    const format =
      amounts.get(key) ??
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits });
    amounts.set(key, format);
    return format.format(value);
  };

  const ago = (iso: string, now: number): string => {
    const seconds = (Date.parse(iso) - now) / 1000;
    if (Number.isNaN(seconds)) return '–';
    const size = Math.abs(seconds);
    if (size < 60) return relative.format(0, 'second');
    if (size < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
    if (size < day) return relative.format(Math.trunc(seconds / 3600), 'hour');
    if (size < 30 * day) return relative.format(Math.round(seconds / day), 'day');
    if (size < 365 * day) return relative.format(Math.trunc(seconds / (30 * day)), 'month');
    return relative.format(Math.trunc(seconds / (365 * day)), 'year');
  };

  const momentOf = (iso: string, now: number, shape: (text: string) => string): string => {
    const date = new Date(iso);
    const days = Math.round((startOfDay(date) - startOfDay(new Date(now))) / (day * 1000));
    if (Math.abs(days) <= 1) return `${shape(relative.format(days, 'day'))}, ${time(date)}`;
    return date.getFullYear() === new Date(now).getFullYear() ? thisYear(date) : anyYear(date);
  };

  return {
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(Math.min(1, Math.max(0, share))),
    plural: (count, forms) =>
      (forms[rules.select(count)] ?? forms.other).replaceAll('#', numbers.format(count)),
    size(bytes) {
      const step = Math.min(
        units.length - 1,
        Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)),
      );
      const value = bytes / 1000 ** step;
      return amount(value, units[step] ?? 'byte', 'short', step >= 2 && Math.abs(value) < 100 ? 1 : 0);
    },
    duration(seconds) {
      if (seconds < 1) return amount(Math.max(0, seconds), 'second', 'long', 1);
      if (seconds < 60) return amount(Math.round(seconds), 'second', 'long');
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return amount(minutes, 'minute', 'long');
      const rest = minutes % 60;
      const hours = amount(Math.floor(minutes / 60), 'hour', 'long');
      return rest === 0 ? hours : `${hours} ${amount(rest, 'minute', 'long')}`;
    },
    moment: (iso, now) => momentOf(iso, now, (text) => capital(text, locale)),
    within: (iso, now) => momentOf(iso, now, (text) => text),
    fully: (iso) => full(new Date(iso)),
    month: (iso) => monthOf(new Date(iso)),
    ago,
    hour: (hour) => time(new Date(2000, 0, 1, hour)),
    list: (items) => lists.format(items),
    quote: (text) => `${open}${text}${close}`,
  };
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function capital(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
