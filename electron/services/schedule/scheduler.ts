/**
 * Rehearses updates in the background when the schedule says so. Invariant: it asks nobody for a password: it acts only through a
 * helper that needs none for it, and leaves an installed one, which asks polkit, to its own timer (`understudy stage --automatic`).
 */
import type { Schedule } from '../../../shared/app.js';
import type { Outcome } from '../../../shared/errors.js';
import type { Connection } from '../connection/connection.js';
import { defaultSystemSettings, type SystemSettings } from '../../../shared/settings.js';
import { currentConditions, type Conditions } from './conditions.js';
import { decideSchedule } from './decide-schedule.js';

export interface Scheduler {
  /** As it was decided last. */
  readonly current: Schedule;
  /** Looks again; does what is due when `mayAct`. Resolves when that is over. */
  look(): Promise<Schedule>;
  /** Called whenever `current` is another. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface SchedulerOptions {
  readonly connection: Connection;
  /** Milliseconds between two looks by itself; null: only when asked. */
  readonly everyMs?: number | null;
  /** Whether this process is to do what is due, or only to say so. */
  readonly mayAct: () => boolean;
  readonly now?: () => Date;
  readonly conditions?: () => Promise<Conditions | null>;
}

/** An inspection takes a helper some seconds. */
const usualMs = 10 * 60_000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { connection, everyMs = usualMs, mayAct, now = () => new Date() } = options;
  const conditionsNow = options.conditions ?? (() => currentConditions(() => connection.call('inspect', {})));
  const listeners = new Set<() => void>();
  let settings: SystemSettings['automatic'] | null = null;
  let conditions: Conditions | null = null;
  let confirmed: Date | null = null;
  let current: Schedule = { reason: 'no-right', next: null };
  let looking: Promise<Schedule> | undefined;
  let closed = false;

  function decide(): Schedule {
    const decided = decideSchedule({ settings, status: connection.status, conditions, confirmed }, now());
    const isAnother = decided.reason !== current.reason || decided.next !== current.next;
    // While it is due, the next moment is always this one.
    const isNews = isAnother && !(decided.reason === 'due' && current.reason === 'due');
    current = decided;
    if (isNews) for (const listener of listeners) listener();
    return current;
  }

  async function look(): Promise<Schedule> {
    if ((await learn()).reason !== 'due' || closed || !mayAct()) return current;
    await rehearse();
    return decide();
  }

  async function learn(): Promise<Schedule> {
    await learnSettings();
    const atFirst = decide();
    // Power, network and load are asked for only where they decide: the machine is inspected for them.
    if (!dependsOnMoment(atFirst)) return atFirst;
    conditions = await conditionsNow();
    return decide();
  }

  async function learnSettings(): Promise<void> {
    const outcome = await connection.call('settings', {});
    settings = settingsThatHold(outcome)?.automatic ?? null;
  }

  async function rehearse(): Promise<void> {
    const scope = settings?.scope ?? 'all';
    const staged = connection.status?.staged ?? null;
    if (staged?.ready === true) {
      // What is staged may still be what there is; it would be staged again for nothing.
      const planned = await connection.call('plan', { scope, selected: [] });
      if (planned.ok && planned.value.id === staged.plan) {
        confirmed = now();
        return;
      }
    }
    await connection.call('stage', { scope, selected: [], background: true });
  }

  const lookOnce = (): Promise<Schedule> => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  /** The helper that was asked for its settings, and the last run that may have changed them. */
  let learnt = '';
  // What the helper tells decides much of it: a run that ends, something staged, a connection that comes or goes.
  const stopListening = connection.listen((event) => {
    if (event.kind !== 'status' && event.kind !== 'connection') return;
    decide();
    const { status } = connection;
    const { last } = status ?? {};
    const changed = last?.kind === 'settings' ? last.id : '';
    const source = status ? `${status.helper.pid} ${status.helper.started} ${changed}` : learnt;
    if (everyMs === null || source === learnt) return;
    learnt = source;
    // To be told why nothing happens yet; what is due waits for its turn.
    void learn();
  });
  const timer = everyMs === null ? undefined : setInterval(() => void lookOnce(), everyMs);
  return {
    get current() {
      return current;
    },
    look: lookOnce,
    onChange: (listener) => void listeners.add(listener),
    close() {
      closed = true;
      clearInterval(timer);
      stopListening();
      listeners.clear();
    },
  };
}

/** Where their file is damaged, those that come with Understudy hold; null while nobody answers. */
export function settingsThatHold(outcome: Outcome<SystemSettings>): SystemSettings | null {
  if (outcome.ok) return outcome.value;
  return outcome.problem.code === 'SETTINGS_DAMAGED' ? defaultSystemSettings : null;
}

/** Whether power, network or load have a say in it. */
export function dependsOnMoment({ reason }: Schedule): boolean {
  return ['busy', 'offline', 'metered', 'on-battery', 'due'].includes(reason);
}

/** Pausing for a day is a change of the settings like any other. */
export function pauseForADay(
  connection: Pick<Connection, 'call'>,
  now: Date,
): Promise<Outcome<SystemSettings>> {
  const pausedUntil = new Date(now.getTime() + 24 * 3_600_000).toISOString();
  return connection.call('change', { settings: { automatic: { pausedUntil } } });
}
