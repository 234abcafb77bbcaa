/**
 * A hundred thousand mutated frames against a helper that runs as root and lets everybody look and nothing else: it lives, it answers, it
 * does not grow, and nothing was performed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsStamp } from '../../../electron/engine/status.js';
import { openSystem } from '../../../electron/engine/system.js';
import { memoryOf, privateFolder, startProgram, type HelperProcess } from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { asUser, framed, WireClient } from '../../lab/helper-wire.js';
import { mutatedFrame, mutatedRequest } from '../../lab/mutated-frames.js';
import { seeded, type Random } from '../../lab/seeded.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

const user = 61_001;
const isRoot = process.getuid?.() === 0;
const seed = 20_261_121;
/** Requests that are sent together on one connection: as many as may be in flight. */
const together = 16;
/** Connections that are opened together: twice as many are fewer than one user may have. */
const connections = 8;
const wanted = { requests: 80_000, frames: 24_000 };
const hello = framed('{"type":"hello","protocol":1}');

describe.skipIf(!isRoot)('mutated frames (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess;

  beforeAll(async () => {
    root = smallRoot();
    folder = privateFolder();
    helper = await startProgram({ root: root.path, socket: join(folder.path, 'socket'), allow: ['inspect'] });
  });
  afterAll(async () => {
    await helper.stop();
    folder.remove();
    root.remove();
  });

  /** Requests of a right shape: each gets exactly one answer, whatever it asks for. Counts the answers by their code. */
  async function sendRequests(random: Random, codes: Map<string, number>): Promise<void> {
    const client = await WireClient.greeted(helper.socket, user);
    const ids = Array.from({ length: together }, (_, index) => index + 1);
    client.send(Buffer.concat(ids.map((id) => mutatedRequest(random, id))));
    for (const id of ids) {
      const { ok, problem } = await client.outcome(id);
      const code = ok ? 'ok' : (problem?.code ?? '?');
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    client.close();
  }

  /** Any bytes after the hello: the connection comes to its end. Several at once, for a change of user halts every thread of the process. */
  async function sendFrames(random: Random): Promise<void> {
    const sockets = asUser(user, () =>
      Array.from({ length: connections }, () => createConnection({ path: helper.socket })),
    );
    await Promise.all(sockets.map((socket) => sendFrame(socket, random)));
  }

  function sendFrame(socket: Socket, random: Random): Promise<void> {
    return new Promise((resolve, reject) => {
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
      });
      socket.on('close', () => resolve());
      socket.resume();
      socket.end(Buffer.concat([hello, mutatedFrame(random)]));
    });
  }

  /** Does something so often, so many at a time. */
  async function often(times: number, atOnce: number, body: () => Promise<void>): Promise<void> {
    let left = times;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await body();
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  it('leave a helper alive, unchanged and no larger', { timeout: 600_000 }, async () => {
    const random = seeded(seed);
    const before = await manifestOf(root.path);
    const stamp = recordsStamp(openSystem(root.path));
    const codes = new Map<string, number>();
    const begun = performance.now();
    const share = async (part: number): Promise<void> => {
      await often((wanted.requests / together) * part, 12, () => sendRequests(random, codes));
      await often((wanted.frames / connections) * part, 2, () => sendFrames(random));
    };
    await share(0.25); // until everything was compiled and every buffer has its size
    const warm = memoryOf(helper.pid).now;
    await share(0.75);
    const seconds = (performance.now() - begun) / 1000;
    const { now, peak } = memoryOf(helper.pid);

    const after = await WireClient.greeted(helper.socket, user);
    expect(await after.ask('status')).toBe('ok');
    const answers = [...codes.values()].reduce((sum, count) => sum + count, 0);
    const total = answers + wanted.frames;
    console.log(
      `${total} mutated frames (seed ${seed}) in ${seconds.toFixed(0)} s: ` +
        `${[...codes].map(([code, count]) => `${code} ${count}`).join(', ')}, bytes of any kind ${wanted.frames}; ` +
        `memory ${warm.toFixed(0)} MB warm, ${now.toFixed(0)} MB at the end, at most ${peak.toFixed(0)} MB`,
    );
    expect(total).toBeGreaterThanOrEqual(100_000);
    // All kinds of ends were reached, so the mutations are neither all nonsense nor all valid.
    for (const code of ['ok', 'BAD_REQUEST', 'NOT_AUTHORISED', 'STAGE_UNKNOWN', 'RUN_UNKNOWN'])
      expect(codes.get(code), code).toBeGreaterThan(100);
    expect(codes.get('INTERNAL')).toBeUndefined();
    expect(now - warm).toBeLessThan(60);
    expect(helper.complaints()).toBe('');
    expect(readdirSync(`/proc/${helper.pid}/fd`).length).toBeLessThan(60);

    const { last } = await after.value<{ last: { kind: string } }>('status');
    expect(last.kind).toBe('recover'); // the one with which every helper begins
    expect(await differences(before, await manifestOf(root.path))).toEqual([]);
    expect(recordsStamp(openSystem(root.path))).toBe(stamp);
    expect(existsSync(root.store)).toBe(false);
    after.close();
  });
});
