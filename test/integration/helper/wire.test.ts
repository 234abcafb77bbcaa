/** What a client may send that means harm: each ends that client's connection or gets a refusal, and the helper goes on. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryOf, privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { framed, WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const isRoot = process.getuid?.() === 0;
const hello = framed('{"type":"hello","protocol":1}');
const statusRequest = (id: number): Buffer =>
  framed(`{"type":"request","id":${id},"verb":"status","params":{}}`);

describe.skipIf(!isRoot)('what a client sends (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess;
  const clients: WireClient[] = [];

  beforeAll(async () => {
    root = smallRoot();
    folder = privateFolder();
    helper = await startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: user });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    // Whatever was sent: it lives, it answers, and nothing was written.
    const after = await WireClient.greeted(helper.socket, user);
    expect(await after.ask('status')).toBe('ok');
    after.close();
    expect(helper.complaints()).toBe('');
    expect(existsSync(root.store)).toBe(false);
    expect(readdirSync(join(root.path, 'etc'))).toEqual(['os-release']);
  });
  afterAll(async () => {
    await helper.stop();
    folder.remove();
    root.remove();
  });

  const connect = async (): Promise<WireClient> => {
    const client = await WireClient.connect(helper.socket, user);
    clients.push(client);
    return client;
  };
  const greeted = async (): Promise<WireClient> => {
    const client = await WireClient.greeted(helper.socket, user);
    clients.push(client);
    return client;
  };

  it.each([0, 1024 * 1024 + 1, 2 ** 31, 2 ** 32 - 1])(
    'a frame of %i bytes is refused by its header',
    async (length) => {
      const client = await greeted();
      const before = memoryOf(helper.pid).now;
      const header = Buffer.alloc(4);
      header.writeUInt32BE(length);
      client.send(header);
      expect(await client.refusal()).toBe('BAD_REQUEST');
      expect(memoryOf(helper.pid).now - before).toBeLessThan(50);
    },
  );

  it.each<[string, Buffer]>([
    ['broken UTF-8', framed(Buffer.from('{"type":"request","id":1,"verb":"\xff","params":{}}', 'latin1'))],
    ['no JSON', framed('hello')],
    ['half a document', framed('{"type":"hello"')],
    ['nothing but blanks', framed('   ')],
    ['brackets, a hundred thousand deep', framed('['.repeat(100_000))],
    ['objects, a hundred thousand deep', framed('{"type":'.repeat(100_000))],
    ['a list', framed('[]')],
    ['a number', framed('1')],
    ['nothing', framed('null')],
    ['no type', framed('{"protocol":1}')],
    ['an unknown type', framed('{"type":"shutdown"}')],
    ['an extra field', framed('{"type":"subscribe","as":"root"}')],
    ['an extra field of a request', framed('{"type":"request","id":1,"verb":"status","params":{},"uid":0}')],
    [
      'the key __proto__',
      framed('{"type":"request","id":1,"verb":"status","params":{},"__proto__":{"uid":0}}'),
    ],
    [
      '__proto__ in the parameters',
      framed('{"type":"request","id":1,"verb":"status","params":{"__proto__":{"a":1}}}'),
    ],
    [
      'the key constructor',
      framed('{"type":"request","id":1,"verb":"status","params":{"constructor":{"prototype":{}}}}'),
    ],
    ['a number of the wrong type', framed('{"type":"request","id":"1","verb":"status","params":{}}')],
    ['a number below one', framed('{"type":"request","id":0,"verb":"status","params":{}}')],
    ['a number that is none', framed('{"type":"request","id":1e400,"verb":"status","params":{}}')],
    ['a verb of the wrong type', framed('{"type":"request","id":1,"verb":["status"],"params":{}}')],
    ['a verb without end', framed(`{"type":"request","id":1,"verb":"${'a'.repeat(100_000)}","params":{}}`)],
    ['a second hello', hello],
    [
      'the same number twice',
      Buffer.concat([framed('{"type":"request","id":7,"verb":"inspect","params":{}}'), statusRequest(7)]),
    ],
  ])('%s ends the connection', async (_, bytes) => {
    const client = await greeted();
    client.send(bytes);
    expect(await client.refusal()).toBe('BAD_REQUEST');
  });

  it('what is said before the hello, or in another version, ends the connection', async () => {
    const early = await connect();
    early.send(statusRequest(1));
    expect(await early.refusal()).toBe('BAD_REQUEST');
    expect(early.messages.map(({ type }) => type)).toEqual(['refused']);
    const future = await connect();
    future.say({ type: 'hello', protocol: 2 });
    expect(await future.refusal()).toBe('HELPER_VERSION');
    const [byte] = [await connect()];
    byte.send(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    expect(await byte.refusal()).toBe('BAD_REQUEST');
  });

  it.each<[string, string, unknown]>([
    ['an unknown verb', 'shell', {}],
    ['a verb of every object', 'toString', {}],
    ['another', 'hasOwnProperty', {}],
    ['no verb', '', {}],
    ['a command', 'stage; rm -rf /', {}],
    ['parameters that are missing', 'check', undefined],
    ['parameters of another kind', 'status', []],
    ['an extra parameter', 'status', { root: '/' }],
    ['a path', 'review', { path: '/etc/shadow' }],
    ['an environment', 'stage', { scope: 'all', environment: { LD_PRELOAD: '/tmp/a.so' } }],
    ['a command to run', 'activate', { how: 'live', command: ['sh'] }],
    ['an id with a way up', 'review', { stage: '../../../etc' }],
    ['an id with a NUL', 'review', { stage: 'stage-1\u0000' }],
    ['an id with a slash', 'rollback', { restorePoint: 'point-1/../..' }],
    ['an absolute id', 'planned', { plan: '/etc/passwd' }],
    ['an id of another type', 'preview', { restorePoint: { toString: 1 } }],
    ['an id in capitals', 'review', { stage: 'STAGE-1' }],
    ['an id without end', 'review', { stage: 'a'.repeat(10_000) }],
    ['a package name that is an option', 'plan', { scope: 'selected', selected: ['--root=/tmp'] }],
    ['a package name that is a path', 'plan', { scope: 'selected', selected: ['../evil.deb'] }],
    ['a package name that is a pattern', 'plan', { scope: 'selected', selected: ['*'] }],
    ['a package name with a NUL', 'plan', { scope: 'selected', selected: ['a\u0000b'] }],
    ['a scope that there is not', 'plan', { scope: 'everything' }],
    [
      'too many decisions',
      'decide',
      {
        stage: 'stage-1',
        decisions: Array.from({ length: 10_001 }, () => ({ conflict: 'aaaa', choice: 'mine' })),
      },
    ],
    [
      'a choice that is a text',
      'decide',
      { stage: 'stage-1', decisions: [{ conflict: 'aaaa', choice: 'root::0:0::/:/bin/sh' }] },
    ],
    ['a setting out of range', 'change', { settings: { keepRestorePoints: 0 } }],
    ['a setting far out of range', 'change', { settings: { restorePointBytes: 1e300 } }],
    ['an hour that no day has', 'change', { settings: { automatic: { fromHour: 24 } } }],
    ['a time that is none', 'change', { settings: { automatic: { pausedUntil: '$(id)' } } }],
    ['a changelog of an option', 'changelog', { name: '--print-uris', version: '1' }],
    ['a changelog of a path', 'changelog', { name: '../../etc/shadow', version: '1' }],
    ['a version with a blank', 'changelog', { name: 'base-files', version: '1 -o Dir=/' }],
    ['a moment that is a command', 'activate', { at: '$(reboot)' }],
    ['a moment of no time zone', 'activate', { at: '2026-01-01T22:00:00' }],
    ['a calendar of many moments', 'activate', { at: '*-*-* 22:00:00' }],
    ['a schedule to take back by name', 'unschedule', { stage: 'stage-1' }],
    ['a setting that there is not', 'change', { settings: { root: '/' } }],
    ['a version of settings', 'change', { settings: { version: 2 } }],
  ])('%s is refused, and the connection goes on', async (_, verb, params) => {
    const client = await greeted();
    expect(await client.ask(verb, params)).toBe('BAD_REQUEST');
    expect(await client.ask('status')).toBe('ok');
  });

  it('ids that fit but name nothing are told apart from those that are none', async () => {
    const client = await greeted();
    const unknown = {
      review: { stage: 'stage-20260101-000000-aaaaaa' },
      planned: { plan: 'plan-aaaa' },
      preview: { restorePoint: 'point-1' },
      cancel: { run: 'run-abc-00000000' },
    };
    const codes = [];
    for (const [verb, params] of Object.entries(unknown)) codes.push(await client.ask(verb, params));
    expect(codes).toEqual(['STAGE_UNKNOWN', 'PLAN_UNKNOWN', 'RESTORE_POINT_UNKNOWN', 'RUN_UNKNOWN']);
  });

  it('a frame in single bytes, and a thousand in one piece, are understood alike', async () => {
    const slow = await greeted();
    for (const byte of statusRequest(1)) {
      slow.send(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await slow.outcome(1)).ok).toBe(true);
    const fast = await greeted();
    fast.send(Buffer.concat(Array.from({ length: 1000 }, (_, index) => statusRequest(index + 1))));
    expect((await fast.outcome(1000)).ok).toBe(true);
    expect(fast.messages.filter(({ type }) => type === 'answer')).toHaveLength(1000);
  });

  it('a client that says nothing is not waited for without end', { timeout: 30_000 }, async () => {
    const silent = await connect();
    expect(await silent.refusal()).toBe('BAD_REQUEST');
  });
});
