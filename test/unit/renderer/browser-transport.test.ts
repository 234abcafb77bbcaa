/** The renderer's side of the WebSocket, against a real server. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { AppEvent } from '../../../shared/app.js';
import { appState } from '../../../renderer/double/records.js';
import { linkTo, type Link } from '../../../renderer/transport/browser.js';

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
}

let server: WebSocketServer;
let link: Link;
let client: WebSocket;
const requests: Asked[] = [];

/** The next request, and how to answer it. */
async function nextRequest(): Promise<Asked> {
  await vi.waitFor(() => expect(requests.length).toBeGreaterThan(0));
  return requests.shift()!;
}

const send = (message: unknown) =>
  client.send(typeof message === 'string' ? message : JSON.stringify(message));

function take(socket: WebSocket) {
  client = socket;
  socket.on('message', (data: Buffer) => requests.push(JSON.parse(data.toString('utf8')) as Asked));
}

beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  requests.length = 0;
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', take);
  await once(server, 'listening');
  link = linkTo(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/api`);
});

afterEach(async () => {
  link.close();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test('a question gets its answer, whatever the order', async () => {
  const first = link.api.call('preferences', {});
  const second = link.api.call('log', {});
  const [a, b] = [await nextRequest(), await nextRequest()];
  expect([a.name, b.name]).toEqual(['preferences', 'log']);
  send({ id: b.id, outcome: { ok: true, value: 'second' } });
  send({ id: a.id, outcome: { ok: true, value: 'first' } });
  expect(await Promise.all([first, second])).toEqual([
    { ok: true, value: 'first' },
    { ok: true, value: 'second' },
  ]);
});

test('an answer that comes twice, for nobody, or in no known shape does no harm', async () => {
  const asked = link.api.call('state', {});
  const { id } = await nextRequest();
  for (const junk of ['not json', '[]', 'null', '7', '{"id":"x","outcome":{}}', '{"id":4242,"outcome":{}}'])
    send(junk);
  send({ id, outcome: { ok: true, value: 1 } });
  send({ id, outcome: { ok: true, value: 2 } });
  expect(await asked).toEqual({ ok: true, value: 1 });
  const next = link.api.call('state', {});
  send({ id: (await nextRequest()).id, outcome: { ok: true, value: 3 } });
  expect(await next).toEqual({ ok: true, value: 3 });
});

test('events reach every listener until it stops', async () => {
  const [one, two]: AppEvent[][] = [[], []];
  const stop = link.api.listen((event) => one!.push(event));
  link.api.listen((event) => two!.push(event));
  const ready = link.api.call('state', {});
  send({ id: (await nextRequest()).id, outcome: { ok: true, value: 0 } });
  await ready;
  send({ event: { kind: 'show', page: 'history' } });
  await vi.waitFor(() => expect(two).toHaveLength(1));
  stop();
  send({ event: { kind: 'show', page: 'kernel' } });
  await vi.waitFor(() => expect(two).toHaveLength(2));
  expect(one).toHaveLength(1);
});

describe('a connection that breaks', () => {
  test('ends what was asked, comes again by itself, and the state is told first', async () => {
    const states: boolean[] = [];
    const events: AppEvent[] = [];
    link.watch((isOpen) => states.push(isOpen));
    link.api.listen((event) => events.push(event));
    const asked = link.api.call('stage', {});
    await nextRequest();
    client.terminate();
    const outcome = await asked;
    expect(outcome.ok ? null : outcome.problem.code).toBe('HELPER_LOST');
    const again = await nextRequest();
    expect(again.name).toBe('state');
    send({ id: again.id, outcome: { ok: true, value: appState } });
    await vi.waitFor(() => expect(events).toEqual([{ kind: 'state', state: appState }]));
    expect(states.at(-1)).toBe(true);
    expect(states).toContain(false);
  });
});
