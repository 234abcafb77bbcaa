/** The real page in a real browser, served by the real server: its policy holds and is enough, and pages of others stay outside. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type BrowserServer } from '../../../electron/browser/server.js';
import { readBuiltFiles } from '../../../electron/services/page/built-files.js';
import { chromiumOptions, chromiumPath } from '../../lab/chromium.js';
import { doubledApp, type DoubledApp } from '../../lab/app-double.js';
import { status } from '../../unit/services/status.js';

const top = join(import.meta.dirname, '../../..');
const isThere = existsSync(chromiumPath);

let browser: Browser | undefined;
let context: BrowserContext | undefined;
let app: DoubledApp | undefined;
let server: BrowserServer | undefined;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(top, 'build/build.js'), 'renderer'], { encoding: 'utf8' });
  expect([built.status, built.status === 0 ? '' : built.stderr]).toEqual([0, '']);
  if (!isThere) return;
  browser = await chromium.launch(chromiumOptions);
});
afterAll(() => browser?.close());

beforeEach(async (test) => {
  test.skip(!isThere, 'needs chromium');
  app = doubledApp();
  app.tellStatus(status());
  server = await startServer({
    services: app.app,
    files: await readBuiltFiles(join(top, 'dist/renderer')),
    port: 0,
    idleMs: 60_000,
    onIdle: () => undefined,
    users: new Set([process.getuid?.() ?? 0]),
  });
  context = await browser!.newContext();
});
afterEach(async () => {
  await context?.close();
  await server?.close();
  app?.close();
});

/** What a page complains about: its policy, missing files, exceptions. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

async function entered(): Promise<{ page: Page; complaints: string[] }> {
  const page = await context!.newPage();
  const complaints = complaintsOf(page);
  await page.goto(server!.invite());
  await page.waitForURL(`http://127.0.0.1:${server!.port}/`);
  await page.getByRole('main').waitFor();
  return { page, complaints };
}

describe('the page', () => {
  test('opens by the address, once, and breaks no rule of its policy', async () => {
    const { page, complaints } = await entered();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('heading').first().textContent()).toMatch(/\S/);
    expect(complaints).toEqual([]);
  });

  test('follows what happens', async () => {
    const { page } = await entered();
    app!.tellStatus(status({ pending: { updates: 7, security: 1, counted: new Date().toISOString() } }));
    await page.getByText(/\b7\b/).first().waitFor();
  });

  test('cannot see its own cookie, run inline script, or reach another address', async () => {
    const { page } = await entered();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate(inlineScript)).toBe(false);
    const reached = await page.evaluate(
      `fetch('https://example.org/').then(() => 'reached', () => 'refused')`,
    );
    expect(reached).toBe('refused');
  });

  test('stays let in when it is loaded again, and in a second tab', async () => {
    const { page } = await entered();
    await page.reload();
    await page.getByRole('main').waitFor();
    const second = await context!.newPage();
    await second.goto(`http://127.0.0.1:${server!.port}/`);
    await second.getByRole('main').waitFor();
  });
});

describe('a page of another site, in the same browser', () => {
  let other: Server;
  let origin: string;
  beforeEach(async () => {
    // Another port of this machine is the same site for cookies, and so the nearest that an attacker can come.
    other = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => other.close(resolve)));

  test('opens no socket, reads nothing, and frames nothing', async () => {
    await entered();
    const page = await context!.newPage();
    await page.goto(origin);
    await page.waitForLoadState('networkidle');
    const before = app!.calls.length;
    const found = await page.evaluate(attack(`127.0.0.1:${server!.port}`));
    expect(found).toEqual({ opened: 'refused', cors: 'refused', plain: 'refused', framed: 'refused' });
    expect(app!.calls).toHaveLength(before);
  });
});

/** Scripts as texts: they run in the page, whose globals the tests do not have. */
const inlineScript = `(() => {
  const attempt = (act) => { try { act(); } catch {} };
  const element = (name) => document.body.appendChild(document.createElement(name));
  attempt(() => { element('script').textContent = 'window.ran = 1'; });
  attempt(() => { element('script').append('window.ran = 2'); });
  attempt(() => { element('div').innerHTML = '<img src="x" onerror="window.ran = 3">'; });
  attempt(() => { element('p').setAttribute('onclick', 'window.ran = 4'); document.querySelector('p[onclick]').click(); });
  return 'ran' in window;
})()`;

const attack = (host: string): string => `(async () => {
  const socket = new WebSocket('ws://${host}/api');
  const opened = await new Promise((resolve) => {
    socket.onopen = () => resolve('opened');
    socket.onerror = () => resolve('refused');
  });
  const read = (mode) =>
    fetch('http://${host}/', { mode, credentials: 'include' }).then(({ type }) => type, () => 'refused');
  const frame = document.createElement('iframe');
  frame.src = 'http://${host}/';
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  document.body.append(frame);
  await loaded;
  let framed = 'refused';
  try {
    framed = frame.contentWindow.document.title;
  } catch {}
  return { opened, cors: await read('cors'), plain: await read('no-cors'), framed };
})()`;
