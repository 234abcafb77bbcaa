/** What waits for a client that reads slowly: bounded, and with the last word always delivered. Over a real socket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameReader } from '../../../electron/helper/wire/frames.js';
import { Outbox } from '../../../electron/helper/server/outbox.js';
import { largestAnswer, type HelperEvent, type HelperMessage } from '../../../shared/protocol.js';
import type { ProgressEvent } from '../../../shared/progress.js';

let folder = '';
let server: Server;
let near: Socket;
let far: Socket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-outbox-'));
  const accepted = new Promise<Socket>((resolve) => (server = createServer(resolve)));
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  far = createConnection({ path });
  near = await accepted;
  far.pause();
});
afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function progress(
  run: string,
  type: ProgressEvent['type'],
  phase: ProgressEvent['phase'],
  done = 0,
): HelperEvent {
  return { kind: 'progress', run, event: { version: 1, type, phase, time: 0, done, text: 'x'.repeat(1000) } };
}

/** Reads at the far end until a message matches. */
function readUntil(matches: (message: HelperMessage) => boolean): Promise<HelperMessage[]> {
  const reader = new FrameReader(largestAnswer);
  const found: HelperMessage[] = [];
  return new Promise((resolve) => {
    far.on('data', (chunk) => {
      for (const content of reader.push(chunk))
        found.push(JSON.parse(content.toString('utf8')) as HelperMessage);
      if (found.some(matches)) resolve(found);
    });
    far.resume();
  });
}

describe('the outbox', () => {
  it('keeps the newest of each phase for who does not read, counts the rest, and grows no further', async () => {
    const outbox = new Outbox(near, () => undefined);
    const most = 50_000;
    for (let done = 1; done <= most; done += 1) {
      outbox.event(progress('run-1', 'progress', 'download', done));
      outbox.event(progress('run-1', 'log', 'download', done));
    }
    outbox.event(progress('run-1', 'phase-ended', 'download'));
    outbox.event(progress('run-1', 'phase-started', 'clone'));
    expect(near.writableLength).toBeLessThan(600 * 1024);
    const isLast = (message: HelperMessage): boolean =>
      message.type === 'event' && message.event.kind === 'progress' && message.event.event.phase === 'clone';
    const events = (await readUntil(isLast)).flatMap((message) =>
      message.type === 'event' ? [message.event] : [],
    );
    const ends = events.slice(-2).map((event) => (event.kind === 'progress' ? event.event.type : event.kind));
    expect(ends).toEqual(['phase-ended', 'phase-started']);
    const skipped = events.reduce((sum, event) => sum + (event.kind === 'skipped' ? event.events : 0), 0);
    const told = events.filter(({ kind }) => kind === 'progress').length;
    expect(told + skipped).toBe(2 * most + 2);
    expect(skipped).toBeGreaterThan(most);
  });

  it('sends an answer of any size to who takes it', async () => {
    const outbox = new Outbox(near, () => near.destroy(), { eventBytes: 1024, stallMs: 1000 });
    const lines = 'x'.repeat(30_000_000);
    const sent = vi.fn();
    outbox.send({ type: 'answer', id: 1, outcome: { ok: true, value: lines } }, sent);
    outbox.event({ kind: 'skipped', run: 'run-1', events: 7 });
    const messages = await readUntil((message) => message.type === 'event');
    expect(messages.map(({ type }) => type)).toEqual(['answer', 'event']);
    expect(messages[0]).toMatchObject({ outcome: { value: lines } });
    expect(sent).toHaveBeenCalledOnce();
  });

  it('gives up who takes nothing at all, and not who takes a little', async () => {
    const stalled = new Promise<void>((resolve) => {
      const outbox = new Outbox(near, resolve, { eventBytes: 1024, stallMs: 200 });
      outbox.send({ type: 'answer', id: 1, outcome: { ok: true, value: 'x'.repeat(8_000_000) } });
    });
    let given = false;
    void stalled.then(() => (given = true));
    // Half a second of small sips: more than two of its looks.
    for (let sip = 0; sip < 10; sip += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (let taken = 0; taken < 600_000;) taken += (far.read(65_536) as Buffer | null)?.length ?? 1e9;
    }
    expect(given).toBe(false);
    await stalled;
  });
});
