/** What the verbs of `backup` answer, for the tests of the command line. */
import type { BackedUp, BackupList, BackupVerified, IdentityRestored } from '../../../shared/backup.js';

const identityBackup = 'identity-20261127-120000-abcdef';
const place = '/recovery/understudy-identity';

export const backups: BackupList = {
  place,
  backups: [
    {
      ...{ id: identityBackup, created: '2026-11-27T12:00:00.000Z', reason: 'before-restore' },
      ...{ files: ['/etc/passwd', '/etc/shadow'], problems: [] },
    },
    {
      ...{ id: 'identity-20261126-120000-abcdef', created: null, reason: null, files: [] },
      problems: ['The backup is not as it was written, so it was not used.', 'shadow is missing'],
    },
  ],
};

export const backedUp: BackedUp = {
  ...{ action: 'identity', place, id: identityBackup },
  ...{ files: ['/etc/passwd', '/etc/shadow'], removed: ['identity-20260101-120000-abcdef'] },
};

export const backupVerified: BackupVerified = {
  ...{ action: 'verify', place, id: identityBackup, problems: [], missing: ['user eve', 'group eve'] },
};

export const identityRestored: IdentityRestored = {
  ...{ action: 'restore', place, id: identityBackup, dryRun: false },
  ...{ back: ['user eve', 'group eve'], written: ['/etc/shadow', '/etc/passwd'] },
  before: 'identity-20261128-120000-abcdef',
};
