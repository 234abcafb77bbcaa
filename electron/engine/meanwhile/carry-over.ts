/** The last look at a stage before the switch: what was changed meanwhile is carried over, merged, or a reason not to switch. */
import type { Engine } from '../engine.js';
import type { Clone } from '../environments/environment.js';
import { Fault } from '../fault.js';
import { changedMeanwhile, type Meanwhile } from './changed-meanwhile.js';
import { display, join, type RawPath } from '../posix/raw-path.js';
import { exists } from '../environments/plain-view.js';
import { baseContent, baseManifest, type StageRecord } from '../records/stages.js';
import { accountPaths, isAccountFile } from '../reintegrate/account-files.js';
import { entryAt, sameEntry } from '../reintegrate/entry.js';
import type { TreeChange } from '../review/tree-change.js';
import { decideCollisions } from './collisions.js';
import { mergeIntoStage } from './merge-into-stage.js';

export interface CarriedOver {
  readonly record: StageRecord;
  readonly changes: readonly TreeChange[];
  /** Paths that the switch keeps as the user changed them. */
  readonly carried: readonly RawPath[];
  readonly remarks: readonly string[];
}

/**
 * The caller holds the accounts lock: what is found out about accounts stays true until the switch is done. Throws `STAGE_DAMAGED`,
 * `STAGE_UNVERIFIED` or `CHANGED_MEANWHILE`. `unattended`: there is nobody to decide; mine stays in use where the versions cannot be
 * merged, and that is said.
 */
export async function carryOver(
  engine: Engine,
  record: StageRecord,
  { clone, changes, meanwhile }: Found,
  unattended: boolean,
): Promise<CarriedOver> {
  const { system, environment } = engine;
  const collisions = decideCollisions(engine, clone, {
    collisions: meanwhile.collisions,
    accounts: accountsChanged(engine, record, changes),
  });
  if (collisions.impossible.length > 0)
    throw new Fault('CHANGED_MEANWHILE', ...collisions.impossible.map(named));
  const merged = await mergeIntoStage(engine, record, collisions);
  if (collisions.undecided.length > 0 && !unattended)
    throw new Fault('CHANGED_MEANWHILE', ...collisions.undecided.map(named));
  if (!merged.ready) throw new Fault('STAGE_UNVERIFIED', ...failedProofs(merged));
  return {
    record: merged,
    changes: merged === record ? changes : environment.changes(environment.open(system, record.id)),
    carried: [...meanwhile.carried, ...collisions.merged.map(({ path }) => path), ...collisions.undecided],
    remarks: [
      ...collisions.merged.flatMap(({ path, result }) =>
        result === 'current'
          ? []
          : [`${named(path)} was merged: it has your changes and those of the update.`],
      ),
      ...collisions.undecided.map(
        (path) =>
          `${named(path)} is yours; the version of the update lies beside it and waits for your decision.`,
      ),
    ],
  };
}

export function failedProofs(record: StageRecord): string[] {
  return record.proofs.filter(({ result }) => result === 'fail').map(({ sentence }) => sentence);
}

export interface Found {
  readonly clone: Clone;
  readonly changes: readonly TreeChange[];
  readonly meanwhile: Meanwhile;
}

/** Looks through the whole system, which may take a while. Throws `STAGE_STALE` or `STAGE_DAMAGED`. */
export async function lookAround(engine: Engine, record: StageRecord): Promise<Found> {
  const { system, environment, packages, current } = engine;
  return system.report.phase('compare', 'Looking for changes made meanwhile', async () => {
    if (packages.databaseDigest(current) !== record.databaseDigest) throw new Fault('STAGE_STALE');
    const clone = environment.open(system, record.id);
    if ((await environment.seal(system, clone)) !== record.seal) throw new Fault('STAGE_DAMAGED', record.id);
    const changes = environment.changes(clone);
    const staged = { clone, view: environment.view(clone), changes };
    try {
      const meanwhile = await changedMeanwhile(engine, baseManifest(clone), staged);
      return { clone, changes, meanwhile };
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('MANIFEST_')) {
        throw new Fault('STAGE_DAMAGED', `${record.id}: ${error.message}`);
      }
      throw error;
    }
  });
}

/** True when the update changes account files, and someone else changed some since. Asked of the files as they are now. */
function accountsChanged(
  { system, environment }: Engine,
  { id }: StageRecord,
  changes: readonly TreeChange[],
): boolean {
  if (!changes.some(({ path }) => isAccountFile(path))) return false;
  const base = baseContent(environment.open(system, id));
  if (!exists(base)) return true;
  return accountPaths.some((path) => {
    const [before, now] = [base, system.root].map((root) => entryAt(join(root, path)));
    return before && now ? !sameEntry(before, now) : before !== now;
  });
}

function named(path: string): string {
  return `/${display(path as RawPath)}`;
}
