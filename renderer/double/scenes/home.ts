/** Home in every state of an update. */
import { errorTexts, type ErrorCode, type Problem } from '../../../shared/errors.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { UpdateState } from '../../../shared/state.js';
import { ago, gb, lastNight, mb, now, plan, status, tonight } from '../records.js';
import { during, type Scene } from '../scene.js';

const said = (code: ErrorCode, ...details: string[]): Problem => ({
  code,
  sentence: errorTexts[code].sentence,
  hint: errorTexts[code].hint,
  details,
});

const progress = (more: Partial<ProgressEvent>): ProgressEvent => ({
  version: 1,
  type: 'progress',
  phase: 'rehearse',
  time: now,
  ...more,
});

const home = (name: string, update: UpdateState, more: Partial<Scene> = {}): Scene => ({
  name: `home-${name}`,
  address: '#/home',
  state: during(update),
  ...more,
});

/** As on a file system whose environments take effect at the next start. */
const withRestart = (name: string, update: UpdateState): Scene =>
  home(name, update, { state: during(update, { status: { restartPending: true } }) });

const run = 'run-31';
const stage = 'stage-77e';

export const homeScenes: readonly Scene[] = [
  home(
    'connecting',
    { state: 'unknown' },
    {
      state: during(
        { state: 'unknown' },
        { app: { status: null, connection: { state: 'connecting', problem: null } } },
      ),
    },
  ),
  home(
    'absent',
    { state: 'unknown' },
    {
      state: during(
        { state: 'unknown' },
        { app: { status: null, connection: { state: 'absent', problem: said('NO_POLKIT_AGENT') } } },
      ),
    },
  ),
  home(
    'read-only',
    { state: 'idle', pending: 8, security: 3 },
    {
      state: during(
        { state: 'idle', pending: 8, security: 3 },
        { app: { connection: { state: 'read-only', problem: null } } },
      ),
    },
  ),
  home(
    'preparing',
    {
      state: 'preparing',
      run,
      progress: progress({
        phase: 'practice',
        text: 'Copying the files of 81 packages',
        done: 52,
        total: 81,
        unit: 'packages',
      }),
    },
    {
      state: during(
        {
          state: 'preparing',
          run,
          progress: progress({
            phase: 'practice',
            text: 'Copying the files of 81 packages',
            done: 52,
            total: 81,
            unit: 'packages',
          }),
        },
        { app: { practice: true } },
      ),
    },
  ),
  home(
    'uncounted',
    { state: 'idle', pending: null, security: 0 },
    {
      state: during(
        { state: 'idle', pending: null, security: 0 },
        { status: { pending: null, restorePoint: null, restorePoints: { count: 0, ownBytes: 0 } } },
      ),
    },
  ),
  home('up-to-date', { state: 'idle', pending: 0, security: 0 }),
  home('waiting', { state: 'idle', pending: 8, security: 3 }),
  home(
    'waiting-practice',
    { state: 'idle', pending: 8, security: 3 },
    {
      state: during({ state: 'idle', pending: 8, security: 3 }, { app: { practice: true } }),
    },
  ),
  home('planning', {
    state: 'planning',
    run,
    progress: progress({ phase: 'refresh', type: 'phase-started' }),
  }),
  home('planned', { state: 'planned', plan: plan.id, changes: 8 }),
  home('blocked', {
    state: 'blocked',
    plan: plan.id,
    problem: said('NO_SPACE', '0.4 GB free, 1.3 GB needed on /'),
  }),
  home('staging', {
    state: 'staging',
    plan: plan.id,
    run,
    cancelling: false,
    progress: progress({ text: 'Setting up libreoffice-writer', done: 26, total: 61, unit: 'packages' }),
  }),
  home(
    'staging-download',
    {
      state: 'staging',
      plan: plan.id,
      run,
      cancelling: false,
      progress: progress({ phase: 'download', done: 91 * mb, total: 157 * mb, unit: 'bytes' }),
    },
    {
      events: [
        {
          kind: 'progress',
          run,
          event: progress({
            phase: 'download',
            time: now - 20_000,
            done: 10 * mb,
            total: 157 * mb,
            unit: 'bytes',
          }),
        },
        {
          kind: 'progress',
          run,
          event: progress({
            phase: 'download',
            time: now - 9_000,
            done: 11 * mb,
            total: 157 * mb,
            unit: 'bytes',
          }),
        },
        {
          kind: 'progress',
          run,
          event: progress({
            phase: 'download',
            time: now + 8_000,
            done: 104 * mb,
            total: 157 * mb,
            unit: 'bytes',
          }),
        },
      ],
    },
  ),
  home('cancelling', {
    state: 'staging',
    plan: plan.id,
    run,
    cancelling: true,
    progress: progress({ phase: 'clean', type: 'phase-started' }),
  }),
  home('staged', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'soft-reboot',
    interruptionSeconds: 20,
    scheduled: false,
    scheduledAt: null,
    missed: null,
  }),
  home('staged-live', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'live',
    interruptionSeconds: 0,
    scheduled: false,
    scheduledAt: null,
    missed: null,
  }),
  home('scheduled', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'reboot',
    interruptionSeconds: 45,
    scheduled: true,
    scheduledAt: null,
    missed: null,
  }),
  home('scheduled-hour', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'reboot',
    interruptionSeconds: 45,
    scheduled: true,
    scheduledAt: tonight,
    missed: null,
  }),
  home('missed', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'reboot',
    interruptionSeconds: 45,
    scheduled: false,
    scheduledAt: null,
    missed: { at: lastNight, problem: null },
  }),
  home('missed-blocked', {
    state: 'staged',
    stage,
    plan: plan.id,
    how: 'reboot',
    interruptionSeconds: 45,
    scheduled: false,
    scheduledAt: null,
    missed: {
      at: lastNight,
      problem: said('CHECK_BLOCKED', 'power: The battery is low. (12 %, on battery)'),
    },
  }),
  home('needs-decision', { state: 'needs-decision', stage, undecided: 2 }),
  home('switching', {
    state: 'switching',
    stage,
    run,
    progress: progress({ phase: 'switch', done: 3, total: 7, unit: 'steps' }),
  }),
  home('done', { state: 'done', stage, restorePoint: 'restore-c41' }),
  withRestart('done-restart', { state: 'done', stage, restorePoint: 'restore-c41' }),
  home('rolling-back', {
    state: 'rolling-back',
    restorePoint: 'restore-c41',
    run,
    progress: progress({ phase: 'switch', type: 'phase-started' }),
  }),
  home('rolled-back', { state: 'rolled-back', restorePoint: 'restore-c41' }),
  withRestart('rolled-back-restart', { state: 'rolled-back', restorePoint: 'restore-c41' }),
  home('failed', {
    state: 'failed',
    during: 'stage',
    problem: said(
      'PACKAGE_SCRIPT_FAILED',
      'cups: installed cups package post-installation script subprocess returned error exit status 1',
      'dpkg: error processing package cups (--configure)',
    ),
  }),
  home('failed-archive', {
    state: 'failed',
    during: 'plan',
    problem: said('ARCHIVE_UNREACHABLE', 'archive.example.org: no route to host'),
  }),
  home('cancelled', { state: 'failed', during: 'stage', problem: said('CANCELLED') }),
  home('interrupted', { state: 'interrupted', transaction: 'tx-0122', kind: 'activate' }),
  home('recovering', {
    state: 'recovering',
    run,
    progress: progress({ phase: 'settle', type: 'phase-started' }),
  }),
  home('recovered-back', {
    state: 'recovered',
    transaction: 'tx-0122',
    kind: 'activate',
    outcome: 'rolled-back',
  }),
  home('recovered-forward', {
    state: 'recovered',
    transaction: 'tx-0122',
    kind: 'activate',
    outcome: 'rolled-forward',
  }),
  home(
    'kept-aside',
    { state: 'idle', pending: 0, security: 0 },
    {
      state: during(
        { state: 'idle', pending: 0, security: 0 },
        {
          app: {
            arrival: {
              folder: '/var/lib/understudy/kept/point-20261126-120000-3f9a1c',
              files: ['/etc/ssh/sshd_config', '/etc/default/grub', '/etc/NetworkManager/NetworkManager.conf'],
              problems: ['passwd: backup-operator could log in before, and could not any more.'],
            },
          },
        },
      ),
      press: ['Show the 3 files'],
    },
  ),
  home(
    'held-back',
    { state: 'idle', pending: 8, security: 3 },
    {
      state: during(
        { state: 'idle', pending: 8, security: 3 },
        {
          app: {
            heldBack: [{ release: '6.1.0-55-amd64', name: 'fix_usb_audio', since: ago(60 * 60_000) }],
          },
        },
      ),
    },
  ),
  home('damaged', {
    state: 'damaged',
    problem: said('JOURNAL_DAMAGED', 'line 217: the checksum does not match'),
  }),
  home(
    'rollback',
    { state: 'done', stage, restorePoint: 'restore-c41' },
    { events: [{ kind: 'show', page: 'rollback' }] },
  ),
  home(
    'rollback-harmless',
    { state: 'idle', pending: 0, security: 0 },
    {
      events: [{ kind: 'show', page: 'rollback' }],
      records: {
        preview: {
          restorePoint: 'restore-c41',
          dryRun: true,
          seconds: 1,
          switchSeconds: 0,
          lost: { packages: [], files: [] },
          kept: [],
          keptAside: null,
        },
      },
    },
  ),
  home(
    'rollback-refused',
    { state: 'idle', pending: 0, security: 0 },
    {
      events: [{ kind: 'show', page: 'rollback' }],
      handlers: {
        preview: () =>
          Promise.resolve({
            ok: false,
            problem: said('RESTORE_POINT_UNFIT', 'modules of 6.1.0-51-amd64 are missing'),
          }),
      },
    },
  ),
  home(
    'german',
    {
      state: 'staged',
      stage,
      plan: plan.id,
      how: 'soft-reboot',
      interruptionSeconds: 20,
      scheduled: false,
      scheduledAt: null,
      missed: null,
    },
    {
      language: 'de',
      state: during(
        {
          state: 'staged',
          stage,
          plan: plan.id,
          how: 'soft-reboot',
          interruptionSeconds: 20,
          scheduled: false,
          scheduledAt: null,
          missed: null,
        },
        {
          status: {
            restorePoint: {
              id: 'restore-c41',
              created: ago(60_000),
              title: status.restorePoint?.title ?? '',
            },
            restorePoints: { count: 9, ownBytes: 8.4 * gb },
          },
          app: { practice: true, connection: { state: 'read-only', problem: null } },
        },
      ),
    },
  ),
];
