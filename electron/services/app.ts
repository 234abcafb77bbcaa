/**
 * The app behind every front end: answers each of its operations, and tells every change. The verbs of the helper are passed through,
 * the app's own are answered here. Invariant: what is shown follows from the helper's facts and from what the user has seen,
 * and from nothing else; parameters are read by their schema before anything is done with them.
 */
import type { z } from 'zod';
import {
  appOperations,
  type AppEvent,
  type AppHandlers,
  type AppOperation,
  type AppResult,
  type AppState,
} from '../../shared/app.js';
import { problem, type Outcome, type Problem } from '../../shared/errors.js';
import { verbs, type Params, type Verb } from '../../shared/operations.js';
import { preferencesSchema, type PreferencesChange } from '../../shared/preferences.js';
import type { Connection, ConnectionEvent } from './connection/connection.js';
import { counting } from './counting.js';
import { historyView } from './history/history-view.js';
import { identities as ownIdentities } from './report/identities.js';
import { makeReport } from './report/make-report.js';
import type { Identities } from './report/redact.js';
import type { Scheduler } from './schedule/scheduler.js';
import { seenMemory } from './seen.js';
import type { Stores } from './store/stores.js';
import {
  deriveState,
  heldBackIn,
  leftBehind,
  overIn,
  unseenArrival,
  unseenHeldBack,
} from './update-state.js';
import type { Status } from '../../shared/status.js';

export interface AppOptions {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly scheduler: Scheduler;
  /** What the shell can do; whether a password can be asked for follows from `elevate`. */
  readonly can: Omit<AppState['can'], 'elevate'>;
  /** Starts a helper that may alter the system; null where that is impossible or not needed. */
  readonly elevate: (() => Promise<Outcome<unknown>>) | null;
  readonly practice: boolean;
  readonly version: string;
  readonly now?: () => Date;
  readonly identities?: () => Identities;
}

export interface App {
  readonly handlers: AppHandlers;
  readonly state: AppState;
  /** For shells: any name and parameters; what does not fit is `BAD_REQUEST`. */
  answer(name: unknown, params: unknown): Promise<Outcome<unknown>>;
  listen(listener: (event: AppEvent) => void): () => void;
  /** Tells every front end, such as where a click in the tray leads. */
  show(event: AppEvent & { readonly kind: 'show' }): void;
  close(): void;
}

