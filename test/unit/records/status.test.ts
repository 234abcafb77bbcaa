import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { begin, resume, transactionsOf } from '../../../electron/engine/journal/journal.js';
import { noteAttempt } from '../../../electron/engine/records/automatic.js';
import { scheduleAtShutdown } from '../../../electron/engine/records/schedule.js';
import { facts, recordsStamp } from '../../../electron/engine/status.js';
import { problem } from '../../../shared/errors.js';
import { statusSchema } from '../../../shared/status.js';
import { conflict } from '../cli/values.js';
import { storeFixture, type StoreFixture } from './store-fixture.js';

let store: StoreFixture;
beforeEach(() => void (store = storeFixture()));
afterEach(() => store.dispose());

const now = () => facts(store.system);
const inStore = (...path: string[]): string => join(store.root, 'var/lib/understudy', ...path);
const factsSchema = statusSchema.omit({
  helper: true,
  run: true,
  last: true,
  recovered: true,
  pending: true,
});

describe('the facts of a status', () => {
  it('are empty where Understudy never worked, and looking leaves no trace', () => {
    expect(now()).toEqual({
      interrupted: null,
      plan: null,
      staged: null,
      latest: null,
      restartPending: false,
      heldBack: [],
      restorePoint: null,
      restorePoints: { count: 0, ownBytes: 0 },
      automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
      problem: null,
      unseen: [],
    });
    expect(existsSync(inStore())).toBe(false);
  });

  it('tell the whole way of an update, and fit the contract', () => {
    const plan = store.plan('plan-one');
    expect(now().plan).toEqual({
      id: 'plan-one',
      created: plan.created,
      changes: plan.changes.length,
      security: plan.changes.filter(({ security }) => security).length,
      downloadBytes: plan.downloadBytes,
    });

    const { created } = store.stage('stage-one', { plan });
    expect(now()).toMatchObject({ plan: null, latest: null });
    expect(now().staged).toEqual({
      id: 'stage-one',
      plan: 'plan-one',
      created,
      ready: true,
      how: plan.activation.how,
      interruptionSeconds: plan.activation.interruptionSeconds,
      packages: plan.changes.length,
      conflicts: 1,
      undecided: 1,
      scheduled: false,
      scheduledAt: null,
      missed: null,
    });
    scheduleAtShutdown(store.system, 'stage-one');
    expect(now().staged?.scheduled).toBe(true);

    store.activate('stage-one', 'point-one');
    expect(now()).toMatchObject({
      staged: null,
      latest: { kind: 'activate', outcome: 'done', stage: 'stage-one', restorePoint: 'point-one' },
      restorePoint: { id: 'point-one', title: 'Before stage-one' },
      restorePoints: { count: 1, ownBytes: 1000 },
    });

    store.rollback('point-one');
    expect(now()).toMatchObject({
      latest: { kind: 'rollback', outcome: 'done', restorePoint: 'point-one' },
      restorePoint: null,
      restorePoints: { count: 0, ownBytes: 0 },
    });
    expect(factsSchema.parse(now())).toEqual(now());
  });

  it('show a plan only while it waits to be carried out', () => {
    const plan = store.plan('plan-one');
    store.stage('stage-failed', { plan, ready: false });
    expect(now().plan).toBeNull();
    // Made again after a rehearsal that failed: it waits to be rehearsed again.
    store.plan('plan-one', { created: '2027-01-01T00:00:00.000Z' });
    expect(now().plan?.id).toBe('plan-one');
    store.stage('stage-good', { plan });
    expect(now().plan).toBeNull();
    store.plan('plan-other');
    expect(now().plan?.id).toBe('plan-other');
    store.plan('plan-empty', { changes: [] });
    expect(now().plan).toBeNull();
  });

  it('do not show a plan whose activation was cut before it forgot it, but the same one made since', () => {
    const plan = store.plan('plan-one', { created: '2020-01-01T00:00:00.000Z' });
    store.stage('stage-one', { plan });
    store.activate('stage-one', 'point-one');
    expect(now()).toMatchObject({ plan: null, staged: null });
    store.rollback('point-one');
    store.plan('plan-one', { created: '2999-01-01T00:00:00.000Z' });
    expect(now().plan?.id).toBe('plan-one');
  });

  it('count what is not decided yet', () => {
    const decided = { ...conflict, id: 'conflict-decided', decided: true };
    store.stage('stage-one', { conflicts: [conflict, decided] });
    expect(now().staged).toMatchObject({ conflicts: 2, undecided: 1 });
  });

  it('name the open transaction, and the newest that ended', () => {
    store.stage('stage-one');
    store.activate('stage-one', 'point-one', 'failed');
    store.activate('stage-one', 'point-two', 'open');
    expect(now()).toMatchObject({
      interrupted: { transaction: 'activate-point-two', kind: 'activate' },
      staged: { id: 'stage-one' },
      latest: { transaction: 'activate-point-one', outcome: 'failed' },
      restorePoint: null,
    });
    const [open] = transactionsOf(store.system).slice(-1);
    if (open) resume(store.system, open).end('rolled-forward');
    expect(now()).toMatchObject({
      interrupted: null,
      staged: null,
      latest: { transaction: 'activate-point-two', outcome: 'rolled-forward' },
      // Its record was never written; that it is there, the journal says.
      restorePoint: { id: 'point-two', title: 'A restore point that cannot be read' },
    });
  });

  it('are a problem, never an exception, where the journal is damaged', () => {
    store.stage('stage-one');
    store.activate('stage-one', 'point-one');
    const [first = ''] = readdirSync(inStore('journal')).sort();
    const text = readFileSync(inStore('journal', first), 'latin1');
    writeFileSync(inStore('journal', first), text.replace('plan', 'plam'), 'latin1');
    expect(now()).toMatchObject({ staged: null, restorePoint: null, problem: { code: 'JOURNAL_DAMAGED' } });
    rmSync(inStore('journal', first));
    expect(now().problem).toMatchObject({ code: 'JOURNAL_DAMAGED' });
    rmSync(inStore('journal'), { recursive: true });
    expect(now().problem).toMatchObject({ code: 'JOURNAL_DAMAGED' });
    writeFileSync(inStore('journal'), 'no folder');
    expect(now().problem).toMatchObject({ code: 'JOURNAL_DAMAGED' });
  });

  it('pass over single records that are damaged', () => {
    store.plan('plan-one');
    writeFileSync(inStore('plans/plan-one.json'), '{');
    store.stage('stage-one');
    store.stage('stage-two');
    writeFileSync(inStore('stages/stage-two/stage.json'), '{}');
    store.activate('stage-none', 'point-one');
    writeFileSync(inStore('restore-points/point-one/point.json'), '');
    writeFileSync(inStore('automatic.json'), '{"version":1,"failures":-1}');
    expect(now()).toMatchObject({
      plan: null,
      staged: { id: 'stage-one' },
      restorePoint: { id: 'point-one', title: 'A restore point that cannot be read' },
      restorePoints: { count: 1, ownBytes: 0 },
      automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
      problem: null,
    });
  });

  it.skipIf(process.getuid?.() !== 0)('say to an ordinary user what they cannot see (needs root)', () => {
    store.stage('stage-one');
    chmodSync(store.root, 0o755);
    const module = new URL('../../../dist/electron/engine/', import.meta.url).pathname;
    const script = `
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      const { openSystem } = await import('${module}system.js');
      const { facts, recordsStamp } = await import('${module}status.js');
      const system = openSystem(${JSON.stringify(store.root)});
      console.log(JSON.stringify([facts(system), typeof recordsStamp(system)]));`;
    const [seen, stamp] = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
        encoding: 'utf8',
        timeout: 30_000,
      }),
    ) as [ReturnType<typeof facts>, string];
    expect(seen).toMatchObject({ staged: null, problem: null });
    expect(seen.unseen).toEqual([
      { what: expect.stringContaining(inStore()) as string, why: 'This needs root.' },
    ]);
    expect(stamp).toBe('string');
  });
});

