/** The parts of the entry by themselves: headers, tokens and cookies, whose connection it is, and which browser is opened. */
import { createServer, connect, type AddressInfo } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { judge } from '../../../electron/browser/guard.js';
import { whenIdle } from '../../../electron/browser/idle.js';
import { howToOpen, openBrowser } from '../../../electron/browser/open-browser.js';
import { peerUser } from '../../../electron/browser/peer-user.js';
import type { serve as browserServe } from '../../../electron/browser/serve.js';
import { sessions } from '../../../electron/browser/sessions.js';
import type { Serve } from '../../../electron/cli/verbs/serve.js';
import { readRequest } from '../../../electron/browser/messages.js';

const host = '127.0.0.1:8000';
const origin = `http://${host}`;
const verdict = (headers: IncomingHttpHeaders, needsOrigin = true) => {
  const distinct = headers.host === undefined ? [] : [headers.host];
  return judge({ headers, headersDistinct: { host: distinct } }, { needsOrigin });
};

describe('the headers', () => {
  test.each<[string, IncomingHttpHeaders]>([
    ['of the page itself', { host, origin }],
    ['through a tunnel', { host: 'localhost:9000', origin: 'http://localhost:9000' }],
    ['by IPv6', { host: '[::1]:8000', origin: 'http://[::1]:8000' }],
    ['of a browser that tells more', { host, origin, 'sec-fetch-site': 'same-origin' }],
  ])('are fine %s', (_what, headers) => expect(verdict(headers)).toBe('fine'));

  test.each<[string, IncomingHttpHeaders]>([
    ['another site', { host, origin: 'http://evil.example' }],
    ['another port', { host, origin: 'http://127.0.0.1:8001' }],
    ['another name of this machine', { host, origin: 'http://localhost:8000' }],
    ['another scheme', { host, origin: `https://${host}` }],
    ['a file or a sandbox', { host, origin: 'null' }],
    ['nothing', { host }],
    ['a path behind it', { host, origin: `${origin}/` }],
    ['another site that the browser tells of', { host, origin, 'sec-fetch-site': 'cross-site' }],
    ['another port that the browser tells of', { host, origin, 'sec-fetch-site': 'same-site' }],
  ])('are foreign with the origin of %s', (_what, headers) =>
    expect(verdict(headers)).toBe('foreign-origin'),
  );

  test.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.nip.io',
    'localhost.',
    'LOCALHOST',
    '127.1',
    '2130706433',
    '[::ffff:127.0.0.1]',
    '127.0.0.1:',
    '127.0.0.1:x',
    '127.0.0.1, evil.example',
  ])('are foreign with the host %j', (given) => {
    const headers: IncomingHttpHeaders = given === undefined ? {} : { host: given };
    expect(verdict({ ...headers, origin: `http://${given}` })).toBe('foreign-host');
  });

  test('of a plain visit need no origin', () => expect(verdict({ host }, false)).toBe('fine'));
});

describe('tokens', () => {
  test('work once, and each opens one session', () => {
    const room = sessions(8000);
    const token = room.invite();
    const cookie = room.enter(token);
    expect(cookie).toMatch(/^[\w-]{43}$/);
    expect(room.enter(token)).toBeNull();
    expect(room.isKnown(`a=b; ${room.cookieName}=${cookie}`)).toBe(true);
  });

  test('that are wrong, empty or a prefix open nothing', () => {
    const room = sessions(8000);
    expect(room.enter('')).toBeNull();
    const token = room.invite();
    for (const wrong of ['', token.slice(0, -1), `${token}A`, 'x'.repeat(100_000)])
      expect(room.enter(wrong)).toBeNull();
    expect(room.enter(token)).not.toBeNull();
  });

  test('are never the same, and neither are cookies', () => {
    const room = sessions(8000);
    const made = Array.from({ length: 100 }, () =>
      [room.invite()].map((token) => [token, room.enter(token)]),
    ).flat(2);
    expect(new Set(made).size).toBe(200);
  });

  test.each([
    undefined,
    '',
    'understudy-8000',
    'understudy-8000=',
    'understudy-8001=x',
    '; ; =',
    'x'.repeat(10_000),
  ])('the cookies %j are nobody’s', (cookies) => {
    const room = sessions(8000);
    room.enter(room.invite());
    expect(room.isKnown(cookies)).toBe(false);
  });

  test('of so many browsers at once; the oldest has to go', () => {
    const room = sessions(8000);
    const cookies = Array.from({ length: 9 }, () => `${room.cookieName}=${room.enter(room.invite())}`);
    expect(cookies.map((cookie) => room.isKnown(cookie))).toEqual([false, ...Array<boolean>(8).fill(true)]);
  });
});

