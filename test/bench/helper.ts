/**
 * The helper: from its start to the first answer, one question and its answer, progress to many subscribers, memory. The peer is
 * one call of snapper without its daemon, which is how a program asks it for what is there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../electron/helper/client/connect.js';
import type { HelperClient } from '../../electron/helper/client/client.js';
import { ownerOnly } from '../../electron/helper/authorise/owner.js';
import { HelperServer } from '../../electron/helper/server/server.js';
import { run } from '../../electron/engine/process/run.js';
import type { HelperEvent } from '../../shared/protocol.js';
import { memoryOf, privateFolder, startHelper } from '../lab/helper-process.js';
import { smallRoot } from '../lab/helper-root.js';
import { median, seconds, type Bench, type BenchOptions, type BenchRow } from './row.js';

const peerName = 'snapper --no-dbus list-configs';
const subscribers = 10;

export const benchHelper: Bench = {
  name: 'helper',
  impossible: () =>
    Promise.resolve(process.getuid?.() === 0 ? undefined : 'needs root, for a helper that serves a user'),
  async run(options) {
    const peer = await peerCall();
    return [...(await questions(options, peer)), await progress(options)];
  },
};

/** Median seconds of the peer's call; `undefined` where it is not installed. */
async function peerCall(): Promise<number | undefined> {
  const times: number[] = [];
  for (let each = 0; each < 5; each += 1) {
    const began = performance.now();
    const { ended } = await run(['snapper', '--no-dbus', 'list-configs'], { timeoutMs: 30_000 });
    if (ended === 'not-found') return undefined;
    times.push((performance.now() - began) / 1000);
  }
  return median(times);
}

async function questions({ quick, say }: BenchOptions, peer: number | undefined): Promise<BenchRow[]> {
  const root = smallRoot();
  const beside = peer === undefined ? {} : { peer, peerName };
  const starts: number[] = [];
  const trips: number[] = [];
  let idle = 0;
  let loaded = 0;
  try {
    for (let each = 0; each < (quick ? 1 : 5); each += 1) {
      say('start to first answer');
      const runtime = privateFolder();
      let client: HelperClient | undefined;
      const began = performance.now();
      const helper = await startHelper({ root: root.path, runtime: runtime.path, forUid: 0 });
      try {
        client = await opened(helper.socket);
        await client.call('status', {});
        starts.push((performance.now() - began) / 1000);
        idle = memoryOf(helper.pid).now;
        const times = trips.length === 0 ? (quick ? 500 : 5_000) : 0;
        for (let asked = 0; asked < times; asked += 1) {
          const one = client;
          trips.push(await seconds(() => one.call('status', {})));
        }
        loaded = Math.max(loaded, memoryOf(helper.pid).peak);
      } finally {
        client?.close();
        await helper.stop();
        runtime.remove();
      }
    }
  } finally {
    root.remove();
  }
  const sorted = [...trips].sort((a, b) => a - b);
  return [
    { name: 'helper, start to first answer', ours: median(starts), unit: 's', ...beside },
    { name: 'helper, "status" asked and answered, median', ours: median(trips), unit: 's', ...beside },
    {
      name: 'helper, "status" asked and answered, 99th percentile',
      ours: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      unit: 's',
      ...beside,
    },
    { name: 'helper, resident memory, idle', ours: idle, unit: 'MB' },
    { name: `helper, peak memory after ${trips.length} questions`, ours: loaded, unit: 'MB' },
  ];
}

async function opened(path: string): Promise<HelperClient> {
  const outcome = await connect({ path, trust: 'root-or-self' });
  if (!outcome.ok) throw new Error(outcome.problem.sentence);
  return outcome.value;
}

/** Until the last event has arrived at every subscriber; throws when one of them never sees it. */
async function progress({ quick, say }: BenchOptions): Promise<BenchRow> {
  const events = quick ? 2_000 : 20_000;
  say(`${events} progress events to ${subscribers} subscribers`);
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-helper-'));
  const server = new HelperServer({
    version: '0',
    authorisation: ownerOnly(process.getuid?.() ?? 0),
    snapshot: () => eventNumber(0),
    handle: () => Promise.resolve({ ok: true, value: {} }),
    onClients: () => undefined,
  });
  const clients: HelperClient[] = [];
  try {
    const path = join(folder, 'socket');
    await server.listen({ path });
    const arrived: Promise<void>[] = [];
    for (let each = 0; each < subscribers; each += 1) {
      const client = await opened(path);
      clients.push(client);
      let isSubscribed = (): void => undefined;
      const subscribed = new Promise<void>((resolve) => (isSubscribed = resolve));
      arrived.push(
        new Promise((resolve, reject) => {
          const deadline = setTimeout(() => reject(new Error('the last event never came')), 120_000);
          client.subscribe((event) => {
            isSubscribed();
            if (event.kind !== 'progress' || event.event.done !== events) return;
            clearTimeout(deadline);
            resolve();
          });
        }),
      );
      await subscribed;
    }
    const took = await seconds(async () => {
      for (let number = 1; number <= events; number += 1) {
        server.publish(eventNumber(number));
        if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(arrived);
    });
    return {
      name: `helper, ${events} progress events to ${subscribers} subscribers, the last seen by all`,
      ours: took,
      unit: 's',
    };
  } finally {
    for (const client of clients) client.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function eventNumber(done: number): HelperEvent {
  return {
    kind: 'progress',
    run: 'run-bench',
    event: { version: 1, type: 'progress', phase: 'rehearse', time: Date.now(), text: 'Setting up', done },
  };
}
