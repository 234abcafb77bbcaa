/** The bridge: as a source over a double of Electron, and as the bundle that a sandboxed page really loads. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { ContextBridge, IpcRenderer } from 'electron';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { appOperationNames, type AppApi } from '../../../shared/app.js';
import { eventsOf } from '../main/events.js';

const top = join(import.meta.dirname, '../../..');
const bundle = join(top, 'dist/electron/preload/preload.cjs');

/** What a preload script can have of Electron here; typed by Electron. */
function electronForPreload() {
  const exposed: [name: string, api: unknown][] = [];
  const invoked: unknown[][] = [];
  const events = eventsOf<IpcRenderer['on']>();
  const contextBridge: Pick<ContextBridge, 'exposeInMainWorld'> = {
    exposeInMainWorld: (name, api) => void exposed.push([name, api]),
  };
  const ipcRenderer: Pick<IpcRenderer, 'invoke' | 'off' | 'on'> = {
    invoke: (...given) => {
      invoked.push(given);
      return Promise.resolve({ ok: true, value: 'answer' });
    },
    on: events.on,
    off: events.off,
  };
  return { exposed, invoked, events, electron: { contextBridge, ipcRenderer } };
}

type Loaded = ReturnType<typeof electronForPreload> & { readonly api: AppApi };

async function loadSource(): Promise<Loaded> {
  const double = electronForPreload();
  vi.resetModules();
  vi.doMock('electron', () => double.electron);
  await import('../../../electron/preload/preload.js');
  vi.doUnmock('electron');
  return { ...double, api: double.exposed[0]![1] as AppApi };
}

/** As Electron loads it: CommonJS in a world of its own, with `require` for "electron" and nothing else. */
function loadBundle(): Loaded {
  const double = electronForPreload();
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`A sandboxed preload cannot require "${name}".`);
    return double.electron;
  };
  const context = createContext({ require, module: { exports: {} }, exports: {} });
  runInContext(readFileSync(bundle, 'utf8'), context, { filename: bundle });
  return { ...double, api: double.exposed[0]![1] as AppApi };
}

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(top, 'build/preload.js')], { encoding: 'utf8' });
  expect([built.status, built.stderr]).toEqual([0, '']);
});

describe.each([
  ['the source', loadSource],
  ['the bundle', () => Promise.resolve(loadBundle())],
])('%s', (_what, load) => {
  let loaded: Loaded;
  beforeEach(async () => {
    loaded = await load();
  });

  test('exposes one object, frozen, with two functions and nothing of Electron’s', () => {
    expect(loaded.exposed.map(([name]) => name)).toEqual(['understudy']);
    expect(Object.isFrozen(loaded.api)).toBe(true);
    expect(Reflect.ownKeys(loaded.api).sort()).toEqual(['call', 'listen']);
    expect(typeof loaded.api.call).toBe('function');
    expect(typeof loaded.api.listen).toBe('function');
  });

  test.each(appOperationNames)('passes on %s as it is', async (name) => {
    const api = loaded.api as unknown as Record<'call', (name: string, params: unknown) => Promise<unknown>>;
    expect(await api.call(name, { any: 'thing' })).toEqual({ ok: true, value: 'answer' });
    expect(loaded.invoked).toEqual([['understudy:invoke', name, { any: 'thing' }]]);
  });

  test.each(['nothing', '__proto__', 'toString', {}, null, undefined, 0, ['state']])(
    'passes on no name of the page’s own making: %j',
    async (name) => {
      await (loaded.api.call as (name: unknown, params: unknown) => Promise<unknown>)(name, {});
      expect(loaded.invoked).toEqual([['understudy:invoke', null, {}]]);
    },
  );

  test('passes on events without Electron’s own event object, until one stops listening', () => {
    const heard: unknown[][] = [];
    const stop: unknown = loaded.api.listen((...given) => void heard.push(given));
    const event = { kind: 'show', page: 'home' };
    loaded.events.emit('understudy:event', { sender: loaded.electron.ipcRenderer }, event, 'more');
    expect(heard).toEqual([[event]]);
    expect((stop as () => unknown)()).toBeUndefined();
    loaded.events.emit('understudy:event', {}, event);
    expect(heard).toHaveLength(1);
    expect(loaded.events.count('understudy:event')).toBe(0);
  });
});

test('the bundle is small: neither schemas nor texts come along', () => {
  const text = readFileSync(bundle, 'utf8');
  expect(text.length).toBeLessThan(4096);
  expect(text).not.toMatch(/\bimport\b.*from|sourceMappingURL|zod/);
});
