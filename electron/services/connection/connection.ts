/**
 * The one connection of the app to a helper. It is made at the best place that answers, made again with patience when it is
 * lost, and moved when a better place appears. Invariant: whoever listens learns the truth of this moment first and every
 * change after it; what is asked while nobody answers gets a problem, never silence.
 */
import { existsSync } from 'node:fs';
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import type { Params, Result, Verb } from '../../../shared/operations.js';
import type { HelperEvent } from '../../../shared/protocol.js';
import type { Status } from '../../../shared/status.js';
import type { CallOptions, ConnectOptions, HelperClient } from '../../helper/client/client.js';
import { patience, type Patience } from './patience.js';
import type { Place } from './places.js';

export interface ConnectionFacts {
  /** `read-only`: the helper that answers may not alter anything. */
  readonly state: 'connecting' | 'connected' | 'read-only' | 'absent';
  readonly problem: Problem | null;
  /** Where the helper is that answers now. */
  readonly place: Place['kind'] | null;
}

export type ConnectionEvent = { readonly kind: 'connection'; readonly facts: ConnectionFacts } | HelperEvent;

/** What can be asked of the helper; `Connection` is more. */
export interface Caller {
  call<V extends Verb>(verb: V, params: Params<V>, options?: CallOptions): Promise<Outcome<Result<V>>>;
}

export interface Connection extends Caller {
  readonly facts: ConnectionFacts;
  /** The last that the helper which answers now has told. */
  readonly status: Status | null;
  /** Tells facts and status of this moment at once, then every change. Answers how to stop. */
  listen(listener: (event: ConnectionEvent) => void): () => void;
  /** Looks for the best place now, not only when patience is over; resolves when it is known. */
  attempt(): Promise<ConnectionFacts>;
  close(): void;
}

export interface ConnectionOptions {
  readonly places: readonly Place[];
  readonly connect: (options: ConnectOptions) => Promise<Outcome<HelperClient>>;
  /** Starts a helper that needs no right of root, when no place answers. */
  readonly startOwn?: (() => Promise<Outcome<unknown>>) | undefined;
  readonly patience?: Patience;
  /** Milliseconds between two looks for a better place than one's own. */
  readonly lookEveryMs?: number;
  readonly silenceMs?: number;
}

interface Live {
  readonly client: HelperClient;
  readonly place: Place;
  /** Resolves when it has told its status, or is over. */
  readonly told: Promise<void>;
}