describe('whose connection it is', () => {
  const table = (...lines: string[]): string =>
    ['  sl  local_address rem_address   st', ...lines, ''].join('\n');
  const line = (local: string, remote: string, uid: number): string =>
    `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 123 1 0000000000000000`;
  const ends = { remoteAddress: '127.0.0.1', remotePort: 0xabcd, localPort: 0x1f90 };
  const read =
    (tcp: string | null, tcp6: string | null) =>
    (path: string): Promise<string> => {
      const text = path.endsWith('6') ? tcp6 : tcp;
      return text === null ? Promise.reject(new Error('ENOENT')) : Promise.resolve(text);
    };

  test('the kernel says, of the end that is the peer’s', async () => {
    const lines = table(
      line('0100007F:1F90', '0100007F:ABCD', 1),
      line('0100007F:ABCD', '0100007F:1F91', 2),
      line('0100007F:ABCD', '0100007F:1F90', 1000),
    );
    expect(await peerUser(ends, read(lines, table()))).toBe(1000);
  });

  test('also where a socket of IPv6 carries IPv4, and by IPv6 itself', async () => {
    const mapped = '0000000000000000FFFF00000100007F';
    const mappedTable = table(line(`${mapped}:ABCD`, `${mapped}:1F90`, 1001));
    expect(await peerUser(ends, read(table(), mappedTable))).toBe(1001);
    const six = '00000000000000000000000001000000';
    const sixTable = table(line(`${six}:ABCD`, `${six}:1F90`, 1002));
    expect(await peerUser({ ...ends, remoteAddress: '::1' }, read(null, sixTable))).toBe(1002);
  });

  test('a connection that is not there is gone; a kernel that tells nothing is unknown', async () => {
    expect(await peerUser(ends, read(table(), table()))).toBe('gone');
    expect(await peerUser(ends, read(null, null))).toBe('unknown');
    expect(await peerUser({ ...ends, remoteAddress: '10.0.0.1' }, read(table(), table()))).toBe('gone');
  });

  test('is true of a real connection', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const accepted = new Promise<import('node:net').Socket>((resolve) => server.once('connection', resolve));
    const client = connect(port, '127.0.0.1');
    const { remoteAddress = '', remotePort = 0, localPort = 0 } = await accepted;
    expect(await peerUser({ remoteAddress, remotePort, localPort })).toBe(process.getuid?.());
    client.destroy();
    server.close();
  });
});

describe('the browser', () => {
  const url = 'http://127.0.0.1:8000/enter/x';
  const environment = { DISPLAY: ':0', PATH: 'relative:/a:/b' };
  const how = (programs: readonly string[], more: Partial<Parameters<typeof howToOpen>[1]> = {}) =>
    howToOpen(url, { environment, isRoot: false, ...more }, (path) => programs.includes(path));

  test('opens as a window of its own where it can', () => {
    expect(how(['/b/chromium', '/a/xdg-open'])).toEqual({ argv: ['/b/chromium', `--app=${url}`] });
    expect(how(['/a/google-chrome', '/b/brave-browser'])).toEqual({
      argv: ['/a/google-chrome', `--app=${url}`],
    });
  });

  test('is else the usual one', () => expect(how(['/a/xdg-open'])).toEqual({ argv: ['/a/xdg-open', url] }));

  test('is never looked for in a folder that is not absolute', () => {
    expect(how(['relative/chromium'])).toEqual({ reason: 'no-browser' });
  });

  test('is not opened without a display, nor as root', () => {
    expect(how(['/a/chromium'], { environment: { PATH: '/a' } })).toEqual({ reason: 'no-display' });
    expect(how(['/a/chromium'], { isRoot: true })).toEqual({ reason: 'root' });
    expect(how(['/a/chromium'], { environment: { PATH: '/a', WAYLAND_DISPLAY: 'wayland-0' } })).toMatchObject(
      {
        argv: ['/a/chromium', expect.any(String)],
      },
    );
  });

  test('that cannot be started is told of', async () => {
    expect(await openBrowser(['/nowhere/chromium'])).toBe(false);
    expect(await openBrowser(['/bin/true'])).toBe(true);
  });
});

describe('what nobody uses', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('ends after a while, counted from the last who left', () => {
    let ends = 0;
    const idle = whenIdle(1000, () => void (ends += 1));
    vi.advanceTimersByTime(900);
    idle.enter();
    idle.enter();
    vi.advanceTimersByTime(10_000);
    idle.leave();
    vi.advanceTimersByTime(10_000);
    expect(ends).toBe(0);
    idle.leave();
    vi.advanceTimersByTime(999);
    expect(ends).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ends).toBe(1);
  });

  test('ends where nobody ever came, and not once it was stopped', () => {
    let ends = 0;
    whenIdle(1000, () => void (ends += 1));
    whenIdle(1000, () => void (ends += 1)).stop();
    vi.advanceTimersByTime(5000);
    expect(ends).toBe(1);
  });

  test('holds no timer once it was stopped, whoever leaves after that', () => {
    const idle = whenIdle(1000, () => undefined);
    idle.enter();
    idle.stop();
    idle.leave();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a request is read strictly', () => {
  expect(readRequest('{"id":1,"name":"state","params":{}}')).toEqual({ id: 1, name: 'state', params: {} });
  expect(readRequest('{"id":1,"name":"state"}')).toEqual({ id: 1, name: 'state' });
  for (const text of [
    '',
    '1',
    '{"id":-1,"name":"x"}',
    '{"id":1.5,"name":"x"}',
    '{"id":1e99,"name":"x"}',
    '{"__proto__":{"id":1,"name":"x"}}',
  ])
    expect(readRequest(text)).toBeNull();
});

test('the command line is given what it expects', () => {
  // The launcher, which is no TypeScript, joins the two.
  const joined = (serve: typeof browserServe): Serve => serve;
  expect(joined).toBeInstanceOf(Function);
});
