import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../electron/helper/client/connect.js';
import {
  keepConnected,
  type Connection,
  type ConnectionEvent,
  type ConnectionOptions,
} from '../../../electron/services/connection/connection.js';
import { patience } from '../../../electron/services/connection/patience.js';
import { helperPlaces, placeFolders, type Place } from '../../../electron/services/connection/places.js';
import { problem } from '../../../shared/errors.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import { NoAnswer, smallHelper, type SmallHelper } from './small-helper.js';
import { helper, idle, run, staged, status } from './status.js';
import { states, until } from './until.js';

let folder: string;
let connections: Connection[];
let helpers: SmallHelper[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-connection-'));
  connections = [];
  helpers = [];
});
afterEach(async () => {
  for (const connection of connections) connection.close();
  await Promise.all(helpers.map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const place = (kind: Place['kind']): Place => ({
  kind,
  path: join(folder, `${kind}.socket`),
  trust: 'root-or-self',
});
const places = () => [place('installed'), place('demand'), place('own')];

async function listening(kind: Place['kind'], told = idle): Promise<SmallHelper> {
  const one = await smallHelper(place(kind).path, told);
  helpers.push(one);
  return one;
}

function connected(options: Partial<ConnectionOptions> = {}): Connection {
  const quick = { places: places(), connect, patience: patience(5, 20), lookEveryMs: 10 };
  const connection = keepConnected({ ...quick, ...options });
  connections.push(connection);
  return connection;
}

const reader = () => status({ helper: { ...helper, privileged: false } });

describe('which helper is asked', () => {
  test('the best that answers', async () => {
    await listening('own', reader());
    await listening('demand');
    const connection = connected();
    expect(await connection.attempt()).toEqual({ state: 'connected', problem: null, place: 'demand' });
  });

  test('a helper that may alter nothing is told as such', async () => {
    await listening('own', reader());
    expect(await connected().attempt()).toEqual({ state: 'read-only', problem: null, place: 'own' });
  });

  test('one of one’s own is started when none answers', async () => {
    let starts = 0;
    const startOwn = async () => {
      starts += 1;
      await listening('own', reader());
      return { ok: true, value: '' } as const;
    };
    const connection = connected({ startOwn });
    expect((await connection.attempt()).state).toBe('read-only');
    expect(starts).toBe(1);
  });

  test('when that is impossible, the reason is told, and it is tried again', async () => {
    let starts = 0;
    const reason = problem('ELEVATION_FAILED', 'no node');
    const connection = connected({
      startOwn: () => {
        starts += 1;
        return Promise.resolve({ ok: false, problem: reason });
      },
    });
    expect(await connection.attempt()).toEqual({ state: 'absent', problem: reason, place: null });
    const before = starts;
    await listening('installed');
    await until(connection, ({ facts }) => facts.state === 'connected');
    expect(before).toBeGreaterThan(0);
  });

  test('from one of one’s own it moves to a better one that appears, and from that to none', async () => {
    const own = await listening('own', reader());
    const connection = connected();
    await connection.attempt();
    await listening('demand');
    await until(connection, ({ facts }) => facts.place === 'demand');
    expect(connection.status?.helper.privileged).toBe(true);
    await listening('installed');
    expect((await connection.attempt()).place).toBe('demand');
    await until(connection, () => own.clients === 0);
  });

  test('a socket that is left over is passed by', async () => {
    const left = await smallHelper(place('installed').path);
    // The name stays, and nobody listens: as after a kill.
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(place('demand').path)},()=>process.kill(process.pid,'SIGKILL'))`,
    ]);
    await once(child, 'exit');
    await left.stop();
    await listening('own', reader());
    expect(await connected().attempt()).toMatchObject({ place: 'own', problem: null });
  });

  test('who is not root is not believed in root’s place, and it is said why', async (context) => {
    context.skip(process.getuid?.() !== 0, 'needs root, to be another user');
    chmodSync(folder, 0o711);
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs, { mode: 0o777 });
    chmodSync(theirs, 0o777);
    const path = join(theirs, 'helper.socket');
    const program = `const s=require('net').createServer(c=>c.on('data',d=>console.log('heard')));s.listen(${JSON.stringify(path)},()=>console.log('ready'))`;
    const child = spawn(process.execPath, ['-e', program], { uid: 65_534, gid: 65_534, cwd: '/' });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      await once(child.stdout, 'data');
      await listening('own', reader());
      const connection = connected({ places: [{ kind: 'installed', path, trust: 'root' }, place('own')] });
      const facts = await connection.attempt();
      expect(facts).toMatchObject({ state: 'read-only', problem: { code: 'HELPER_NOT_TRUSTED' } });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    expect(said).toBe('ready\n');
  });
});

describe('who listens', () => {
  test('learns the truth of the moment first, also in the middle of a run', async () => {
    const current = run('stage', { subject: 'plan-0001' });
    await listening('demand', status({ run: current }));
    const connection = connected();
    await connection.attempt();
    const events: ConnectionEvent[] = [];
    connection.listen((event) => events.push(event));
    expect(events).toEqual([
      { kind: 'connection', facts: { state: 'connected', problem: null, place: 'demand' } },
      { kind: 'status', status: status({ run: current }) },
    ]);
  });

  test('hears every change, and no more after stopping', async () => {
    const one = await listening('demand');
    const connection = connected();
    await connection.attempt();
    const kinds: string[] = [];
    const stop = connection.listen((event) => kinds.push(event.kind));
    one.tellStatus({ staged: staged() });
    await until(connection, (now) => now.status?.staged != null);
    stop();
    one.tellStatus({ staged: null });
    await until(connection, (now) => now.status?.staged === null);
    expect(kinds).toEqual(['connection', 'status', 'status']);
  });

  test('hears of a loss, and the snapshot of the next helper', async () => {
    const first = await listening('demand', status({ run: run('stage') }));
    const connection = connected();
    await connection.attempt();
    const events: ConnectionEvent[] = [];
    connection.listen((event) => events.push(event));
    await first.stop();
    await until(connection, ({ facts }) => facts.state !== 'connected');
    expect(connection.status).toBeNull();
    const recovered = [
      { transaction: 'stage-0001', kind: 'stage', outcome: 'rolled-back', sentence: '' } as const,
    ];
    await listening('demand', status({ recovered }));
    await until(connection, ({ facts }) => facts.state === 'connected');
    expect(connection.status?.recovered).toEqual(recovered);
    expect(states(events)[0]).toBe('connected');
    expect(states(events).at(-1)).toBe('connected');
    expect(states(events)).toContain('connecting');
  });
});

describe('what is asked', () => {
  const settings = () => ({ settings: () => defaultSystemSettings });

  test('waits for the first attempt', async () => {
    (await listening('demand')).answers = settings();
    expect(await connected().call('settings', {})).toEqual({ ok: true, value: defaultSystemSettings });
  });

  test('gets a problem while nobody answers', async () => {
    const connection = connected();
    await connection.attempt();
    expect(await connection.call('settings', {})).toMatchObject({
      ok: false,
      problem: { code: 'HELPER_UNREACHABLE' },
    });
  });

  test('is told when the connection is lost before the answer, and after', async () => {
    const one = await listening('demand');
    one.answers = {
      settings: () => {
        one.drop();
        throw new NoAnswer();
      },
    };
    const connection = connected({ patience: patience(60_000, 60_000) });
    const lost = { ok: false, problem: { code: 'HELPER_LOST' } };
    expect(await connection.call('settings', {})).toMatchObject(lost);
    expect(await connection.call('settings', {})).toMatchObject(lost);
  });

  test('is told of a helper that says nothing at all', async () => {
    (await listening('demand')).answers = {
      settings: () => {
        throw new NoAnswer();
      },
    };
    const connection = connected({ silenceMs: 50 });
    expect(await connection.call('settings', {})).toMatchObject({
      ok: false,
      problem: { code: 'HELPER_SILENT' },
    });
  });
});

test('after the end nothing is tried any more', async () => {
  const connection = connected();
  await connection.attempt();
  connection.close();
  await listening('demand');
  await connection.attempt();
  expect((await connection.call('settings', {})).ok).toBe(false);
  expect(helpers[0]?.clients).toBe(0);
});

test('patience: twice as long each time, up to a limit, and short again after a success', () => {
  const waits = patience(1_000, 30_000);
  expect(Array.from({ length: 7 }, () => waits.next())).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  waits.reset();
  expect(waits.next()).toBe(1_000);
});

test('places: the installed helper, the one on demand, one’s own; for practice only one’s own', () => {
  expect(placeFolders(1000, { XDG_RUNTIME_DIR: '/run/user/1000' }).own).toBe('/run/user/1000/understudy');
  const folders = placeFolders(1000, { XDG_RUNTIME_DIR: 'relative' });
  expect(helperPlaces('system', 1000, folders).map(({ path, trust }) => [path, trust])).toEqual([
    ['/run/understudy/helper.socket', 'root'],
    ['/run/understudy/1000/helper.socket', 'root'],
    ['/tmp/understudy-1000/reader.socket', 'root-or-self'],
  ]);
  expect(helperPlaces('practice', 1000, folders)).toEqual([
    { kind: 'own', path: '/tmp/understudy-1000/practice.socket', trust: 'root-or-self' },
  ]);
});
