/**
 * Carries out decisions in a staged clone. That it is being done is noted in the stage's record first: from then on it only goes
 * forward, also after a cut at any moment, and can be done again without harm. At the end the clone is verified and sealed anew.
 */
import type { Conflict } from '../../../shared/changeset.js';
import type { Decision } from '../../../shared/decision.js';
import type { Engine } from '../engine.js';
import type { Clone } from '../environments/environment.js';
import { faultOf } from '../fault.js';
import { display } from '../posix/raw-path.js';
import { stagesOf, writeStage, type StageRecord } from '../records/stages.js';
import { verifyClone } from '../verify-clone.js';
import { arrangementFor, keepOriginals } from './originals.js';

/** The record with what was decided. Where that changes no file, nothing but the record is written. */
export async function carryOut(
  engine: Engine,
  record: StageRecord,
  decisions: readonly Decision[],
): Promise<StageRecord> {
  const { system, environment } = engine;
  const clone = environment.open(system, record.id);
  const chosen = new Map(decisions.map(({ conflict, choice }) => [conflict, choice]));
  if (record.conflicts.every(({ id, kept }) => (chosen.get(id) ?? kept) === kept)) {
    return written(clone, { ...record, conflicts: record.conflicts.map((one) => decided(one, chosen)) });
  }
  for (const conflict of record.conflicts) {
    const choice = chosen.get(conflict.id);
    if (choice === undefined) continue;
    system.onStep?.('decide:keep');
    keepOriginals(engine, clone, conflict);
    arrangementFor(engine, clone, { conflict, choice }); // whether it can be done is known before it is noted
  }
  system.onStep?.('decide:note');
  const noted = written(clone, { ...record, deciding: [...decisions] });
  return finish(engine, clone, noted);
}

/** For `recover`: what was cut off is completed. A stage with which that cannot be done is removed; it can be staged again. */
export async function finishInterrupted(engine: Engine): Promise<string[]> {
  const { system, environment } = engine;
  const lines: string[] = [];
  for (const record of stagesOf(system, environment)) {
    if (record.deciding === undefined) continue;
    try {
      await finish(engine, environment.open(system, record.id), record);
      lines.push(`${record.id}: what was decided about its configuration files is carried out`);
    } catch (error) {
      const { problem } = faultOf(error);
      if (problem.code === 'CANCELLED') throw error;
      environment.destroy(system, record.id);
      lines.push(`${record.id}: removed, since a decision could not be carried out (${problem.sentence})`);
    }
  }
  return lines;
}

async function finish(engine: Engine, clone: Clone, record: StageRecord): Promise<StageRecord> {
  const { system, environment } = engine;
  const { deciding = [], ...rest } = record;
  const chosen = new Map(deciding.map(({ conflict, choice }) => [conflict, choice]));
  const conflicts = record.conflicts.map((conflict) => {
    const choice = chosen.get(conflict.id);
    if (choice === undefined) return conflict;
    const { entries, beside } = arrangementFor(engine, clone, { conflict, choice });
    environment.arrange(system, clone, entries);
    return { ...decided(conflict, chosen), beside: display(beside) };
  });
  system.onStep?.('decide:verify');
  const condition = await verifyClone(engine, clone, record.plan, { before: record });
  system.onStep?.('decide:record');
  const finished = written(clone, { ...rest, ...condition, conflicts });
  system.onStep?.('decide:done');
  return finished;
}

function decided(conflict: Conflict, chosen: ReadonlyMap<string, Decision['choice']>): Conflict {
  const kept = chosen.get(conflict.id);
  return kept === undefined ? conflict : { ...conflict, kept, decided: true };
}

function written(clone: Clone, record: StageRecord): StageRecord {
  writeStage(clone.folder, record);
  return record;
}
