/** The page's requests: who is heard, what passes, and that every one is answered. The services behind are the real ones. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveIpc, type Ipc } from '../../../electron/main/ipc.js';
import { isOurs, pageUrl } from '../../../electron/main/scheme.js';
import { appOperationNames, type AppOperation, type AppParams } from '../../../shared/app.js';
import type { Outcome } from '../../../shared/errors.js';
import { doubledApp, type DoubledApp, type HelperAnswer } from '../../lab/app-double.js';
import { contentsDouble, electronDouble, frameAt, type ContentsDouble } from './electron-double.js';

let app: DoubledApp;
let answer: HelperAnswer;
let ipc: Ipc;
let page: ContentsDouble;
let electron: ReturnType<typeof electronDouble>;

const good = (value: unknown): Promise<Outcome<unknown>> => Promise.resolve({ ok: true, value });
const ask = (name: unknown, params: unknown = {}, frame = page.frame): Promise<unknown> =>
  electron.double.invokeFrom({ senderFrame: frame }, name, params);
const refusal = { ok: false, problem: { code: 'BAD_REQUEST' } };

beforeEach(() => {
  answer = () => good('answered');
  app = doubledApp((verb, params) => answer(verb, params));
  electron = electronDouble();
  page = contentsDouble();
  ipc = serveIpc(electron.electron.ipcMain, (name, params) => app.app.answer(name, params), isOurs);
  ipc.attach(page.contents);
});
afterEach(() => {
  ipc.close();
  app.close();
});

/** One valid request for each operation; an operation that is forgotten here is a type error. */
const valid: { readonly [N in AppOperation]: AppParams<N> } = {
  status: {},
  inspect: {},
  livepatch: {},
  modules: {},
  check: { moment: 'before-stage' },
  history: {},
  review: {},
  changelog: { name: 'base-files', version: '1' },
  planned: {},
  log: {},
  preview: {},
  settings: {},
  plan: { scope: 'all' },
  stage: {},
  decide: { stage: 'stage-1', decisions: [{ conflict: 'conflict-1', choice: 'mine' }] },
  activate: {},
  unschedule: {},
  rollback: {},
  prune: {},
  recover: {},
  change: { settings: {} },
  renew: {},
  cancel: { run: 'run-1' },
  state: {},
  connect: {},
  acknowledge: {},
  preferences: {},
  prefer: { change: {} },
  report: {},
};

describe.each(appOperationNames)('%s', (name) => {
  test('is answered', async () => {
    expect(await ask(name, valid[name])).toMatchObject({ ok: expect.any(Boolean) });
    expect(await ask(name, valid[name])).not.toMatchObject(refusal);
  });

  test.each([
    ['an additional field', { ...valid[name], more: 1 }],
    ['null', null],
    ['a text', 'x'],
    ['a list', [valid[name]]],
  ])('is refused with %s', async (_what, params) => {
    expect(await ask(name, params)).toMatchObject(refusal);
    expect(app.calls).toEqual([]);
  });
});

test.each([undefined, null, 1, {}, [], 'nothing', '__proto__', 'constructor', 'hasOwnProperty'])(
  'the unknown operation %j is refused',
  async (name) => {
    expect(await ask(name)).toMatchObject(refusal);
    expect(app.calls).toEqual([]);
  },
);

describe('a request is heard only from the top frame of the window while it shows the page', () => {
  test.each([
    ['a frame inside of it', () => frameAt(pageUrl)],
    ['no frame any more', () => null],
  ])('not from %s', async (_what, frame) => {
    expect(await electron.double.invokeFrom({ senderFrame: frame() }, 'inspect', {})).toMatchObject(refusal);
    expect(app.calls).toEqual([]);
  });

  test.each(['https://example.org/', 'about:blank', 'file:///etc/passwd', 'understudy://other/', ''])(
    'not while it shows %j',
    async (address) => {
      page.frame = frameAt(address);
      expect(await ask('inspect')).toMatchObject(refusal);
      expect(app.calls).toEqual([]);
    },
  );

  test('not from a window that another one has replaced', async () => {
    ipc.attach(contentsDouble().contents);
    expect(await ask('inspect')).toMatchObject(refusal);
  });

  test('not before there is a window', async () => {
    const early = electronDouble();
    serveIpc(early.electron.ipcMain, (name, params) => app.app.answer(name, params), isOurs);
    expect(await early.double.invokeFrom({ senderFrame: page.frame }, 'state', {})).toMatchObject(refusal);
  });
});

describe('an answer', () => {
  test('that never comes does not outlive the window', async () => {
    answer = () => new Promise(() => undefined);
    const waiting = ask('inspect');
    page.destroyed = true;
    page.events.emit('destroyed');
    expect(await waiting).toMatchObject(refusal);
    expect(await ask('inspect')).toMatchObject(refusal);
  });

  test('that never comes does not hold up another', async () => {
    answer = (verb) => (verb === 'inspect' ? new Promise(() => undefined) : good('quick'));
    void ask('inspect');
    expect(await ask('log')).toEqual({ ok: true, value: 'quick' });
  });

  test('that comes late is given late', async () => {
    let release: (outcome: Outcome<unknown>) => void = () => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const waiting = ask('inspect');
    await Promise.resolve();
    release({ ok: true, value: 'late' });
    expect(await waiting).toEqual({ ok: true, value: 'late' });
  });

  test('of a handler that fails is a problem, without a stack', async () => {
    answer = () => Promise.reject(new Error('boom'));
    expect(await ask('inspect')).toMatchObject({
      ok: false,
      problem: { code: 'INTERNAL', details: ['boom'] },
    });
  });

  test('is refused to the many that come at once', async () => {
    answer = () => new Promise(() => undefined);
    for (let index = 0; index < 64; index += 1) void ask('inspect');
    expect(await ask('state')).toMatchObject({ ok: false, problem: { code: 'HELPER_CROWDED' } });
  });
});

describe('events', () => {
  const show = { kind: 'show', page: 'history' } as const;
  const state = () => ({ kind: 'state', state: app.app.state }) as const;

  test('go to the page on the one channel', async () => {
    await ask('state');
    ipc.send(show);
    expect(page.sent).toEqual([['understudy:event', show]]);
  });

  test('do not go to a page that is not there yet; what it is to show waits for its first request', async () => {
    ipc.send({ kind: 'show', page: 'home' });
    ipc.send(show);
    ipc.send(state());
    expect(page.sent).toEqual([]);
    await ask('state');
    expect(page.sent).toEqual([['understudy:event', show]]);
  });

  test('do not pile up for a page that hangs; the newest state makes up for them', async () => {
    await ask('state');
    page.events.emit('unresponsive');
    for (let index = 0; index < 1000; index += 1) ipc.send(state());
    ipc.send(show);
    expect(page.sent).toEqual([]);
    page.events.emit('responsive');
    expect(page.sent).toEqual([['understudy:event', state()]]);
    ipc.send(show);
    expect(page.sent).toHaveLength(2);
  });

  test('do not go to a window that is gone', async () => {
    await ask('state');
    page.destroyed = true;
    ipc.send(show);
    expect(page.sent).toEqual([]);
  });
});

test('at the end nothing is heard any more', () => {
  ipc.close();
  expect(electron.double.channels.size).toBe(0);
});
