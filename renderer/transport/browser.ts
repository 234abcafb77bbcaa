/**
 * The app's services over a WebSocket of the server that this page came from: `{id,name,params}` goes there, `{id,outcome}` and
 * `{event}` come back. It connects again by itself, with patience. What was asked when a connection broke answers with
 * `HELPER_LOST`: whether it was done shows in the state, which comes first after connecting again. Answers that nobody
 * waits for, and messages of no known shape, are left alone.
 */
import type { AppApi, AppEvent, AppOperation, AppParams, AppResult } from '../../shared/app.js';
import type { Outcome, Problem } from '../../shared/errors.js';

export interface Link {
  readonly api: AppApi;
  /** Tells whether the server can be reached, at every change. */
  readonly watch: (listener: (isOpen: boolean) => void) => void;
  /** For good. */
  readonly close: () => void;
}

const firstPatienceMs = 250;
const longestPatienceMs = 8_000;

const lost: Outcome<never> = {
  ok: false,
  problem: { code: 'HELPER_LOST', sentence: '', hint: '', details: [] } satisfies Problem,
};

export function linkTo(url: string): Link {
  const listeners = new Set<(event: AppEvent) => void>();
  const watchers = new Set<(isOpen: boolean) => void>();
  const waiting = new Map<number, (outcome: Outcome<unknown>) => void>();
  /** What was asked while no connection was there yet. */
  const outbox: string[] = [];
  let socket: WebSocket | null = null;
  let isOpen = false;
  let patience = firstPatienceMs;
  let next = 1;
  let wasOpen = false;
  let isClosed = false;

  const open = () => {
    if (isClosed) return;
    const current = new WebSocket(url);
    socket = current;
    current.addEventListener('open', () => {
      isOpen = true;
      patience = firstPatienceMs;
      for (const text of outbox.splice(0)) current.send(text);
      for (const watcher of watchers) watcher(true);
      if (wasOpen) void announceState();
      wasOpen = true;
    });
    // What went wrong is told by `close`, which always follows.
    current.addEventListener('error', () => undefined);
    current.addEventListener('message', ({ data }) => take(data));
    current.addEventListener('close', () => {
      isOpen = false;
      outbox.length = 0;
      for (const [id, answer] of [...waiting]) {
        waiting.delete(id);
        answer(lost);
      }
      for (const watcher of watchers) watcher(false);
      setTimeout(open, patience);
      patience = Math.min(longestPatienceMs, patience * 2);
    });
  };

  const take = (data: unknown) => {
    const message = parsed(data);
    if (message === null) return;
    if ('event' in message) {
      for (const listener of listeners) listener(message.event as AppEvent);
    } else if (typeof message.id === 'number') {
      waiting.get(message.id)?.(message.outcome as Outcome<unknown>);
      waiting.delete(message.id);
    }
  };

  const call = async <N extends AppOperation>(name: N, params: AppParams<N>) => {
    const id = next;
    next += 1;
    const text = JSON.stringify({ id, name, params });
    const outcome = await new Promise<Outcome<unknown>>((answer) => {
      waiting.set(id, answer);
      if (socket && isOpen) socket.send(text);
      else outbox.push(text);
    });
    return outcome as Outcome<AppResult<N>>;
  };

  /** What happened while nobody listened. */
  const announceState = async () => {
    const outcome = await call('state', {});
    if (!outcome.ok) return;
    for (const listener of listeners) listener({ kind: 'state', state: outcome.value });
  };

  open();
  return {
    api: {
      call,
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    watch: (listener) => void watchers.add(listener),
    close() {
      isClosed = true;
      socket?.close();
    },
  };
}

interface Message {
  readonly id?: unknown;
  readonly outcome?: unknown;
  readonly event?: unknown;
}

function parsed(data: unknown): Message | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
