/**
 * Our part of `custom.cfg`, which lies beside grub.cfg and is read at its end (/etc/grub.d/41_custom, on Debian and its relatives, Fedora, SUSE
 * and Arch). The lines around it are the user's and stay. grub.cfg itself is never touched.
 */
import type { Trial } from '../boot-loader.js';

const begin = '### BEGIN understudy: rewritten by Understudy, up to END ###';
const end = '### END understudy ###';

export const environmentFile = 'understudy.env';

/** An entry whose files lie on the file system `uuid`, under these paths from its top. */
export interface GrubEntry {
  readonly title: string;
  readonly uuid: string;
  readonly kernel: string;
  readonly initrds: readonly string[];
  readonly options: readonly string[];
}

/** Where the environment block lies, when that is not beside custom.cfg: its path on the file system `uuid`. */
export interface NoteElsewhere {
  readonly uuid: string;
  readonly path: string;
}

/**
 * A start that the user chose for once in the usual way (grub-reboot) is not taken for the trial. Where GRUB cannot note that it tries, the
 * trial could go on forever: the previous entry is taken. A kernel that cannot be loaded falls back at once.
 */
export function customBlock({
  trial,
  previous,
  note,
}: Readonly<Record<keyof Omit<Trial, 'restorePoint'>, GrubEntry>> & {
  readonly note?: NoteElsewhere | undefined;
}): string {
  const file = note ? `"(\${understudy_disk})${note.path}"` : `"\${prefix}/${environmentFile}"`;
  return [
    begin,
    'set understudy_trial=',
    ...(note ? findingNote(note) : []),
    `if [ -s ${file} ]; then load_env --file ${file} understudy_trial; fi`,
    'if [ "${boot_once}" != "true" ]; then',
    '  if [ "${understudy_trial}" = "1" ]; then',
    '    set understudy_trial=2',
    `    if save_env --file ${file} understudy_trial; then`,
    '      set default=understudy-trial',
    '    else',
    '      set default=understudy-previous',
    '    fi',
    '  elif [ "${understudy_trial}" = "2" ]; then',
    '    set default=understudy-previous',
    '  fi',
    'fi',
    ...menuEntry('understudy-trial', trial.title, loading(trial, loading(previous))),
    ...menuEntry('understudy-previous', previous.title, loading(previous)),
    end,
    '',
  ].join('\n');
}

function findingNote({ uuid }: NoteElsewhere): string[] {
  return [
    ...['part_gpt', 'part_msdos', 'fat'].map((module) => `insmod ${module}`),
    'set understudy_disk=',
    `search --no-floppy --fs-uuid --set=understudy_disk ${quoted(uuid)}`,
  ];
}

/** `--unrestricted`: also where the menu asks for a password, a start without anyone there must go on. */
function menuEntry(id: string, title: string, body: readonly string[]): string[] {
  return [
    `menuentry ${quoted(title)} --class gnu-linux --class os --unrestricted --id ${id} {`,
    ...indented(['insmod part_gpt', 'insmod part_msdos', 'insmod all_video', ...body]),
    '}',
  ];
}

/** `set fallback=` would do the same, but takes nothing but numbers before GRUB 2.12. */
function loading({ uuid, kernel, initrds, options }: GrubEntry, otherwise: readonly string[] = []): string[] {
  const initramfs = initrds.length === 0 ? [] : [`initrd ${initrds.map(quoted).join(' ')}`];
  const linux = `linux ${[kernel, ...options].map(quoted).join(' ')}`;
  const search = `search --no-floppy --fs-uuid --set=root ${quoted(uuid)}`;
  if (otherwise.length === 0) return [search, linux, ...initramfs];
  const unless = (command: string, then: readonly string[]): string[] => [
    `if ${command}; then`,
    ...indented(then.length === 0 ? ['true'] : then),
    'else',
    ...indented(otherwise),
    'fi',
  ];
  return [
    search,
    ...unless(
      linux,
      initramfs.flatMap((command) => unless(command, [])),
    ),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** As in a shell: nothing is special between single quotes but the quote itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`).replace(/[\n\r\0]/g, ' ')}'`;
}

/** The user's lines alone; undefined where our part has no end, or no beginning. */
export function withoutBlock(text: string): string | undefined {
  const lines = text.split('\n');
  const [from, to] = [lines.indexOf(begin), lines.indexOf(end)];
  if (from < 0 && to < 0) return text;
  if (from < 0 || to < from) return undefined;
  const rest = [...lines.slice(0, from), ...lines.slice(to + 1)].join('\n');
  return rest.includes(begin) || rest.includes(end) ? undefined : rest;
}

/** Ours comes last: what it says of the default stands. */
export function withBlock(users: string, block: string): string {
  return users === '' || users.endsWith('\n') ? users + block : `${users}\n${block}`;
}
