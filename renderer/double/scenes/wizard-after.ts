/** The wizard from the review on, and where its path is left. */
import type { UpdateState } from '../../../shared/state.js';
import type { Status } from '../../../shared/status.js';
import { ago, lastNight, plan, review, tonight } from '../records.js';
import { during, type Scene } from '../scene.js';
import {
  conflicts,
  locked,
  manyFiles,
  practiceReview,
  reportWith,
  settled,
  unready,
  withConflicts,
} from './wizard-records.js';
import {
  failed,
  lastRun,
  progress,
  ready,
  run,
  said,
  scene,
  stage,
  staged,
  withStage,
} from './wizard-states.js';

const reviewing: readonly Scene[] = [
  scene('review', 'review', withStage(ready)),
  scene('review-changelog', 'review', withStage(ready), { press: ['What is new in openssl'] }),
  scene('review-many', 'review', withStage(ready), {
    records: () => ({ review: manyFiles(100_000) }),
    press: ['Show every file'],
  }),
  scene(
    'review-conflicts',
    'review',
    withStage(
      { state: 'needs-decision', stage, undecided: 2 },
      { staged: { ...staged, conflicts: 3, undecided: 2 } },
    ),
    { records: { review: withConflicts } },
  ),
  scene(
    'review-conflicts-merged',
    'review',
    withStage(
      { state: 'needs-decision', stage, undecided: 2 },
      { staged: { ...staged, conflicts: 3, undecided: 2 } },
    ),
    { records: { review: withConflicts }, press: ['In one text', 'Keep all of mine'] },
  ),
  scene(
    'review-settled',
    'review',
    withStage(ready, { staged: { ...staged, conflicts: conflicts.length } }),
    { records: { review: settled } },
  ),
  scene(
    'review-unready',
    'review',
    withStage(failed('stage', said('STAGE_UNVERIFIED')), { staged: { ...staged, ready: false } }),
    { records: { review: unready } },
  ),
  scene('review-loading', 'review', withStage(ready), {
    handlers: { review: () => new Promise(() => undefined) },
  }),
  scene('review-unknown', 'review', withStage(ready), {
    handlers: { review: () => Promise.resolve({ ok: false, problem: said('STAGE_UNKNOWN', stage) }) },
  }),
];

const switching: readonly Scene[] = [
  scene('switch', 'switch', withStage(ready), { records: { check: reportWith() } }),
  scene('switch-live', 'switch', withStage(ready), {
    records: {
      check: reportWith(),
      review: {
        ...review,
        plan: {
          ...plan,
          activation: {
            how: 'live',
            reason: 'No kernel and no library that every program uses.',
            interruptionSeconds: 0,
          },
        },
      },
    },
  }),
  scene(
    'switch-practice',
    'switch',
    during(ready, { app: { practice: true }, status: { staged: { ...staged, how: 'live' } } }),
    { records: { check: reportWith(), review: practiceReview } },
  ),
  scene(
    'switch-scheduled',
    'switch',
    withStage({ ...ready, scheduled: true }, { staged: { ...staged, scheduled: true } }),
    { records: { check: reportWith() } },
  ),
  scene('switch-hour', 'switch', withStage(ready), {
    records: { check: reportWith() },
    press: ['At an hour'],
  }),
  scene(
    'switch-set',
    'switch',
    withStage(
      { ...ready, scheduled: true, scheduledAt: tonight },
      { staged: { ...staged, scheduled: true, scheduledAt: tonight } },
    ),
    { records: { check: reportWith() } },
  ),
  scene('switch-missed', 'switch', withStage({ ...ready, missed: { at: lastNight, problem: null } }), {
    records: { check: reportWith() },
  }),
  scene('switch-checks-block', 'switch', withStage(ready), { records: { check: reportWith(locked) } }),
  scene(
    'switch-blocked',
    'switch',
    withStage(
      { state: 'blocked', plan: plan.id, problem: said('CHECK_BLOCKED', locked.sentence) },
      { last: lastRun('activate', said('CHECK_BLOCKED', locked.sentence)) },
    ),
    { records: { check: reportWith(locked) } },
  ),
  scene(
    'switching',
    'switch',
    during({
      state: 'switching',
      stage,
      run,
      progress: progress({ phase: 'prepare', done: 3, total: 7, unit: 'steps' }),
    }),
  ),
  scene('switch-stage-stale', 'switch', withStage(failed('activate', said('STAGE_STALE')))),
  scene(
    'switch-changed-meanwhile',
    'switch',
    withStage(failed('activate', said('CHANGED_MEANWHILE', '/etc/ssh/sshd_config', '/etc/cups/cupsd.conf'))),
  ),
  scene(
    'switch-commit-failed',
    'switch',
    withStage(failed('activate', said('COMMIT_FAILED', 'EIO: i/o error'))),
  ),
  scene('switch-helper-lost', 'switch', withStage(ready), {
    records: { check: reportWith() },
    handlers: { activate: () => Promise.resolve({ ok: false, problem: said('HELPER_LOST') }) },
    press: ['Switch and restart now'],
  }),
];

const doneState: UpdateState = { state: 'done', stage, restorePoint: 'restore-c41' };
const latest: Status['latest'] = {
  transaction: 'tx-0121',
  kind: 'activate',
  ended: ago(30_000),
  outcome: 'done',
  stage,
  restorePoint: 'restore-c41',
};

const ended: readonly Scene[] = [
  scene('done', 'done', during(doneState, { status: { latest } })),
  scene('done-restart', 'done', during(doneState, { status: { latest, restartPending: true } })),
  scene('done-practice', 'done', during(doneState, { status: { latest }, app: { practice: true } })),
  scene('rolled-back', 'done', during({ state: 'rolled-back', restorePoint: 'restore-c41' })),
  scene('interrupted', 'switch', during({ state: 'interrupted', transaction: 'tx-0122', kind: 'activate' })),
  scene(
    'recovering',
    'rehearse',
    during({ state: 'recovering', run, progress: progress({ phase: 'settle', type: 'phase-started' }) }),
  ),
  scene(
    'recovered',
    'rehearse',
    during({ state: 'recovered', transaction: 'tx-0122', kind: 'stage', outcome: 'rolled-back' }),
  ),
  scene(
    'absent',
    'rehearse',
    during(
      { state: 'unknown' },
      { app: { status: null, connection: { state: 'absent', problem: said('HELPER_LOST') } } },
    ),
  ),
  scene(
    'damaged',
    'choose',
    during({ state: 'damaged', problem: said('JOURNAL_DAMAGED', 'line 217: the checksum does not match') }),
  ),
];

export const afterScenes: readonly Scene[] = [...reviewing, ...switching, ...ended];
