/**
 * The double of the app's services: complete by its type, so that an operation that is new in the contract is a type error here.
 * It answers from a scene's records and moves on as far as a page can show it: settings and preferences are kept, a
 * connection is made, a message is acknowledged. What would run for minutes shows as running and does not end.
 */
import type { AppEvent, AppHandlers, AppState } from '../../shared/app.js';
import type { Outcome } from '../../shared/errors.js';
import type { Activated } from '../../shared/history.js';
import type { SystemSettings } from '../../shared/settings.js';
import type { Preferences } from '../../shared/preferences.js';
import type { UpdateState } from '../../shared/state.js';
import type { Status } from '../../shared/status.js';
import { usual } from './records.js';
import type { Scene } from './scene.js';

type Staged = NonNullable<Status['staged']>;

const yes = <T>(value: T): Promise<Outcome<T>> => Promise.resolve({ ok: true, value });
const never = <T>(): Promise<Outcome<T>> => new Promise(() => undefined);

export function handlersFor(scene: Scene, emit: (event: AppEvent) => void): AppHandlers {
  const records = { ...usual, ...(typeof scene.records === 'function' ? scene.records() : scene.records) };
  let state: AppState = scene.state;
  let settings: SystemSettings = records.settings;
  let preferences: Preferences = {
    ...records.preferences,
    ...(scene.language && { language: scene.language }),
  };

  const become = (change: Partial<AppState>): Promise<Outcome<AppState>> => {
    state = { ...state, ...change };
    emit({ kind: 'state', state });
    return yes(state);
  };
  const runAs = <T>(update: UpdateState): Promise<Outcome<T>> => {
    void become({ update });
    return never<T>();
  };
  const run = { run: 'run-32', progress: null };
  const reschedule = (change: Pick<Staged, 'scheduled' | 'scheduledAt' | 'missed'>) => {
    const { update, status } = state;
    void become({
      ...(update.state === 'staged' && { update: { ...update, ...change } }),
      ...(status?.staged && { status: { ...status, staged: { ...status.staged, ...change } } }),
    });
  };
  const scheduledFor = (at: string): Promise<Outcome<Activated>> =>
    yes({
      stage: records.review.stage,
      restorePoint: null,
      scheduled: true,
      at,
      how: records.plan.activation.how,
      seconds: 1,
      switchSeconds: 0,
      carried: [],
      restart: [],
      remarks: [],
    });

  return {
    state: () => yes(state),
    connect: () => become({ connection: { state: 'connected', problem: null } }),
    acknowledge: () => become({ update: { state: 'idle', pending: 0, security: 0 } }),
    preferences: () => yes(preferences),
    prefer({ change }) {
      preferences = { ...preferences, ...definedOf(change) };
      return yes(preferences);
    },
    report: () => yes({ text: records.report }),

    status: () =>
      state.status
        ? yes(state.status)
        : Promise.resolve({
            ok: false,
            problem: { code: 'HELPER_UNREACHABLE', sentence: '', hint: '', details: [] },
          }),
    inspect: () => yes(records.machine),
    livepatch: () => yes({ ...records.livepatch, ...returning(settings) }),
    modules: () => yes(records.modules),
    async check() {
      for (const result of records.check.checks) {
        await Promise.resolve();
        emit({ kind: 'checked', result });
      }
      return yes(records.check);
    },
    history: () => yes(records.history),
    review: () => yes(records.review),
    changelog: ({ name, version }) => yes({ ...records.changelog, package: name, to: version }),
    planned: () => yes(records.plan),
    log: () => yes(records.log),
    preview: () => yes(records.preview),
    settings: () => yes(settings),

    plan: () => yes(records.plan),
    stage: () => runAs({ state: 'staging', plan: records.plan.id, cancelling: false, ...run }),
    decide({ decisions }) {
      const conflicts = records.review.conflicts.map((conflict) => {
        const decision = decisions.find(({ conflict: id }) => id === conflict.id);
        return decision ? { ...conflict, decided: true, kept: decision.choice } : conflict;
      });
      return yes({ ...records.review, conflicts });
    },
    activate({ at }) {
      if (at === undefined) return runAs({ state: 'switching', stage: records.review.stage, ...run });
      reschedule({ scheduled: true, scheduledAt: at, missed: null });
      return scheduledFor(at);
    },
    unschedule() {
      reschedule({ scheduled: false, scheduledAt: null, missed: null });
      return yes({ stage: records.review.stage });
    },
    rollback: ({ restorePoint }) =>
      runAs({ state: 'rolling-back', restorePoint: restorePoint ?? records.preview.restorePoint, ...run }),
    prune({ keep = 1 }) {
      const [kept, removed] = [
        records.history.restorePoints.slice(0, keep),
        records.history.restorePoints.slice(keep),
      ];
      return yes({
        removed: removed.map(({ id }) => id),
        kept: kept.map(({ id }) => id),
        freedBytes: removed.reduce((sum, { ownBytes }) => sum + ownBytes, 0),
      });
    },
    recover: () => runAs({ state: 'recovering', ...run }),
    change({ settings: change }) {
      const { automatic, ...rest } = change;
      settings = {
        ...settings,
        ...definedOf(rest),
        automatic: { ...settings.automatic, ...definedOf(automatic ?? {}) },
      };
      return yes(settings);
    },
    renew: () => runAs({ state: 'preparing', ...run }),
    cancel: () => yes({}),
    ...scene.handlers,
  };
}

const returning = ({ installOnReboot, upgradeOnReboot }: SystemSettings) => ({
  installOnReboot,
  upgradeOnReboot,
});

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that are there and undefined, which would overwrite. */
function definedOf<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
