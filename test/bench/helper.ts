/**
 * The helper as a process of its own: from its start to its first answer, the round trip of a question, progress to ten subscribers, and
 * its memory; beside one question to snapper, which looks at its records in a process a question.
 */
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from '../../electron/helper/client/connect.js';
import { FrameReader } from '../../electron/helper/wire/frames.js';
import { largestAnswer } from '../../shared/protocol.js';
import {
  memoryOf,
  privateFolder,
  startHelper,
  startProgram,
  type HelperProcess,
} from '../lab/helper-process.js';
import { smallRoot } from '../lab/helper-root.js';
import { framed } from '../lab/helper-wire.js';
import { median, seconds, type Bench, type BenchRow } from './row.js';
import { snapper } from './snapper.js';

const subscribers = 10;

export const benchHelper: Bench = {
  name: 'helper',
  impossible: () => Promise.resolve(process.getuid?.() === 0 ? undefined : 'needs root'),
  async run({ quick, say }) {
    const root = smallRoot();
    const folder = privateFolder();
    const peer = await snapper();
    const beside = peer === undefined ? {} : { peerName: peer.name };
    const rows: BenchRow[] = [];
    try {
      const start = (): Promise<HelperProcess> =>
        startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: 0 });
      say('starting it');
      const starts: number[] = [];
      const lists: number[] = [];
      for (let turn = 0; turn < (quick ? 3 : 11); turn += 1) {
        starts.push(await startToAnswer(start));
        if (peer) lists.push(await seconds(() => peer.list()));
      }
      const listing = peer === undefined ? {} : { ...beside, peer: median(lists) };
      rows.push({
        name: 'helper, start to first answer',
        ours: median(starts),
        unit: 's',
        target: { atMost: 1, of: 'value' },
        ...listing,
      });

      say('asking it');
      const helper = await start();
      await client(helper.socket, async (ask) => {
        for (let warm = 0; warm < 500; warm += 1) await ask();
        const times: number[] = [];
        for (let turn = 0; turn < (quick ? 1000 : 10_000); turn += 1) times.push(await seconds(ask));
        times.sort((a, b) => a - b);
        const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
        const target = { atMost: 0.02, of: 'value' } as const;
        rows.push(
          {
            name: 'helper, round trip of status, median',
            ours: median(times),
            unit: 's',
            target,
            ...listing,
          },
          { name: 'helper, round trip of status, p99', ours: p99, unit: 's', target, ...listing },
        );
      });
      await helper.stop();

      const memory = peer === undefined ? {} : { ...beside, peer: peer.memory() };
      const idle = await start();
      await client(idle.socket, (ask) => ask());
      rows.push({
        name: 'helper, memory, idle',
        ours: memoryOf(idle.pid).now,
        unit: 'MB',
        target: { atMost: 150, of: 'value' },
        ...memory,
      });
      await idle.stop();

      say(`telling ${subscribers} subscribers`);
      const lines = quick ? 20_000 : 100_000;
      const program = await startProgram({
        root: root.path,
        socket: join(folder.path, 'socket'),
        allow: ['inspect', 'stage'],
        lines,
      });
      const { delivered, time } = await tell(program.socket, lines);
      rows.push(
        {
          name: `helper, progress events to ${subscribers} subscribers, all and the last one`,
          ours: delivered / time,
          unit: '1/s',
        },
        {
          name: 'helper, memory, under load',
          ours: memoryOf(program.pid).peak,
          unit: 'MB',
          target: { atMost: 250, of: 'value' },
          ...memory,
        },
      );
      await program.stop();
    } finally {
      await peer?.dispose();
      folder.remove();
      root.remove();
    }
    return rows;
  },
};

async function startToAnswer(start: () => Promise<HelperProcess>): Promise<number> {
  let helper: HelperProcess | undefined;
  const time = await seconds(async () => {
    helper = await start();
    await client(helper.socket, (ask) => ask());
  });
  await helper?.stop();
  return time;
}

async function client(path: string, body: (ask: () => Promise<void>) => Promise<void>): Promise<void> {
  const connected = await connect({ path, trust: 'root' });
  if (!connected.ok) throw new Error(JSON.stringify(connected.problem));
  const { value } = connected;
  await body(async () => {
    const outcome = await value.call('status', {});
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  });
  value.close();
}

/** Everyone must hear the end of the phase, and every line or how many were left out. */
async function tell(path: string, lines: number): Promise<{ delivered: number; time: number }> {
  const heard = { events: 0, skipped: 0 };
  const listeners = await Promise.all(
    Array.from({ length: subscribers }, async () => {
      const socket = await greeted(path);
      const { subscribed, end } = hearing(socket, heard);
      socket.write(framed('{"type":"subscribe"}'));
      await subscribed;
      return { socket, end };
    }),
  );
  const time = await seconds(async () => {
    listeners[0]?.socket.write(framed('{"type":"request","id":1,"verb":"renew","params":{}}'));
    await Promise.all(listeners.map(({ end }) => end));
  });
  for (const { socket } of listeners) socket.destroy();
  const all = subscribers * (lines + 2); // and the beginning and end of the phase
  if (heard.events + heard.skipped !== all)
    throw new Error(`${heard.events} events and ${heard.skipped} left out make no ${all}`);
  return { delivered: heard.events, time };
}

function greeted(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(framed('{"type":"hello","protocol":1}'));
      resolve(socket);
    });
  });
}

function hearing(
  socket: Socket,
  heard: { events: number; skipped: number },
): { subscribed: Promise<void>; end: Promise<void> } {
  const reader = new FrameReader(largestAnswer);
  let isSubscribed: () => void = () => undefined;
  const subscribed = new Promise<void>((resolve) => (isSubscribed = resolve));
  const end = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      for (const content of reader.push(chunk)) {
        // Only looked at, not parsed: ten readers in one process are not what is measured.
        if (content.includes('"kind":"status"')) isSubscribed();
        if (content.includes('"kind":"skipped"'))
          heard.skipped += Number(/"events":(\d+)/.exec(content.toString('latin1'))?.[1]);
        if (!content.includes('"kind":"progress"')) continue;
        heard.events += 1;
        if (content.includes('"phase-ended"')) resolve();
      }
    });
  });
  return { subscribed, end };
}
