/**
 * The snapshots that snapper keeps of the root: `/.snapshots/<number>/snapshot`, each with an `info.xml` beside it, as snapper(8) and
 * snapper-configs(5) have it. Read only. What cannot be read is listed without its words.
 */
import type { ForeignEnvironment } from '../../../../shared/environments.js';
import { systemErrorCode } from '../../fault.js';
import { readRegularFile, UnusableFile } from '../../files/regular-file.js';
import { display, join, type RawPath } from '../../posix/raw-path.js';
import type { System } from '../../system.js';
import { namesIn } from '../plain-view.js';
import { pathOf } from './layout.js';
import { subvolumeAt } from './subvolumes.js';

const largestRecord = 64 * 1024;

/** `skip`: ids of subvolumes that are environments of ours. */
export function snapperEnvironments(system: System, skip: ReadonlySet<string>): ForeignEnvironment[] {
  const folder = join(system.root, '.snapshots');
  return (namesIn(folder) ?? [])
    .filter((name) => /^[1-9]\d{0,9}$/.test(name))
    .flatMap((name) => {
      const tree = subvolumeAt(join(join(folder, name), 'snapshot'));
      if (!tree || skip.has(String(tree.id))) return [];
      const text = textOf(join(join(folder, name), 'info.xml')) ?? '';
      return {
        id: `snapper-${name}`,
        tool: 'snapper' as const,
        name,
        created: dateIn(text),
        title: elementIn(text, 'description') ?? '',
        place: display(pathOf(system, tree.id)),
      };
    });
}

/** snapper writes the time of Greenwich, without saying so. */
function dateIn(text: string): string | null {
  const date = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(elementIn(text, 'date') ?? '');
  const moment = new Date(`${date?.[1]}T${date?.[2]}Z`);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** A flat document of libxml2: elements without attributes, their text escaped. */
function elementIn(text: string, name: string): string | undefined {
  const found = new RegExp(`^\\s*<${name}>([^<]*)</${name}>\\s*$`, 'm').exec(text)?.[1];
  return found?.replace(/&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, word) => {
    if (typeof word === 'string') return entities[word] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Of a small regular file; `undefined` for anything else. */
export function textOf(path: RawPath): string | undefined {
  try {
    return readRegularFile(path, largestRecord).toString('utf8');
  } catch (error) {
    if (error instanceof UnusableFile || systemErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}
