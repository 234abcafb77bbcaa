/** The wizard up to the end of the rehearsal, in every state that each step can be in. */
import { machine, mb, now, plan } from '../records.js';
import { during, type Scene } from '../scene.js';
import {
  held,
  locked,
  manyUpdates,
  noRoom,
  onBattery,
  practiceReview,
  reportWith,
  unheardOf,
  unready,
} from './wizard-records.js';
import {
  failed,
  lastRun,
  planned,
  progress,
  ready,
  run,
  said,
  scene,
  staged,
  staging,
  waiting,
  withStage,
} from './wizard-states.js';

const choosing: readonly Scene[] = [
  scene('choose', 'choose', during(waiting)),
  scene('choose-planned', 'choose', during(planned)),
  scene('choose-selected', 'choose', during(waiting), { press: ['Chosen packages', 'Select none'] }),
  scene('choose-many', 'choose', during({ state: 'idle', pending: 2000, security: 118 }), {
    records: () => ({ machine: manyUpdates(2000) }),
    press: ['Chosen packages'],
  }),
  scene('choose-changelog', 'choose', during(waiting), {
    press: ['Chosen packages', 'What is new in openssl'],
  }),
  scene('choose-changelog-loading', 'choose', during(waiting), {
    handlers: { changelog: () => new Promise(() => undefined) },
    press: ['What is new in openssl'],
  }),
  scene('choose-changelog-unavailable', 'choose', during(waiting), {
    handlers: { changelog: () => Promise.resolve({ ok: false, problem: said('CHANGELOG_UNAVAILABLE') }) },
    press: ['What is new in openssl'],
  }),
  scene('choose-none', 'choose', during({ state: 'idle', pending: 0, security: 0 }), {
    records: { machine: { ...machine, pendingUpdates: [] } },
  }),
  scene(
    'choose-uncounted',
    'choose',
    during({ state: 'idle', pending: null, security: 0 }, { status: { pending: null } }),
    { records: { machine: { ...machine, pendingUpdates: [] } } },
  ),
  scene(
    'choose-planning',
    'choose',
    during({
      state: 'planning',
      run,
      progress: progress({ phase: 'refresh', done: 9 * mb, total: 31 * mb, unit: 'bytes' }),
    }),
  ),
  scene(
    'choose-failed',
    'choose',
    during(failed('plan', said('ARCHIVE_UNREACHABLE', 'archive.example.org: no route to host'))),
  ),
  scene(
    'choose-stopped',
    'choose',
    during(waiting, { status: { last: lastRun('plan', said('CANCELLED')) } }),
  ),
  scene('choose-loading', 'choose', during(waiting), {
    handlers: { inspect: () => new Promise(() => undefined) },
  }),
];

const checking: readonly Scene[] = [
  scene('check', 'check', during(planned), { records: { check: reportWith() } }),
  scene('check-warns', 'check', during(planned), {
    records: { check: reportWith(held, onBattery, unheardOf) },
  }),
  scene('check-blocked', 'check', during(planned), { records: { check: reportWith(noRoom, locked, held) } }),
  scene(
    'check-stopped-the-rehearsal',
    'check',
    during(
      { state: 'blocked', plan: plan.id, problem: said('CHECK_BLOCKED', noRoom.sentence) },
      { status: { last: lastRun('stage', said('CHECK_BLOCKED', noRoom.sentence)) } },
    ),
    { records: { check: reportWith(noRoom) } },
  ),
  scene('check-running', 'check', during(planned), {
    handlers: { check: () => new Promise(() => undefined) },
    events: reportWith(held)
      .checks.slice(0, 10)
      .map((result) => ({ kind: 'checked', result })),
  }),
  scene('check-free-space', 'check', during(planned), {
    records: { check: reportWith(noRoom) },
    press: ['Free space…'],
  }),
];

const backingUp: readonly Scene[] = [
  scene('backup', 'backup', during(planned)),
  scene(
    'backup-practice',
    'backup',
    during(planned, { app: { practice: true }, status: { restorePoints: { count: 0, ownBytes: 0 } } }),
    { records: { plan: practiceReview.plan } },
  ),
  scene(
    'backup-stopped',
    'backup',
    during(planned, { status: { last: lastRun('stage', said('CANCELLED')) } }),
  ),
  scene(
    'backup-read-only',
    'backup',
    during(planned, { app: { connection: { state: 'read-only', problem: null } } }),
  ),
  scene('backup-dismissed', 'backup', during(planned), {
    handlers: {
      stage: () => Promise.resolve({ ok: false, problem: said('AUTHORISATION_DISMISSED') }),
    },
    press: ['Start the rehearsal'],
  }),
  scene('backup-not-authorised', 'backup', during(planned), {
    handlers: { stage: () => Promise.resolve({ ok: false, problem: said('NOT_AUTHORISED') }) },
    press: ['Start the rehearsal'],
  }),
  scene('backup-busy', 'backup', during(planned), {
    handlers: {
      stage: () =>
        Promise.resolve({ ok: false, problem: said('BUSY_UNDERSTUDY', 'understudy (process 4711)') }),
    },
    press: ['Start the rehearsal'],
  }),
  scene('backup-recovered', 'backup', during(planned), {
    handlers: { stage: () => Promise.resolve({ ok: false, problem: said('RECOVERED') }) },
    press: ['Start the rehearsal'],
  }),
];

const rehearsing: readonly Scene[] = [
  scene(
    'rehearse',
    'rehearse',
    during(
      staging(progress({ text: 'Setting up libreoffice-writer', done: 43, total: 100, unit: 'percent' })),
    ),
  ),
  scene(
    'rehearse-download',
    'rehearse',
    during(
      staging(progress({ phase: 'download', done: mb, total: 157 * mb, unit: 'bytes', time: now - 30_000 })),
    ),
    {
      events: [10, 11, 104].map((done, index) => ({
        kind: 'progress',
        run,
        event: progress({
          phase: 'download',
          time: now + ([-20_000, -9_000, 8_000][index] ?? 0),
          done: done * mb,
          total: 157 * mb,
          unit: 'bytes',
        }),
      })),
    },
  ),
  scene('rehearse-log', 'rehearse', during(staging(progress({ done: 43, total: 100, unit: 'percent' }))), {
    press: ['Show the log'],
  }),
  scene('rehearse-stopping', 'rehearse', during(staging(progress({ phase: 'rehearse' }), true))),
  scene('rehearse-done', 'rehearse', withStage(ready)),
  scene(
    'rehearse-elsewhere',
    'backup',
    during(staging(progress({ phase: 'clone', done: 81_204, unit: 'files' }))),
  ),
  scene(
    'rehearse-failed',
    'rehearse',
    during(
      failed(
        'stage',
        said(
          'PACKAGE_SCRIPT_FAILED',
          'cups: installed cups package post-installation script subprocess returned error exit status 1',
          'dpkg: error processing package cups (--configure)',
        ),
      ),
    ),
    { press: ['Show the log'] },
  ),
  scene('rehearse-plan-stale', 'rehearse', during(failed('stage', said('PLAN_STALE', plan.id)))),
  scene('rehearse-no-space', 'rehearse', during(failed('stage', said('NO_SPACE', '0 B free on /')))),
  scene(
    'rehearse-unverified',
    'rehearse',
    withStage(failed('stage', said('STAGE_UNVERIFIED')), { staged: { ...staged, ready: false } }),
    { records: { review: unready } },
  ),
];

export const beforeScenes: readonly Scene[] = [...choosing, ...checking, ...backingUp, ...rehearsing];