describe('the stamp of the records', () => {
  const changes: [string, () => unknown][] = [
    ['a plan is made', () => store.plan('plan-two')],
    ['a plan is made again', () => store.plan('plan-one')],
    ['a stage is there', () => store.stage('stage-two')],
    ['a stage is written again', () => writeFileSync(inStore('stages/stage-one/stage.json'), 'x')],
    ['a transaction begins', () => begin(store.system, 'prune', 'prune-one')],
    ['a transaction goes on', () => begin(store.system, 'prune', 'prune-two').step('remove')],
    ['an attempt is noted', () => noteAttempt(store.system, { ok: true, value: 1 })],
    ['a stage is scheduled', () => scheduleAtShutdown(store.system, 'stage-one')],
    ['a restore point is there', () => store.activate('stage-one', 'point-one')],
    ['a record is removed', () => rmSync(inStore('plans/plan-one.json'))],
    ['the journal is removed', () => rmSync(inStore('journal'), { recursive: true })],
  ];
  it.each(changes)('changes when %s', (_, change) => {
    store.plan('plan-one');
    store.stage('stage-one');
    const before = recordsStamp(store.system);
    expect(recordsStamp(store.system)).toBe(before);
    change();
    expect(recordsStamp(store.system)).not.toBe(before);
  });

  it('changes when the store appears, and stays while facts are read', () => {
    const none = recordsStamp(store.system);
    now();
    expect(recordsStamp(store.system)).toBe(none);
    store.stage('stage-one');
    const one = recordsStamp(store.system);
    expect(one).not.toBe(none);
    now();
    expect(recordsStamp(store.system)).toBe(one);
  });
});

describe('the memory of automatic staging', () => {
  const at = (hour: number): Date => new Date(`2026-11-20T${hour}:00:00.000Z`);
  const failed = (code: Parameters<typeof problem>[0]) => ({ ok: false as const, problem: problem(code) });

  it('counts failures in a row, until one succeeds', () => {
    noteAttempt(store.system, failed('ARCHIVE_UNREACHABLE'), at(10));
    noteAttempt(store.system, failed('CHECK_BLOCKED'), at(11));
    expect(now().automatic).toEqual({ lastAttempt: at(11).toISOString(), lastSuccess: null, failures: 2 });
    noteAttempt(store.system, { ok: true, value: {} }, at(12));
    expect(now().automatic).toEqual({
      lastAttempt: at(12).toISOString(),
      lastSuccess: at(12).toISOString(),
      failures: 0,
    });
    noteAttempt(store.system, failed('NO_SPACE'), at(13));
    expect(now().automatic).toEqual({
      lastAttempt: at(13).toISOString(),
      lastSuccess: at(12).toISOString(),
      failures: 1,
    });
  });

  it('takes "nothing to do" for a success, and what others caused for neither', () => {
    noteAttempt(store.system, failed('NO_SPACE'), at(10));
    for (const code of ['CANCELLED', 'BUSY_UNDERSTUDY', 'BUSY_PACKAGES', 'RECOVERED'] as const)
      noteAttempt(store.system, failed(code), at(11));
    expect(now().automatic).toEqual({ lastAttempt: at(11).toISOString(), lastSuccess: null, failures: 1 });
    noteAttempt(store.system, failed('NOTHING_TO_DO'), at(12));
    expect(now().automatic).toMatchObject({ lastSuccess: at(12).toISOString(), failures: 0 });
  });
});
