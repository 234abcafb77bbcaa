/** Clients that are too many, that ask without end, or that never read: others are served all the same, and memory stays bounded. */
import { readdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSystem } from '../../../electron/engine/system.js';
import { savePlan } from '../../../electron/engine/records/plans.js';
import { connect } from '../../../electron/helper/client/connect.js';
import { bytesTaken } from '../../../electron/helper/wire/descriptor.js';
import type { Plan } from '../../../shared/plan.js';
import {
  memoryOf,
  privateFolder,
  startHelper,
  startProgram,
  type HelperProcess,
} from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { asUser, framed, WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const other = 61_002;
const isRoot = process.getuid?.() === 0;

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Twenty thousand packages: some seven megabytes. */
function largePlan(): Plan {
  const change = {
    action: 'upgrade',
    architecture: 'amd64',
    from: '1',
    to: '2',
    downloadBytes: 1,
    installedBytes: 1,
    security: false,
    kernel: false,
    origin: 'x'.repeat(150),
  } as const;
  return {
    version: 1,
    id: 'plan-large',
    scope: 'all',
    selected: [],
    created: '2026-01-01T00:00:00.000Z',
    packageManager: 'apt',
    changes: Array.from({ length: 20_000 }, (_, index) => ({ ...change, name: `package-${index}` })),
    kept: [],
    downloadBytes: 1,
    installedBytes: 1,
    services: [],
    activation: { how: 'live', reason: '', interruptionSeconds: 1 },
    restorePoint: { holds: [], bytes: 1 },
    needs: { download: 1, staging: 1, boot: 1 },
    databaseDigest: '',
  };
}

describe.skipIf(!isRoot)('a crowd of clients (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess;

  beforeAll(() => {
    root = smallRoot();
    folder = privateFolder();
    savePlan(openSystem(root.path), largePlan());
  });
  afterEach(() => helper.kill()); // where the test itself did not come that far
  afterAll(() => {
    folder.remove();
    root.remove();
  });

  it(
    'of a thousand leaves room for others, for root, and for itself afterwards',
    { timeout: 60_000 },
    async () => {
      helper = await startProgram({
        root: root.path,
        socket: join(folder.path, 'crowd'),
        allow: ['inspect'],
      });
      const early = await WireClient.greeted(helper.socket, user);
      const before = descriptorsOf(helper.pid);
      const crowd = await Promise.all(
        Array.from({ length: 1000 }, async () => {
          const client = await WireClient.connect(helper.socket, user);
          client.say({ type: 'hello', protocol: 1 });
          return client;
        }),
      );
      const answers = await Promise.all(
        crowd.map((client) => client.next(({ type }) => type === 'hello' || type === 'refused')),
      );
      const greeted = answers.filter(({ type }) => type === 'hello').length;
      expect(greeted).toBe(23); // with the early one: 24 of a user
      expect(new Set(answers.flatMap(({ problem }) => problem?.code ?? []))).toEqual(
        new Set(['HELPER_CROWDED']),
      );
      for (const uid of [other, 0]) {
        const client = await WireClient.greeted(helper.socket, uid);
        expect(await client.ask('status')).toBe('ok');
        client.close();
      }
      expect(await early.ask('status')).toBe('ok');
      // Those that were refused are gone, though none of them closed its side.
      await expect.poll(() => descriptorsOf(helper.pid), { timeout: 10_000 }).toBeLessThan(before + 3 * 24);
      for (const client of crowd) client.close();
      await expect.poll(() => descriptorsOf(helper.pid), { timeout: 10_000 }).toBeLessThanOrEqual(before);
      const late = await WireClient.greeted(helper.socket, user);
      expect(await late.ask('status')).toBe('ok');
      console.log(
        `a thousand connections: ${greeted} taken, peak of memory ${memoryOf(helper.pid).peak.toFixed(0)} MB`,
      );
      expect(memoryOf(helper.pid).peak).toBeLessThan(200);
      for (const client of [early, late]) client.close();
      await helper.stop();
    },
  );

  it(
    'that fills the queue of a helper which is busy only makes a client wait',
    { timeout: 60_000 },
    async () => {
      helper = await startProgram({
        root: root.path,
        socket: join(folder.path, 'queue'),
        allow: ['inspect'],
      });
      process.kill(helper.pid, 'SIGSTOP');
      const crowd = Array.from({ length: 1200 }, () =>
        asUser(user, () => createConnection({ path: helper.socket })),
      );
      let turnedAway = 0;
      for (const socket of crowd)
        socket.on('error', (error: NodeJS.ErrnoException) => (turnedAway += error.code === 'EAGAIN' ? 1 : 0));
      await expect.poll(() => turnedAway).toBeGreaterThan(100);
      const connecting = connect({ path: helper.socket, trust: 'root' });
      await new Promise((resolve) => setTimeout(resolve, 200)); // it is turned away, too, and tries again
      process.kill(helper.pid, 'SIGCONT');
      const connected = await connecting;
      expect(connected).toMatchObject({ ok: true });
      if (connected.ok) expect(await connected.value.call('status', {})).toMatchObject({ ok: true });
      for (const socket of crowd) socket.destroy();
      if (connected.ok) connected.value.close();
      await helper.stop();
    },
  );

  it('of many users leaves room for root', { timeout: 60_000 }, async () => {
    helper = await startProgram({ root: root.path, socket: join(folder.path, 'many'), allow: ['inspect'] });
    const clients = [];
    for (let uid = 61_001; uid < 61_005; uid += 1)
      for (let index = 0; index < 24; index += 1) clients.push(await WireClient.connect(helper.socket, uid));
    await expect(clients.at(-1)!.refusal()).resolves.toBe('HELPER_CROWDED');
    const administrator = await WireClient.greeted(helper.socket, 0);
    expect(await administrator.ask('status')).toBe('ok');
    for (const client of [...clients, administrator]) client.close();
    await helper.stop();
  });

  it('that asks for much and never reads costs a bounded memory', { timeout: 120_000 }, async () => {
    helper = await startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: user });
    const reader = await WireClient.greeted(helper.socket, user);
    expect((await reader.value<Plan>('planned')).changes).toHaveLength(20_000);
    const administrator = await WireClient.greeted(helper.socket, 0);
    const idle = memoryOf(helper.pid).now;
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => WireClient.greeted(helper.socket, user)),
    );
    const request = (id: number): Buffer =>
      framed(`{"type":"request","id":${id},"verb":"planned","params":{}}`);
    for (const client of clients) {
      client.socket.pause();
      client.send(framed('{"type":"subscribe"}'));
      // Far more than may be in flight, in one piece.
      client.send(Buffer.concat(Array.from({ length: 1000 }, (_, index) => request(index + 1))));
    }
    // And one that sends more and more of it: it is not read on, so that it is the sender who has to keep it.
    const flood = await WireClient.greeted(helper.socket, user);
    flood.socket.pause();
    flood.send(Buffer.concat(Array.from({ length: 200_000 }, (_, index) => request(index + 1))));
    let most = 0;
    for (let look = 0; look < 40; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      most = Math.max(most, memoryOf(helper.pid).now);
    }
    const taken = performance.now();
    expect(await administrator.ask('status')).toBe('ok');
    expect(performance.now() - taken).toBeLessThan(2000);
    console.log(
      `never reading: ${idle.toFixed(0)} MB before, ${most.toFixed(0)} MB while 20 clients ask 20,000 times for 7 MB`,
    );
    expect(most - idle).toBeLessThan(350);
    expect(bytesTaken(flood.socket as Socket)).toBeLessThan(1e6);
    flood.close();
    // Those that go leave their turns to the others.
    for (const client of clients) client.close();
    expect((await reader.value<Plan>('planned')).changes).toHaveLength(20_000);
    for (const client of [reader, administrator]) client.close();
    await helper.stop();
  });
});
