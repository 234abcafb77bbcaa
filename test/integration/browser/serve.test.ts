/** `understudy serve` as a command of its own: what it prints, whom it lets in, how it ends, and what it says where it cannot. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppState } from '../../../shared/app.js';
import { privateFolder } from '../../lab/helper-process.js';
import { ask, openSocket } from './visitor.js';

const top = join(import.meta.dirname, '../../..');
const launcher = join(top, 'electron/cli/understudy.js');
const isRoot = process.getuid?.() === 0;
/** An ordinary user, whose helper may only read. */
const user = isRoot ? 61_005 : (process.getuid?.() ?? 0);

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface Served {
  readonly child: ChildProcess;
  readonly lines: Line[];
  readonly address: Promise<{ url: string; port: number }>;
  readonly ended: Promise<number | null>;
}

let folder: ReturnType<typeof privateFolder>;
let served: Served | undefined;
let helper: number | undefined;

beforeEach(() => {
  folder = privateFolder();
  mkdirSync(join(folder.path, 'run'), { mode: 0o700 });
  chownSync(join(folder.path, 'run'), user, user);
  chownSync(folder.path, user, user);
  helper = undefined;
});
afterEach(async () => {
  served?.child.kill('SIGKILL');
  await served?.ended;
  served = undefined;
  const pid = helper;
  if (pid !== undefined) process.kill(pid, 'SIGTERM');
  await expect.poll(() => pid === undefined || !existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(true);
  folder.remove();
});

function serve(...options: string[]): Served {
  const child = spawn(process.execPath, [launcher, 'serve', '--json', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...(isRoot ? { uid: user, gid: user } : {}),
    env: { PATH: process.env['PATH'], HOME: folder.path, XDG_RUNTIME_DIR: join(folder.path, 'run') },
  });
  const lines: Line[] = [];
  const address = new Promise<{ url: string; port: number }>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.type === 'address') resolve(line as unknown as { url: string; port: number });
    });
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  served = { child, lines, address, ended };
  return served;
}

/** Enters as a browser would. */
async function enter({ address }: Served) {
  const { url, port } = await address;
  const { status, headers } = await ask(port, new URL(url).pathname);
  expect(status).toBe(200);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  return { cookie, port, visitor: await openSocket(port, { cookie }) };
}

describe('for an ordinary user', () => {
  test('serves the page and the app of that user, asks nothing of root, and ends at Ctrl+C', async () => {
    const running = serve();
    const { cookie, port, visitor } = await enter(running);
    const page = await ask(port, '/', { headers: { cookie } });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    await visitor.seen((event) => {
      const { kind, state } = event as { kind: string; state?: AppState };
      helper ??= kind === 'state' ? state?.status?.helper.pid : undefined;
      return helper !== undefined;
    });
    expect(await visitor.call('inspect')).toMatchObject({ ok: true });
    expect(await visitor.call('rollback')).toMatchObject({ ok: false, problem: { code: 'NOT_ROOT' } });
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(await visitor.closed).toBe(1001);
    expect(running.lines.at(-1)).toMatchObject({ type: 'result', ok: true, value: { ended: 'stopped' } });
    // The helper outlives it, as it outlives every client.
    expect(existsSync(`/proc/${helper}`)).toBe(true);
  });
});

describe('the address', () => {
  test('is that of the port that was asked for', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const running = serve('--port', String(port));
    const { visitor, port: own } = await enter(running);
    expect(own).toBe(port);
    await visitor.seen((event) => {
      helper ??= (event as { state?: AppState }).state?.status?.helper.pid;
      return helper !== undefined;
    });
  });

  test('at a port that is taken is a problem in words', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const running = serve('--port', String(port));
    expect(await running.ended).toBe(1);
    expect(running.lines).toMatchObject([
      { type: 'result', ok: false, problem: { code: 'PORT_UNAVAILABLE' } },
    ]);
    taken.close();
  });
});

describe('a command line that makes no sense', () => {
  test.each([
    ['--port', '0'],
    ['--port', '70000'],
    ['--port', 'x'],
    ['--idle', '0'],
    ['--offline'],
    ['something'],
  ])('%s %s is refused', (...options) => {
    const argv = [launcher, 'serve', '--json', ...options];
    const { status, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8', timeout: 60_000 });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problem: { code: 'USAGE' } });
  });
});
