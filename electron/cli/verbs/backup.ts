/** `understudy backup`: keeps the accounts of this system in the recovery place, and brings back what was lost of them. */
import type { BackedUp, BackupList, BackupVerified, IdentityRestored } from '../../../shared/backup.js';
import type { Outcome } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/plan.js';
import { backedUpLines, backupListLines, restoredLines, verifiedLines } from '../render/backup.js';
import { flag, words } from './given.js';
import { systemVerb, UsageError, type Given, type SystemContext } from './verb.js';

type Answered = BackupList | BackedUp | BackupVerified | IdentityRestored;
type Job = (context: SystemContext) => Promise<Outcome<Answered>>;

export const backup = systemVerb<Answered>({
  name: 'backup',
  help: {
    summary: 'keep the accounts of this system in the recovery place, verify them, bring lost ones back',
    synopsis: ['[list]', 'identity', 'verify [ID]', 'restore [ID] [--dry-run]'],
    does: [
      'identity: copies passwd, shadow, group, gshadow, subuid and subgid to the recovery place and reads the copy back. The newest 20 are kept. list: what is there.',
      'verify: whether a backup, the newest one where none is named, is as it was written, and which accounts and groups it has that are missing here.',
      'restore: adds those to what is there. Who exists keeps number, password, groups and everything else. Before that a backup of the accounts as they are is made.',
      'The recovery place is the folder that /etc/understudy/recovery-place names, an absolute path on a line, such as that of a recovery partition; without that file it is in the store. Nobody but root may be able to write to it.',
    ],
    doesNot: [
      'It needs root.',
      'It never overwrites an account, gives nobody the number of another, and takes a backup that was altered for none.',
      'It makes no home folders, and brings back no other files.',
    ],
    examples: [
      ['understudy backup identity', 'Before something risky.'],
      ['understudy backup verify', 'Is it good, and is anyone missing?'],
      ['understudy backup restore --dry-run', 'Who would come back?'],
      ['understudy --root /mnt backup restore', 'On a system that does not boot, from a live USB stick.'],
    ],
    exits: [
      ['done', 'done, shown, or there was nothing to bring back'],
      ['failed', 'it could not be done, or the backup is damaged'],
      ['usage', 'the command was not understood, or there is no such backup'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy, or a tool for accounts, is at work'],
    ],
  },
  options: { 'dry-run': { text: 'with restore: only say who would come back' } },
  long: false,
  onRecovery: ({ positionals }) => ((positionals[0] ?? 'list') === 'list' ? 'go-on' : 'stop'),
  read(given) {
    const [word = 'list'] = given.positionals;
    const job = Object.hasOwn(jobs, word) ? jobs[word] : undefined;
    if (!job)
      throw new UsageError(`"backup" is followed by list, identity, verify or restore, not by "${word}".`);
    if (word !== 'restore' && flag(given, 'dry-run')) throw new UsageError('--dry-run goes with "restore".');
    return job(given);
  },
  lines(value, look) {
    if ('backups' in value) return backupListLines(value, look);
    switch (value.action) {
      case 'identity':
        return backedUpLines(value, look);
      case 'verify':
        return verifiedLines(value, look);
      case 'restore':
        return restoredLines(value, look);
    }
  },
  exit: (value) => ('problems' in value && value.problems.length > 0 ? 'failed' : 'done'),
});

const jobs: Readonly<Record<string, (given: Given) => Job>> = {
  list(given) {
    words(given, 0);
    return ({ engine, system }) => engine.backups(system);
  },
  identity(given) {
    words(given, 0);
    return ({ engine, system }) => engine.backUpIdentity(system);
  },
  verify(given) {
    const which = whichOne(given, 'verify ID');
    return ({ engine, system }) => engine.verifyBackup(system, which);
  },
  restore(given) {
    const options = { ...whichOne(given, 'restore ID'), dryRun: flag(given, 'dry-run') };
    return ({ engine, system }) => engine.restoreIdentity(system, options);
  },
};

/** One that cannot exist is unknown, in the same words as one that does not. */
function whichOne(given: Given, form: string): { readonly id?: string } {
  const [id] = given.positionals.length > 1 ? words(given, 1, form) : [];
  if (id === undefined) return {};
  if (!idSchema.safeParse(id).success) throw new UsageError(id, 'BACKUP_UNKNOWN');
  return { id };
}
