/** The verbs of `backup`: identity databases are kept in the recovery place, looked at, and brought back by a merge. */
import type { BackedUp, BackupList, BackupVerified, IdentityRestored } from '../../shared/backup.js';
import type { Outcome } from '../../shared/errors.js';
import { privilegedEngineFor } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import {
  clearRemains,
  currentAccounts,
  idsIn,
  listBackups,
  readBackup,
  removeBackup,
  usualBackup,
  writeBackup,
} from './identity-backup/backups.js';
import { added, broughtBack } from './identity-backup/bring-back.js';
import { openPlace, type Place } from './identity-backup/place.js';
import { differingDatabases, writeAccounts } from './identity-backup/write-accounts.js';
import { withStoreLock } from './journal/lock.js';
import { checkedId } from './records/ids.js';
import { requireRecovered } from './recover.js';
import { withAccountsLock } from './reintegrate/accounts/account-lock.js';
import type { System } from './system.js';

/** More are not kept: the oldest go. */
export const mostBackups = 20;

export interface WhichBackup {
  /** Where none is named, the newest that was asked for. */
  readonly id?: string;
}

/** Throws `NOT_ROOT`, `RECOVERY_PLACE_UNFIT`. */
export function backups(system: System): Promise<Outcome<BackupList>> {
  return alone(system, (place) => Promise.resolve({ place: place.shown, backups: listBackups(place) }));
}

/** Throws `NOT_ROOT`, `BUSY_ACCOUNTS`, `RECOVERY_PLACE_UNFIT`, `NO_SPACE`. */
export function backUpIdentity(system: System): Promise<Outcome<BackedUp>> {
  return alone(system, (place) =>
    withAccountsLock(system, () => {
      clearRemains(place);
      const { id, files } = writeBackup(system, place, 'asked');
      const removed = idsIn(place).slice(mostBackups);
      for (const old of removed) removeBackup(place, old);
      const names = files.map(({ name }) => `/etc/${name}`);
      return Promise.resolve({ action: 'identity' as const, place: place.shown, id, files: names, removed });
    }),
  );
}

/** Throws `NOT_ROOT`, `BACKUP_UNKNOWN`, `RECOVERY_PLACE_UNFIT`. */
export function verifyBackup(system: System, which: WhichBackup): Promise<Outcome<BackupVerified>> {
  return alone(system, (place): Promise<BackupVerified> => {
    const id = chosen(place, which);
    const answer = { action: 'verify' as const, place: place.shown, id };
    try {
      const { contents } = readBackup(place, id);
      return Promise.resolve({ ...answer, problems: [], missing: added(currentAccounts(system), contents) });
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'BACKUP_DAMAGED') throw error;
      return Promise.resolve({ ...answer, problems: error.problem.details.slice(), missing: [] });
    }
  });
}

/** What is missing comes back; nothing that is there is altered. Throws what `verifyBackup` throws, `BACKUP_DAMAGED`, `ACCOUNTS_UNFIT`. */
export function restoreIdentity(
  system: System,
  { dryRun, ...which }: WhichBackup & { readonly dryRun: boolean },
): Promise<Outcome<IdentityRestored>> {
  return alone(system, (place) =>
    withAccountsLock(system, (): Promise<IdentityRestored> => {
      const id = chosen(place, which);
      const { record, contents } = readBackup(place, id);
      const now = currentAccounts(system);
      const wanted = broughtBack(now, contents);
      const answer = { action: 'restore' as const, place: place.shown, id, dryRun, back: added(now, wanted) };
      const differing = differingDatabases(now, wanted);
      const written = differing.map((name) => `/etc/${name}`);
      if (dryRun || differing.length === 0) return Promise.resolve({ ...answer, written, before: null });
      clearRemains(place);
      const before = writeBackup(system, place, 'before-restore').id;
      writeAccounts(system, differing, wanted, record);
      return Promise.resolve({ ...answer, written, before });
    }),
  );
}

function chosen(place: Place, { id }: WhichBackup): string {
  if (id !== undefined) return checkedId(id, 'BACKUP_UNKNOWN');
  const newest = usualBackup(place);
  if (newest === undefined) throw new Fault('BACKUP_UNKNOWN', `There is none in ${place.shown}.`);
  return newest;
}

/** While nobody else alters the system. */
function alone<T>(system: System, body: (place: Place) => Promise<T>): Promise<Outcome<T>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const place = openPlace(system);
      try {
        return await body(place);
      } finally {
        place.close();
      }
    });
  });
}
