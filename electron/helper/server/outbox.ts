/**
 * What waits to be sent to one client. Answers are always sent, and their number is bounded by the requests in flight. Events are
 * not hoarded for a client that reads slowly: of the status and of each run's progress only the newest waits, and log lines are left out
 * and counted. So the last word always arrives, and memory stays bounded.
 */
import type { Socket } from 'node:net';
import type { HelperEvent, HelperMessage } from '../../../shared/protocol.js';
import { bytesTaken } from '../wire/descriptor.js';
import { frame } from '../wire/frames.js';

export interface OutboxLimits {
  /** Bytes in the socket's buffer above which events wait. */
  readonly eventBytes: number;
  /** Milliseconds in which a client must take at least something of what waits. */
  readonly stallMs: number;
}

export const outboxLimits: OutboxLimits = { eventBytes: 512 * 1024, stallMs: 60_000 };

type Progress = Extract<HelperEvent, { kind: 'progress' }>;

export class Outbox {
  #status: HelperEvent | undefined;
  readonly #progress = new Map<string, Progress[]>();
  readonly #skipped = new Map<string, number>();
  #stall: NodeJS.Timeout | undefined;
  #taken = 0;

  constructor(
    private readonly socket: Socket,
    private readonly onStall: () => void,
    private readonly limits = outboxLimits,
  ) {
    socket.on('drain', () => this.#flush());
    socket.on('close', () => clearInterval(this.#stall));
  }

  /** `onSent` is called when the system has taken all of it. */
  send(message: HelperMessage, onSent?: () => void): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    this.socket.write(frame(JSON.stringify(message)), onSent && (() => onSent()));
    if (this.socket.writableLength > 0) this.#watch();
  }

  event(event: HelperEvent): void {
    if (this.#hasRoom() && !this.#isWaiting()) {
      this.send({ type: 'event', event });
      return;
    }
    switch (event.kind) {
      case 'status':
        this.#status = event;
        break;
      case 'progress':
        this.#hold(event);
        break;
      case 'skipped':
        this.#skip(event.run, event.events);
        break;
    }
  }

  /** Of each phase the newest event is kept: its end replaces its progress, which replaces its beginning. */
  #hold(event: Progress): void {
    const { run } = event;
    if (event.event.type === 'log') {
      this.#skip(run, 1);
      return;
    }
    const held = this.#progress.get(run) ?? [];
    const same = held.findIndex(({ event: { phase } }) => phase === event.event.phase);
    if (same >= 0) {
      held.splice(same, 1);
      this.#skip(run, 1);
    }
    held.push(event);
    this.#progress.set(run, held);
  }

  #skip(run: string, count: number): void {
    this.#skipped.set(run, (this.#skipped.get(run) ?? 0) + count);
  }

  #flush(): void {
    if (!this.#hasRoom()) return;
    const waiting: HelperEvent[] = [
      ...[...this.#skipped].map(([run, events]): HelperEvent => ({ kind: 'skipped', run, events })),
      ...[...this.#progress.values()].flat(),
      ...(this.#status ? [this.#status] : []),
    ];
    this.#skipped.clear();
    this.#progress.clear();
    this.#status = undefined;
    for (const event of waiting) this.send({ type: 'event', event });
  }

  #isWaiting(): boolean {
    return this.#status !== undefined || this.#progress.size > 0 || this.#skipped.size > 0;
  }

  #hasRoom(): boolean {
    return this.socket.writableLength <= this.limits.eventBytes;
  }

  /** A client that takes nothing at all for a long time is given up. */
  #watch(): void {
    if (this.#stall) return;
    this.#taken = bytesTaken(this.socket);
    this.#stall = setInterval(() => {
      const taken = bytesTaken(this.socket);
      if (this.socket.writableLength === 0) {
        clearInterval(this.#stall);
        this.#stall = undefined;
      } else if (taken === this.#taken) this.onStall();
      this.#taken = taken;
    }, this.limits.stallMs);
    this.#stall.unref();
  }
}
