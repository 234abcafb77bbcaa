/** A small helper that speaks the protocol over a real socket and answers what a test says. It knows nothing of updates. */
import { createServer, type Server, type Socket } from 'node:net';
import { rmSync } from 'node:fs';
import { frame, FrameReader } from '../../../electron/helper/wire/frames.js';
import { problem, type Outcome, type Problem } from '../../../shared/errors.js';
import type { Verb } from '../../../shared/operations.js';
import {
  clientMessageSchema,
  largestRequest,
  protocolVersion,
  type HelperEvent,
  type HelperMessage,
} from '../../../shared/protocol.js';
import type { Status } from '../../../shared/status.js';
import { idle } from './status.js';

export type Answers = Partial<Record<Verb, (params: never) => unknown>>;

export interface SmallHelper {
  /** What was asked, in order. */
  readonly asked: { verb: string; params: unknown }[];
  status: Status;
  answers: Answers;
  /** Tells every subscriber; a status is also what later ones hear first. */
  tell(event: HelperEvent): void;
  tellStatus(part: Partial<Status>): void;
  readonly clients: number;
  /** Ends every connection, as a helper that is killed. */
  drop(): void;
  stop(): Promise<void>;
}

/** Thrown by an answer: the outcome is this problem. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}
/** Thrown by an answer: there is none. */
export class NoAnswer extends Error {}

export async function smallHelper(path: string, status: Status = idle): Promise<SmallHelper> {
  const sockets = new Set<Socket>();
  const subscribers = new Set<Socket>();
  const asked: SmallHelper['asked'] = [];
  const say = (socket: Socket, message: HelperMessage): void => {
    if (!socket.destroyed) socket.write(frame(JSON.stringify(message)));
  };
  const self: SmallHelper = {
    asked,
    status,
    answers: {},
    tell(event) {
      if (event.kind === 'status') self.status = event.status;
      for (const socket of subscribers) say(socket, { type: 'event', event });
    },
    tellStatus: (part) => self.tell({ kind: 'status', status: { ...self.status, ...part } }),
    get clients() {
      return sockets.size;
    },
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        self.drop();
        rmSync(path, { force: true });
      }),
  };

  async function outcomeOf(verb: string, params: unknown): Promise<Outcome<unknown>> {
    if (verb === 'status') return { ok: true, value: self.status };
    const answer = self.answers[verb as Verb] as ((params: unknown) => unknown) | undefined;
    if (!answer) return { ok: false, problem: problem('INTERNAL', `the test has no answer to ${verb}`) };
    try {
      return { ok: true, value: await answer(params) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, problem: error.problem };
      throw error;
    }
  }

  async function take(socket: Socket, content: Buffer): Promise<void> {
    const message = clientMessageSchema.parse(JSON.parse(content.toString('utf8')));
    switch (message.type) {
      case 'hello':
        say(socket, { type: 'hello', protocol: protocolVersion, version: '0.1.0' });
        break;
      case 'subscribe':
        subscribers.add(socket);
        say(socket, { type: 'event', event: { kind: 'status', status: self.status } });
        break;
      case 'request': {
        const { id, verb, params } = message;
        asked.push({ verb, params });
        try {
          say(socket, { type: 'answer', id, outcome: await outcomeOf(verb, params) });
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error;
        }
      }
    }
  }

  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const reader = new FrameReader(largestRequest);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
    socket.on('data', (chunk) => {
      for (const content of reader.push(chunk)) void take(socket, content);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return self;
}