export function createApp(options: AppOptions): App {
  const { connection, stores, scheduler, elevate, practice, version } = options;
  const now = options.now ?? (() => new Date());
  const listeners = new Set<(event: AppEvent) => void>();
  const history = historyView(stores.history, connection, now);
  const seen = seenMemory(stores.memory, now);
  const count = counting(connection);
  let before: Status | null = null;
  let told = '';

  const stateNow = (): AppState => {
    const { state, problem: reason } = connection.facts;
    const arrival = unseenArrival(connection.status, seen.ids);
    const heldBack = unseenHeldBack(connection.status, seen.ids);
    return {
      update: deriveState(connection.status, seen.ids),
      status: connection.status,
      connection: { state, problem: reason },
      schedule: scheduler.current,
      practice,
      historyRebuilt: history.rebuilt,
      ...(arrival ? { arrival } : {}),
      ...(heldBack.length > 0 ? { heldBack } : {}),
      can: { ...options.can, elevate: elevate !== null },
    };
  };
  const emit = (event: AppEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const tellState = (): void => {
    const state = stateNow();
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    emit({ kind: 'state', state });
  };
  const readHistory = (): void => void history.read().then(tellState);

  function hear(event: ConnectionEvent): void {
    switch (event.kind) {
      case 'progress':
        emit(event);
        return;
      case 'skipped':
        return; // lines of the log, which is read anew when it is looked at
      case 'connection':
        if (!connection.status) before = null;
        break;
      case 'status':
        hearStatus(event.status);
        break;
    }
    tellState();
  }

  function hearStatus(status: Status): void {
    seen.begin(status);
    seen.add(leftBehind(before, status));
    const hasNews =
      before === null ||
      before.last?.id !== status.last?.id ||
      before.latest?.transaction !== status.latest?.transaction ||
      !before.latest?.arrival !== !status.latest?.arrival;
    before = status;
    if (hasNews && !status.run) readHistory();
    count.take(status);
  }

  const stopHearing = connection.listen(hear);
  scheduler.onChange(tellState);

  const pass =
    <V extends Verb>(verb: V) =>
    (params: Params<V>) =>
      connection.call(
        verb,
        params,
        verb === 'check' ? { onChecked: (result) => emit({ kind: 'checked', result }) } : {},
      );

  const own: Omit<AppHandlers, Exclude<Verb, 'history'>> = {
    history: () => history.read(),
    state: () => good(stateNow()),
    async connect() {
      const isNeeded = connection.facts.state !== 'connected';
      if (isNeeded && elevate && !practice) {
        const started = await elevate();
        if (!started.ok) return started;
      }
      const facts = isNeeded ? await connection.attempt() : connection.facts;
      tellState();
      if (facts.state === 'connected') return good(stateNow());
      return bad(facts.problem ?? problem('HELPER_UNREACHABLE'));
    },
    acknowledge() {
      if (connection.status) seen.add([...overIn(connection.status), ...heldBackIn(connection.status)]);
      history.acknowledge();
      tellState();
      return good(stateNow());
    },
    preferences: () => good(stores.preferences.value()),
    prefer({ change }) {
      const next = preferencesSchema.parse({ ...stores.preferences.value(), ...defined(change) });
      stores.preferences.write(next);
      emit({ kind: 'preferences', preferences: next });
      return good(next);
    },
    report: async () => {
      const identities = (options.identities ?? ownIdentities)();
      const state = stateNow();
      return good({
        text: await makeReport({ helper: connection, state, version, remarks: stores.remarks, identities }),
      });
    },
  };
  const passed = Object.fromEntries(verbs.map((verb) => [verb, pass(verb)]));
  const handlers = checkedHandlers({ ...passed, ...own } as AppHandlers);

  return {
    handlers,
    get state() {
      return stateNow();
    },
    answer(name, params) {
      if (!isOperation(name)) return bad(problem('BAD_REQUEST', 'There is no such operation.'));
      return (handlers[name] as (given: unknown) => Promise<Outcome<unknown>>)(params);
    },
    listen(listener) {
      listeners.add(listener);
      listener({ kind: 'state', state: stateNow() });
      return () => void listeners.delete(listener);
    },
    show: emit,
    close() {
      stopHearing();
      listeners.clear();
      scheduler.close();
      connection.close();
    },
  };
}

function isOperation(name: unknown): name is AppOperation {
  return typeof name === 'string' && Object.hasOwn(appOperations, name);
}

/** The same handlers, each of which reads its parameters by their schema first. */
function checkedHandlers(handlers: AppHandlers): AppHandlers {
  const checked = Object.entries(handlers).map(([name, handler]) => {
    const schema: z.ZodType = appOperations[name as AppOperation].params;
    const handle = handler as (params: unknown) => Promise<Outcome<AppResult<AppOperation>>>;
    return [
      name,
      (params: unknown) => {
        const read = schema.safeParse(params);
        return read.success ? handle(read.data) : bad(badRequest(read.error));
      },
    ];
  });
  return Object.fromEntries(checked) as AppHandlers;
}

function badRequest({ issues }: z.ZodError): Problem {
  return problem(
    'BAD_REQUEST',
    ...issues.slice(0, 10).map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

/** Without what was given as undefined, which would hide what was there. */
function defined(change: PreferencesChange): PreferencesChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

const good = <T>(value: T): Promise<Outcome<T>> => Promise.resolve({ ok: true, value });
const bad = (reason: Problem): Promise<Outcome<never>> => Promise.resolve({ ok: false, problem: reason });
