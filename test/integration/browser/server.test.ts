/** The running server of the browser shell, and everything that must not get in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type BrowserServer } from '../../../electron/browser/server.js';
import { readBuiltFiles, type BuiltFiles } from '../../../electron/services/page/built-files.js';
import { securityHeaders } from '../../../electron/services/page/security-headers.js';
import { doubledApp, pageFolder, type DoubledApp } from '../../lab/app-double.js';
import { ask, askRaw, enter, openSocket } from './visitor.js';

const own = new Set([process.getuid?.() ?? 0]);
let app: DoubledApp;
let page: ReturnType<typeof pageFolder>;
let files: BuiltFiles;
let server: BrowserServer;

const start = (users: ReadonlySet<number> = own): Promise<BrowserServer> =>
  startServer({ services: app.app, files, port: 0, idleMs: 60_000, onIdle: () => undefined, users });

beforeEach(async () => {
  app = doubledApp();
  page = pageFolder();
  files = await readBuiltFiles(page.folder);
  server = await start();
});
afterEach(async () => {
  await server.close();
  app.close();
  page.remove();
});

describe('the entry', () => {
  test('a token buys a strict cookie that no script can read', async () => {
    const { status, headers, body } = await ask(server.port, new URL(server.invite()).pathname);
    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(
      /^understudy-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(body).toContain('http-equiv="refresh"');
  });

  test('a used token is refused', async () => {
    const path = new URL(server.invite()).pathname;
    await ask(server.port, path);
    const again = await ask(server.port, path);
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toContain('used already');
  });

  test('a newer address takes the place of an older one', async () => {
    const old = new URL(server.invite()).pathname;
    server.invite();
    expect((await ask(server.port, old)).status).toBe(403);
  });

  test('a guessed token is refused and uses nothing up', async () => {
    const path = new URL(server.invite()).pathname;
    expect((await ask(server.port, `${path}x`)).status).toBe(403);
    expect((await ask(server.port, '/enter/')).status).toBe(403);
    expect((await ask(server.port, path)).status).toBe(200);
  });

  test('looking at the headers alone uses nothing up', async () => {
    const path = new URL(server.invite()).pathname;
    expect((await ask(server.port, path, { method: 'HEAD' })).status).toBe(403);
    expect((await ask(server.port, path)).status).toBe(200);
  });
});

describe('the page', () => {
  test('is served to a browser that was let in', async () => {
    const cookie = await enter(server);
    for (const [path, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/index.html', 'text/html; charset=utf-8'],
      ['/assets/app.js', 'text/javascript; charset=utf-8'],
    ] as const) {
      const { status, headers } = await ask(server.port, path, { headers: { cookie } });
      expect([path, status, headers['content-type']]).toEqual([path, 200, type]);
    }
  });

  test('has the security headers on every answer, also on refusals', async () => {
    const cookie = await enter(server);
    for (const [path, asking] of [
      ['/', { headers: { cookie } }],
      ['/', {}],
      ['/nothing', { headers: { cookie } }],
      ['/', { headers: { host: 'evil.example' } }],
      ['/', { method: 'POST', headers: { cookie } }],
      [new URL(server.invite()).pathname, {}],
    ] as const) {
      const { headers } = await ask(server.port, path, asking);
      for (const [name, value] of Object.entries(securityHeaders))
        expect([path, name, headers[name.toLowerCase()]]).toEqual([path, name, value]);
    }
  });

  test('is not served without the cookie, with a wrong one, or with that of another server', async () => {
    const other = await start();
    const foreign = await enter(other);
    const guessed = `understudy-${server.port}=${'A'.repeat(43)}`;
    for (const cookie of ['', guessed, foreign, foreign.replace(`${other.port}`, `${server.port}`)]) {
      const { status, body } = await ask(server.port, '/', cookie === '' ? {} : { headers: { cookie } });
      expect(status).toBe(401);
      expect(body).not.toContain('<title>');
    }
    await other.close();
  });

  test('nothing but the built files can be had, however the path is spelled', async () => {
    const headers = { cookie: await enter(server) };
    for (const path of [
      '/../secret.pem',
      '/secret.pem',
      '/assets/../secret.pem',
      '/assets/%2e%2e/secret.pem',
      '/..%2fsecret.pem',
      '/assets',
      '/assets/',
      '//etc/passwd',
      '/%00',
      '/assets\\app.js%00.html',
      '/etc/passwd',
      '/__proto__',
    ]) {
      const { status, body } = await ask(server.port, path, { headers });
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
      expect(body).not.toContain('no file of a page');
    }
  });

  test('an address that is no path is refused', async () => {
    const headers = { cookie: await enter(server) };
    const { status } = await ask(server.port, 'http://evil.example/', { headers });
    expect(status).toBe(400);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is refused', async (method) => {
    const cookie = await enter(server);
    const { status, headers } = await ask(server.port, '/', { method, headers: { cookie } });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});

const foreignHosts = [
  'evil.example',
  'evil.example:80',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '192.168.1.1',
  '0.0.0.0',
  '127.0.0.1@evil.example',
];

describe('a request for a foreign host', () => {
  test.each(foreignHosts)('%j is refused, cookie or not: DNS was rebound', async (host) => {
    const cookie = await enter(server);
    const path = new URL(server.invite()).pathname;
    for (const asked of ['/', path]) {
      const { status, headers } = await ask(server.port, asked, { headers: { cookie, host } });
      expect([400, 403]).toContain(status);
      expect(headers['set-cookie']).toBeUndefined();
    }
    // The invitation is not used up by it.
    expect((await ask(server.port, path)).status).toBe(200);
  });

  test.each(foreignHosts)('%j gets no socket', async (host) => {
    const cookie = await enter(server);
    await expect(openSocket(server.port, { cookie, host, origin: `http://${host}` })).rejects.toThrow('403');
  });

  test.each(['', 'Host:\r\n', 'Host: localhost\r\nHost: evil.example\r\n'])(
    'without one host, but %j, nothing is served',
    async (hosts) => {
      const cookie = await enter(server);
      const answer = await askRaw(
        server.port,
        `GET / HTTP/1.1\r\n${hosts}Cookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(answer).not.toContain('<title>');
    },
  );

  test('the port of a tunnel is no foreign host', async () => {
    const cookie = await enter(server);
    for (const host of ['localhost:9000', '127.0.0.1:9000', '[::1]:9000', 'localhost']) {
      expect((await ask(server.port, '/', { headers: { cookie, host } })).status).toBe(200);
      const visitor = await openSocket(server.port, { cookie, host, origin: `http://${host}` });
      visitor.socket.close();
      await visitor.closed;
    }
  });
});

describe('a socket', () => {
  test.each([
    ['of another site', 'https://evil.example'],
    ['of another port of this machine', 'http://127.0.0.1:1'],
    ['of a name that only looks alike', 'http://127.0.0.1.evil.example'],
    ['of another scheme', 'https://127.0.0.1:PORT'],
    ['of nothing', 'null'],
    ['that says nothing', null],
  ])('with the origin %s is refused', async (_what, origin) => {
    const cookie = await enter(server);
    const knock = { cookie, origin: origin?.replace('PORT', String(server.port)) ?? null };
    await expect(openSocket(server.port, knock)).rejects.toThrow('refused with 403');
  });

  test('without the cookie, or with a wrong one, is refused', async () => {
    await expect(openSocket(server.port)).rejects.toThrow('refused with 401');
    const cookie = `understudy-${server.port}=wrong`;
    await expect(openSocket(server.port, { cookie })).rejects.toThrow('refused with 401');
  });

  test('elsewhere than at /api is refused', async () => {
    const cookie = await enter(server);
    await expect(openSocket(server.port, { cookie, path: '/' })).rejects.toThrow('refused with 404');
  });

  test('beyond the number of tabs is refused, until one is closed', async () => {
    const cookie = await enter(server);
    const tabs = await Promise.all(Array.from({ length: 16 }, () => openSocket(server.port, { cookie })));
    await expect(openSocket(server.port, { cookie })).rejects.toThrow('refused with 503');
    tabs[0]!.socket.close();
    await tabs[0]!.closed;
    await expect.poll(() => openSocket(server.port, { cookie })).toBeDefined();
  });
});

test('a page of another site cannot read anything by a plain request either', async () => {
  const cookie = await enter(server);
  const headers = { cookie, origin: 'https://evil.example' };
  expect((await ask(server.port, '/', { headers })).status).toBe(403);
  const host = `127.0.0.1:${server.port}`;
  const nested = { cookie, host, origin: `http://${host}`, 'sec-fetch-site': 'cross-site' };
  expect((await ask(server.port, '/', { headers: nested })).status).toBe(403);
});

test('another user of this machine is refused, with address and cookie', async () => {
  const others = await start(new Set([(process.getuid?.() ?? 0) + 1]));
  const path = new URL(others.invite()).pathname;
  const { status, body, headers } = await ask(others.port, path);
  expect([status, headers['set-cookie']]).toEqual([403, undefined]);
  expect(body).toContain('another user');
  await expect(openSocket(others.port)).rejects.toThrow('refused with 403');
  await others.close();
});

test('it listens on the loopback addresses alone', async () => {
  const { readFileSync } = await import('node:fs');
  const port = server.port.toString(16).toUpperCase().padStart(4, '0');
  const listening = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state === '0A')
    .map(([, local]) => local?.split(':')[0]);
  expect(listening.length).toBeGreaterThan(0);
  for (const address of listening)
    expect(['0100007F', '00000000000000000000000001000000']).toContain(address);
});

test('two servers at once stand beside each other; a port that is taken is an error', async () => {
  const second = await start();
  expect(second.port).not.toBe(server.port);
  await second.close();
  const taken = {
    services: app.app,
    files,
    port: server.port,
    idleMs: 60_000,
    onIdle: () => undefined,
    users: own,
  };
  await expect(startServer(taken)).rejects.toThrow('EADDRINUSE');
});
