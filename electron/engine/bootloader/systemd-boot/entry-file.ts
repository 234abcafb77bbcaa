/**
 * Boot Loader Specification, type 1: one entry a file, in `loader/entries` of the partition that also holds its kernel. A counter in the name,
 * `+LEFT` and then `+LEFT-DONE`, says how often it may still be tried (Automatic Boot Assessment): systemd-boot counts down before it starts the
 * entry, and puts one with nothing left behind all others.
 */
import type { BootEntry, Trial } from '../boot-loader.js';

/** `return`: of the way back, in place of both others. */
export type Role = keyof Omit<Trial, 'restorePoint'> | 'return';

/** Our names; before all others in the menu stands the trial, then the previous one. */
const sortKeys: Readonly<Record<Role, string>> = {
  trial: '0-understudy-0-trial',
  return: '0-understudy-1-return',
  previous: '0-understudy-2-previous',
};

/** `paths`: of kernel and initrds, from the top of the partition. */
export function entryFile(
  role: Role,
  restorePoint: string,
  { title, options }: BootEntry,
  paths: { readonly kernel: string; readonly initrds: readonly string[] },
): string {
  return [
    '# Written by Understudy for a trial; it goes by itself.',
    `title ${line(title)}`,
    `sort-key ${sortKeys[role]}`,
    `version ${restorePoint}`,
    `options ${line(options.map(asWord).join(' '))}`,
    ...paths.initrds.map((path) => `initrd ${path}`),
    // Last: without this line it is no entry, so one that is cut off is none.
    `linux ${paths.kernel}`,
    '',
  ].join('\n');
}

export interface EntryName {
  readonly role: Role;
  readonly restorePoint: string;
  /** Null where it is not counted: it may be started any number of times. */
  readonly left: number | null;
}

export function entryName({ role, restorePoint, left }: EntryName): string {
  return `understudy-${role}-${restorePoint}${left === null ? '' : `+${left}`}.conf`;
}

/** Undefined for files that are not ours. */
export function parseEntryName(name: string): EntryName | undefined {
  const found = /^understudy-(trial|previous|return)-([^+]+?)(?:\+(\d+)(?:-\d+)?)?\.conf$/.exec(name);
  if (!found) return undefined;
  const [, role, restorePoint = '', left] = found;
  return { role: role as Role, restorePoint, left: left === undefined ? null : Number(left) };
}

function line(text: string): string {
  return text.replace(/[\n\r\0]/g, ' ');
}

/** The kernel's own quoting: everything from one double quote to the next. */
function asWord(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
