/** Tabs of the browser shell on a running server: what they ask, what they are told, and those that misbehave. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largestMessage } from '../../../electron/browser/messages.js';
import { startServer, type BrowserServer } from '../../../electron/browser/server.js';
import { usualLimits, type TabLimits } from '../../../electron/browser/tab.js';
import { readBuiltFiles } from '../../../electron/services/page/built-files.js';
import { problem, type Outcome } from '../../../shared/errors.js';
import { doubledApp, pageFolder, type DoubledApp, type HelperAnswer } from '../../lab/app-double.js';
import { enter, openSocket, type Visitor } from './visitor.js';

let app: DoubledApp;
let page: ReturnType<typeof pageFolder>;
let server: BrowserServer;
let cookie: string;
let answer: HelperAnswer;

const good = (value: unknown): Promise<Outcome<unknown>> => Promise.resolve({ ok: true, value });

async function start(limits: TabLimits = usualLimits): Promise<void> {
  const users = new Set([process.getuid?.() ?? 0]);
  const files = await readBuiltFiles(page.folder);
  const services = app.app;
  server = await startServer({
    services,
    files,
    port: 0,
    idleMs: 60_000,
    onIdle: () => undefined,
    users,
    limits,
  });
  cookie = await enter(server);
}
const tab = (): Promise<Visitor> => openSocket(server.port, { cookie });

beforeEach(async () => {
  answer = () => good({});
  app = doubledApp((verb, params) => answer(verb, params));
  page = pageFolder();
  await start();
});
afterEach(async () => {
  await server.close();
  app.close();
  page.remove();
});

describe('a request', () => {
  test('is answered by the services', async () => {
    const visitor = await tab();
    expect(await visitor.call('state')).toMatchObject({ ok: true, value: { practice: true } });
    expect(await visitor.call('cancel', { run: 'run-1' })).toEqual({ ok: true, value: {} });
    expect(app.calls).toContainEqual(['cancel', { run: 'run-1' }]);
  });

  test.each(['nothing', '__proto__', 'constructor', 'toString', '', 'x'.repeat(64)])(
    'for the unknown operation %j is a bad one',
    async (name) => {
      const visitor = await tab();
      expect(await visitor.call(name)).toMatchObject({ ok: false, problem: { code: 'BAD_REQUEST' } });
      expect(app.calls).toEqual([]);
    },
  );

  test.each([
    ['no parameters', 'cancel', undefined],
    ['null', 'cancel', null],
    ['a list', 'cancel', []],
    ['a missing field', 'cancel', {}],
    ['a wrong type', 'cancel', { run: 1 }],
    ['a path in place of an id', 'cancel', { run: '../../etc' }],
    ['an additional field', 'cancel', { run: 'run-1', command: 'id' }],
    ['a prototype', 'cancel', JSON.parse('{"run":"run-1","__proto__":{"x":1}}')],
    ['a value out of range', 'prune', { keep: 0 }],
    ['an option in place of a package', 'plan', { scope: 'selected', selected: ['-o'] }],
  ])('of the wrong shape is a bad one: %s', async (_what, name, params) => {
    const visitor = await tab();
    const outcome = await visitor.call(name, params);
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'BAD_REQUEST' } });
    expect(app.calls).toEqual([]);
    // The tab goes on.
    expect(await visitor.call('state')).toMatchObject({ ok: true });
  });

  test('that makes a handler fail unexpectedly is told so, without a trace', async () => {
    answer = () => Promise.reject(new Error('boom'));
    const visitor = await tab();
    const outcome = await visitor.call('inspect');
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'INTERNAL', details: ['boom'] } });
  });

  test('that is answered never does not hold up the others', async () => {
    answer = (verb) => (verb === 'inspect' ? new Promise(() => undefined) : good({}));
    const visitor = await tab();
    void visitor.call('inspect');
    expect(await visitor.call('cancel', { run: 'run-1' })).toMatchObject({ ok: true });
  });

  test('that is answered late is answered still, in whatever order', async () => {
    let release: (outcome: Outcome<unknown>) => void = () => undefined;
    const late = new Promise<Outcome<unknown>>((resolve) => {
      release = resolve;
    });
    answer = (verb) => (verb === 'inspect' ? late : good({}));
    const visitor = await tab();
    const first = visitor.call('inspect');
    await visitor.call('cancel', { run: 'run-1' });
    release({ ok: true, value: 'late' });
    expect(await first).toEqual({ ok: true, value: 'late' });
  });

  test('that is answered after its tab has gone harms nobody', async () => {
    let release: (outcome: Outcome<unknown>) => void = () => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const gone = await tab();
    void gone.call('inspect');
    await expect.poll(() => app.calls.length).toBe(1);
    gone.socket.terminate();
    await gone.closed;
    release({ ok: true, value: {} });
    const other = await tab();
    expect(await other.call('state')).toMatchObject({ ok: true });
  });

  test('too many at once are told to come later', async () => {
    answer = () => new Promise(() => undefined);
    const visitor = await tab();
    for (let index = 0; index < 64; index += 1) void visitor.call('inspect');
    expect(await visitor.call('state')).toMatchObject({ ok: false, problem: { code: 'HELPER_CROWDED' } });
    const other = await tab();
    expect(await other.call('state')).toMatchObject({ ok: true });
  });
});

describe('a message', () => {
  test.each([
    ['no JSON', '{', 1008],
    ['no object', '[]', 1008],
    ['null', 'null', 1008],
    ['no id', '{"name":"state","params":{}}', 1008],
    ['an id that is no number', '{"id":"1","name":"state","params":{}}', 1008],
    ['an additional field', '{"id":1,"name":"state","params":{},"more":1}', 1008],
    ['a name that is no text', '{"id":1,"name":{},"params":{}}', 1008],
    ['a name too long', `{"id":1,"name":"${'x'.repeat(65)}","params":{}}`, 1008],
    ['a deep nest', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 1008],
    ['too long', `{"id":1,"name":"state","params":"${'x'.repeat(largestMessage)}"}`, 1009],
  ])('that is no request ends the tab: %s', async (_what, text, code) => {
    const visitor = await tab();
    visitor.socket.on('error', () => undefined);
    visitor.socket.send(text);
    expect(await visitor.closed).toBe(code);
    expect(app.calls).toEqual([]);
    expect(await (await tab()).call('state')).toMatchObject({ ok: true });
  });

  test('of bytes ends the tab', async () => {
    const visitor = await tab();
    visitor.socket.send(Buffer.from([1, 2, 3]));
    expect(await visitor.closed).toBe(1003);
  });

  test('of broken UTF-8 ends the tab', async () => {
    const visitor = await tab();
    visitor.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect(await visitor.closed).toBe(1007);
  });
});

describe('events', () => {
  test('reach every tab, and what one asks the other sees', async () => {
    const [one, two] = [await tab(), await tab()];
    app.tellProgress('hello');
    const isHello = (event: unknown): boolean => JSON.stringify(event).includes('hello');
    await Promise.all([one.seen(isHello), two.seen(isHello)]);
    await one.call('prefer', { change: { language: 'de' } });
    await two.seen((event) => JSON.stringify(event).includes('"language":"de"'));
    one.socket.close();
    await one.closed;
    app.tellProgress('still there');
    await two.seen((event) => JSON.stringify(event).includes('still there'));
  });

  test('pile up for no tab that does not read; the newest state makes up for them', async () => {
    await server.close();
    await start({ ...usualLimits, pausedAt: 64 * 1024 });
    const slow = await tab();
    slow.socket.pause();
    const line = 'x'.repeat(10_000);
    const lines = 40_000;
    for (let index = 0; index < lines; index += 1) {
      app.tellProgress(line);
      if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    app.tell({
      kind: 'connection',
      facts: { state: 'absent', problem: problem('HELPER_LOST'), place: null },
    });
    slow.socket.resume();
    await slow.seen((event) => JSON.stringify(event).includes('HELPER_LOST'));
    // What the kernel takes at both ends comes in addition to what the server holds.
    expect(slow.events.length).toBeLessThan(lines / 10);
    slow.socket.terminate();
  });

  test('a tab that reads none of its answers is given up', async () => {
    await server.close();
    await start({ ...usualLimits, mostWaiting: 8 * 1024 * 1024 });
    answer = () => good('x'.repeat(4 * 1024 * 1024));
    const stuck = await tab();
    stuck.socket.pause();
    let answered = 0;
    for (let index = 0; index < 40; index += 1)
      void stuck.call('inspect').then(() => {
        answered += 1;
      });
    await expect.poll(() => app.calls.length).toBeGreaterThan(1);
    // It sees its own end only when it reads again.
    await expect.poll(() => wasCut(stuck), { timeout: 20_000 }).toBe(true);
    expect(answered).toBeLessThan(40);
  });

  test('a tab that gives no sign of life is given up', async () => {
    await server.close();
    await start({ ...usualLimits, aliveEveryMs: 50 });
    const dead = await openSocket(server.port, { cookie, answersPings: false });
    const alive = await tab();
    expect(await dead.closed).toBe(1006);
    expect(await alive.call('state')).toMatchObject({ ok: true });
  });
});

/** Reads on, to find out whether the server has ended the connection. */
function wasCut({ socket }: Visitor): boolean {
  socket.resume();
  return socket.readyState === socket.CLOSED;
}

describe('the end', () => {
  test('closes every tab, in time, also one that does not answer', async () => {
    const [one, stuck] = [await tab(), await tab()];
    stuck.socket.pause();
    await server.close();
    expect(await one.closed).toBe(1001);
    stuck.socket.resume();
    await stuck.closed;
  });

  test('comes by itself when nobody was there for a while, never while somebody is', async () => {
    const users = new Set([process.getuid?.() ?? 0]);
    const files = await readBuiltFiles(page.folder);
    let ends = 0;
    const onIdle = (): void => {
      ends += 1;
    };
    const short = await startServer({ services: app.app, files, port: 0, idleMs: 300, onIdle, users });
    const visitor = await openSocket(short.port, { cookie: await enter(short) });
    const started = performance.now();
    while (performance.now() - started < 700) expect(await visitor.call('state')).toMatchObject({ ok: true });
    expect(ends).toBe(0);
    visitor.socket.close();
    await visitor.closed;
    await expect.poll(() => ends).toBe(1);
    await short.close();
  });
});