export function keepConnected(options: ConnectionOptions): Connection {
  const { places, startOwn, lookEveryMs = 30_000 } = options;
  const waits = options.patience ?? patience();
  const listeners = new Set<(event: ConnectionEvent) => void>();
  let facts: ConnectionFacts = { state: 'connecting', problem: null, place: null };
  let status: Status | null = null;
  let live: Live | undefined;
  /** The reason for which the last connection ended; null while there was none. */
  let lost: Problem | null = null;
  /** Why a place that would have been better than one's own was of no use. */
  let refusal: Problem | null = null;
  let attempting: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const tell = (event: ConnectionEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const become = (next: ConnectionFacts): void => {
    if (sameFacts(facts, next)) return;
    facts = next;
    tell({ kind: 'connection', facts });
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void attempt(), ms);
  };

  /** Tries the places in their order, those before `until` only; the first that answers counts. */
  async function bestPlace(until: Place | undefined): Promise<Outcome<Live>> {
    let first: Problem | undefined;
    for (const place of places) {
      if (place === until) break;
      if (!existsSync(place.path)) continue;
      const outcome = await enter(place);
      if (outcome.ok) return outcome;
      // What is not there any more, such as the socket of a helper that was killed, is no news.
      if (outcome.problem.code !== 'HELPER_UNREACHABLE') first ??= outcome.problem;
    }
    return { ok: false, problem: first ?? problem('HELPER_UNREACHABLE') };
  }

  async function enter(place: Place): Promise<Outcome<Live>> {
    const { path, trust } = place;
    const { silenceMs } = options;
    const outcome = await options.connect({ path, trust, ...(silenceMs === undefined ? {} : { silenceMs }) });
    if (!outcome.ok) return outcome;
    const client = outcome.value;
    if (closed) {
      client.close();
      return { ok: false, problem: problem('HELPER_UNREACHABLE') };
    }
    let isTold = (): void => undefined;
    const told = new Promise<void>((resolve) => {
      isTold = resolve;
    });
    const entered: Live = { client, place, told };
    const before = live;
    live = entered;
    before?.client.close();
    status = null;
    client.subscribe((event) => {
      if (live !== entered) return;
      hear(event, place);
      if (event.kind === 'status') isTold();
    });
    void client.closed.then((reason) => {
      isTold();
      if (live === entered) lose(reason);
    });
    return { ok: true, value: entered };
  }

  function hear(event: HelperEvent, place: Place): void {
    if (event.kind === 'status') {
      status = event.status;
      waits.reset();
      lost = null;
      const state = status.helper.privileged ? 'connected' : 'read-only';
      become({ state, problem: place.kind === 'own' ? refusal : null, place: place.kind });
    }
    tell(event);
  }

  function lose(reason: Problem): void {
    live = undefined;
    status = null;
    lost = reason;
    if (closed) return;
    become({ state: 'connecting', problem: reason, place: null });
    later(waits.next());
  }

  async function attemptOnce(): Promise<void> {
    const before = live;
    if (before && !mayMove(before.place)) return;
    let outcome = await bestPlace(before?.place);
    refusal = outcome.ok ? null : newsOf(outcome.problem);
    if (!outcome.ok && before && live === before) {
      // Nothing better: what answers now stays, and says why the better one did not.
      become({ ...facts, problem: refusal });
      later(lookEveryMs);
      return;
    }
    if (!outcome.ok && startOwn && !closed) {
      const started = await startOwn();
      if (started.ok) outcome = await enterOwn();
      else refusal ??= started.problem;
    }
    if (closed) return;
    if (!outcome.ok) {
      become({ state: 'absent', problem: refusal ?? outcome.problem, place: null });
      later(waits.next());
      return;
    }
    await outcome.value.told;
    if (live === outcome.value && mayMove(live.place)) later(lookEveryMs);
  }

  /** From one's own helper to one with more rights; never between those that have them. */
  const mayMove = (place: Place): boolean => place.kind === 'own' && place !== places[0];

  async function enterOwn(): Promise<Outcome<Live>> {
    const own = places.find(({ kind }) => kind === 'own');
    return own ? await enter(own) : { ok: false, problem: problem('HELPER_UNREACHABLE') };
  }

  function attempt(): Promise<void> {
    clearTimeout(timer);
    attempting ??= attemptOnce().finally(() => {
      attempting = undefined;
    });
    return attempting;
  }

  void attempt();
  return {
    get facts() {
      return facts;
    },
    get status() {
      return status;
    },
    async call(verb, params, callOptions) {
      // At the start, and after an elevation, the answer is about to come.
      if (!live) await attempting;
      if (live) return await live.client.call(verb, params, callOptions);
      return { ok: false, problem: lost ?? facts.problem ?? problem('HELPER_UNREACHABLE') };
    },
    listen(listener) {
      listeners.add(listener);
      listener({ kind: 'connection', facts });
      if (status) listener({ kind: 'status', status });
      return () => void listeners.delete(listener);
    },
    async attempt() {
      // One that began before may have looked too early.
      await attempting;
      if (!closed) await attempt();
      return facts;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      listeners.clear();
      live?.client.close();
      live = undefined;
      status = null;
    },
  };
}

/** Nobody there is the usual case where nothing is installed; anything else the user should know. */
const newsOf = (reason: Problem): Problem | null => (reason.code === 'HELPER_UNREACHABLE' ? null : reason);

function sameFacts(a: ConnectionFacts, b: ConnectionFacts): boolean {
  return a.state === b.state && a.place === b.place && sameProblem(a.problem, b.problem);
}

function sameProblem(a: Problem | null, b: Problem | null): boolean {
  return a?.code === b?.code && JSON.stringify(a?.details) === JSON.stringify(b?.details);
}
