/**
 * One tab: its requests pass the same door as those of the window in Electron, its events come as they happen. Invariant: what is
 * held for a tab is bounded. One that reads slowly gets the newest state instead of every event, is not listened to
 * while its answers wait, and is given up when even that is too much or when it gives no sign of life.
 */
import type { WebSocket } from 'ws';
import type { AppEvent } from '../../shared/app.js';
import { doorOf, type Ask } from '../services/page/door.js';
import { largestMessage, readRequest, type TabMessage } from './messages.js';

export interface TabLimits {
  /** Bytes that wait to be read, from which on events are left out and requests are not taken. */
  readonly pausedAt: number;
  /** Bytes from which on the tab is given up. */
  readonly mostWaiting: number;
  /** Milliseconds between two signs of life. */
  readonly aliveEveryMs: number;
}

/** The largest answers, reviews of 100,000 files, are some 20 MB. */
export const usualLimits: TabLimits = {
  pausedAt: 4 * largestMessage,
  mostWaiting: 128 * largestMessage,
  aliveEveryMs: 30_000,
};

/** Close codes of RFC 6455, 7.4.1. */
const closeCodes = { goingAway: 1001, notText: 1003, policy: 1008 } as const;

export interface Tab {
  send(event: AppEvent): void;
  close(): void;
  /** Without a goodbye. */
  cutOff(): void;
}

export function openTab(
  socket: WebSocket,
  answer: Ask,
  { pausedAt, mostWaiting, aliveEveryMs }: TabLimits = usualLimits,
): Tab {
  const ask = doorOf(answer);
  let missed: AppEvent | null = null;
  let isAlive = true;

  const isSlow = (): boolean => socket.bufferedAmount > pausedAt;
  const post = (message: TabMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    const text = JSON.stringify(message);
    if (socket.bufferedAmount + text.length > mostWaiting) {
      socket.terminate();
      return;
    }
    socket.send(text, caughtUp);
    if (isSlow()) socket.pause();
  };
  /** Called for every message that has left; the last one of them finds the tab quick again. */
  const caughtUp = (): void => {
    if (isSlow() || socket.readyState !== socket.OPEN) return;
    socket.resume();
    if (!missed) return;
    const event = missed;
    missed = null;
    post({ event });
  };
  const take = async (text: string): Promise<void> => {
    const request = readRequest(text);
    if (!request) {
      socket.close(closeCodes.policy, 'No request.');
      return;
    }
    post({ id: request.id, outcome: await ask(request.name, request.params) });
  };

  socket.on('message', (data: Buffer, isBinary) => {
    isAlive = true;
    if (isBinary) socket.close(closeCodes.notText, 'Only text.');
    else void take(data.toString('utf8'));
  });
  socket.on('pong', () => {
    isAlive = true;
  });
  // What is wrong with a frame has closed the socket already, with the code for it.
  socket.on('error', () => undefined);
  const heartbeat = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, aliveEveryMs);
  socket.once('close', () => {
    clearInterval(heartbeat);
    missed = null;
  });

  return {
    send: (event) => {
      if (!isSlow()) post({ event });
      else if (event.kind === 'state') missed = event;
    },
    close: () => socket.close(closeCodes.goingAway, 'Understudy has ended.'),
    cutOff: () => socket.terminate(),
  };
}
