/** A small root tree with a real store in it: journal, plans, stages and restore points as the verbs leave them. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, type StepData } from '../../../electron/engine/journal/journal.js';
import { savePlan } from '../../../electron/engine/records/plans.js';
import { writeRestorePoint } from '../../../electron/engine/records/restore-points.js';
import { writeStage, type StageRecord } from '../../../electron/engine/records/stages.js';
import { openSystem, storeFolder, type System } from '../../../electron/engine/system.js';
import type { Plan } from '../../../shared/plan.js';
import { conflict, plan } from '../cli/values.js';

export interface StoreFixture {
  readonly root: string;
  readonly system: System;
  plan(id: string, other?: Partial<Plan>): Plan;
  /** Journaled and recorded. */
  stage(id: string, other?: Partial<StageRecord>): StageRecord;
  /** A switch to a stage that left a restore point. */
  activate(stage: string, point: string, end?: 'done' | 'failed' | 'open'): void;
  rollback(point: string): void;
  dispose(): void;
}

export function storeFixture(): StoreFixture {
  const root = mkdtempSync(join(tmpdir(), 'understudy-store-'));
  for (const name of ['usr', 'etc', 'var/lib/dpkg']) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  const system = openSystem(root);
  let plans = 0;
  let moment = Date.parse('2026-11-20T10:00:00Z');
  const time = (): string => new Date((moment += 1000)).toISOString();
  const transaction = (
    kind: 'stage' | 'activate' | 'rollback',
    id: string,
    data: StepData,
    end: 'done' | 'failed' | 'open',
  ): void => {
    const begun = begin(system, kind, id, data);
    if (end !== 'open') begun.end(end);
  };
  const fixture: StoreFixture = {
    root,
    system,
    plan(id, other = {}) {
      const made: Plan = { ...plan, id, created: time(), ...other };
      savePlan(system, made);
      // The newest plan is told by the time of its file.
      utimesSync(join(root, 'var/lib/understudy/plans', `${id}.json`), (plans += 1), plans);
      return made;
    },
    stage(id, other = {}) {
      const record: StageRecord = {
        version: 1,
        id,
        created: time(),
        plan: { ...plan, created: time() },
        environment: 'tree',
        databaseDigest: '0',
        seal: '0',
        seconds: 1,
        bytes: 1,
        entries: 1,
        proofs: [{ id: 'packages', result: 'pass', sentence: 'Fine.', details: [] }],
        conflicts: [conflict],
        ready: true,
        ...other,
      };
      transaction('stage', id, { plan: record.plan.id }, 'done');
      writeStage(storeFolder(system, `stages/${id}`), record);
      return record;
    },
    activate(stage, point, end = 'done') {
      transaction('activate', `activate-${point}`, { stage, restorePoint: point }, end);
      if (end !== 'done') return;
      storeFolder(system, `restore-points/${point}`);
      writeRestorePoint(system, {
        version: 1,
        id: point,
        created: time(),
        title: `Before ${stage}`,
        transaction: `activate-${point}`,
        stage,
        packages: [],
        ownBytes: 1000,
        installed: {},
        databaseDigest: '0',
      });
    },
    rollback(point) {
      transaction('rollback', `rollback-${point}`, { restorePoint: point }, 'done');
      rmSync(join(root, 'var/lib/understudy/restore-points', point), { recursive: true });
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
  return fixture;
}
