/** Backups of the accounts: which there are, whether one can be relied on, and who came back. */
import type {
  BackedUp,
  BackupList,
  BackupVerified,
  IdentityBackup,
  IdentityRestored,
} from '../../../shared/backup.js';
import { heading, paint, type Look } from '../text/look.js';
import { moment } from '../text/measure.js';
import { table, type Row } from '../text/table.js';
import { wrap } from '../text/width.js';

export function backupListLines({ place, backups }: BackupList, look: Look): string[] {
  return [
    heading(look, `Backups of the accounts in ${place}`),
    ...(backups.length === 0 ? ['  none'] : table(look, backups.map(rowOf), '  ')),
  ];
}

function rowOf({ id, created, reason, problems }: IdentityBackup): Row {
  if (problems.length > 0)
    return [{ text: id, tone: 'strong' }, { text: 'DAMAGED', tone: 'bad' }, problems.at(-1) ?? '', ''];
  return [
    { text: id, tone: 'strong' },
    { text: 'good', tone: 'good' },
    created === null ? '' : moment(created),
    reason === 'before-restore' ? 'made before a restore' : '',
  ];
}

export function backedUpLines({ place, id, files, removed }: BackedUp, look: Look): string[] {
  return [
    ...wrap(`${files.join(', ')} are kept as ${id}, and were read back.`, look.width),
    ...wrap(`They are in ${place}.`, look.width),
    ...removed.map((old) => `Removed the old backup ${old}.`),
  ];
}

export function verifiedLines({ id, problems, missing }: BackupVerified, look: Look): string[] {
  if (problems.length > 0)
    return [paint(look, 'bad', `DAMAGED ${id}:`), ...problems.map((one) => `  ${one}`)];
  return [
    paint(look, 'good', `${id} is as it was written.`),
    ...(missing.length === 0
      ? ['Everyone in it is here.']
      : [
          'Missing here:',
          ...missing.map((name) => `  ${name}`),
          ...wrap(`"${look.command} backup restore" brings them back.`, look.width),
        ]),
  ];
}

export function restoredLines({ id, dryRun, back, written, before }: IdentityRestored, look: Look): string[] {
  if (written.length === 0) return [`Everyone in ${id} is here already. Nothing was altered.`];
  return [
    dryRun ? 'Would come back:' : 'Came back:',
    ...(back.length === 0 ? ['  what accounts had lost in part'] : back.map((name) => `  ${name}`)),
    ...wrap(`${dryRun ? 'Would write' : 'Wrote'} ${written.join(', ')}.`, look.width),
    ...(before === null ? [] : wrap(`How it was before is kept as ${before}.`, look.width)),
  ];
}
