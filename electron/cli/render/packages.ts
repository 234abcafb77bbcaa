/** Package changes as a table: what is removed or goes back to an older version stands first and stands out. */
import type { PackageChange } from '../../../shared/plan.js';
import { sign, type Look, type Tone } from '../text/look.js';
import { count, growth, size } from '../text/measure.js';
import { table, type Row } from '../text/table.js';

type Action = PackageChange['action'];

const actions: Readonly<
  Record<Action, { readonly word: string; readonly tone: Tone; readonly order: number }>
> = {
  remove: { word: 'REMOVED', tone: 'bad', order: 0 },
  downgrade: { word: 'DOWNGRADED', tone: 'warning', order: 1 },
  install: { word: 'new', tone: 'good', order: 2 },
  upgrade: { word: 'upgraded', tone: 'plain', order: 3 },
  reinstall: { word: 'reinstalled', tone: 'plain', order: 4 },
};

export function packageTable(changes: readonly PackageChange[], look: Look, indent = '  '): string[] {
  const rows = [...changes]
    .sort((a, b) => actions[a.action].order - actions[b.action].order || compare(a.name, b.name))
    .map((change): Row => {
      const { word, tone } = actions[change.action];
      const marks = [change.security ? 'security' : '', change.kernel ? 'kernel' : ''].filter(
        (mark) => mark !== '',
      );
      return [
        { text: word, tone },
        { text: change.name, tone: tone === 'plain' || tone === 'good' ? 'strong' : tone },
        { text: versions(change, look) },
        { text: change.downloadBytes > 0 ? size(change.downloadBytes) : '', align: 'right' },
        { text: growth(change.installedBytes), align: 'right', tone: 'quiet' },
        { text: marks.join(', '), tone: change.security ? 'warning' : 'plain' },
      ];
    });
  return table(look, rows, indent);
}

function versions({ from, to }: PackageChange, look: Look): string {
  if (from === null) return to ?? '';
  if (to === null) return from;
  return from === to ? to : `${from} ${sign(look, 'arrow')} ${to}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `14 upgraded, 1 new, 1 REMOVED`: what is dangerous last, so that it is read. */
export function packageSummary(changes: readonly PackageChange[]): string {
  const order: readonly Action[] = ['upgrade', 'install', 'reinstall', 'downgrade', 'remove'];
  const parts = order.flatMap((action) => {
    const number = changes.filter((change) => change.action === action).length;
    return number === 0 ? [] : [`${number} ${actions[action].word}`];
  });
  return parts.length === 0 ? 'no packages' : `${count(changes.length, 'package')}: ${parts.join(', ')}`;
}
