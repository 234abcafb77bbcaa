/** Each hardening switch by itself: without it, a test here fails. */
import type { App } from 'electron';
import { describe, expect, test } from 'vitest';
import {
  allowedRequests,
  hardenApp,
  hardenContents,
  hardenedPreferences,
  hardenSession,
  type HardenedApp,
  type Latitude,
} from '../../../electron/main/hardening.js';
import { isOurs } from '../../../electron/main/scheme.js';
import { contentsDouble, sessionDouble } from './electron-double.js';
import { eventsOf, preventable } from './events.js';

const packaged: Latitude = { devOrigin: null, devTools: false };
const developing: Latitude = { devOrigin: 'http://127.0.0.1:5173', devTools: true };

describe('the window', () => {
  const preferences = hardenedPreferences('/preload.cjs', packaged);

  test.each([
    ['sandbox', true],
    ['contextIsolation', true],
    ['nodeIntegration', false],
    ['nodeIntegrationInWorker', false],
    ['nodeIntegrationInSubFrames', false],
    ['webSecurity', true],
    ['allowRunningInsecureContent', false],
    ['experimentalFeatures', false],
    ['webviewTag', false],
    ['plugins', false],
    ['webgl', false],
    ['navigateOnDragDrop', false],
    ['disableDialogs', true],
    ['disableWakeLocks', true],
    ['spellcheck', false],
    ['devTools', false],
    ['preload', '/preload.cjs'],
  ] as const)('has %s: %s', (name, value) => {
    expect(preferences[name]).toBe(value);
  });

  test('has developer tools only where one develops', () => {
    expect(hardenedPreferences('/preload.cjs', developing).devTools).toBe(true);
  });

  test('enables nothing beyond these', () => {
    const enabled = Object.entries(preferences).filter(([, value]) => value === true);
    expect(enabled.map(([name]) => name).sort()).toEqual([
      'contextIsolation',
      'disableDialogs',
      'disableWakeLocks',
      'sandbox',
      'webSecurity',
    ]);
  });
});

describe('the app', () => {
  function hardened(latitude: Latitude) {
    const events = eventsOf<App['on']>();
    const switches = new Map<string, string | undefined>();
    let sandboxes = 0;
    const app: HardenedApp = {
      on: events.on,
      enableSandbox: () => void (sandboxes += 1),
      commandLine: { appendSwitch: (name, value) => void switches.set(name, value) },
    };
    hardenApp(app, latitude);
    return { events, switches, sandboxes };
  }

  test('puts every process into the sandbox', () => expect(hardened(packaged).sandboxes).toBe(1));

  test('resolves no name of the network', () => {
    expect(hardened(packaged).switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    expect(hardened(developing).switches.has('host-resolver-rules')).toBe(false);
  });

  test.each(['disable-background-networking', 'disable-domain-reliability', 'disable-component-update'])(
    'has the switch %s',
    (name) => expect(hardened(packaged).switches.has(name)).toBe(true),
  );

  test('trusts no certificate that Chromium does not', () => {
    const event = preventable({});
    let trusted: boolean | undefined;
    hardened(packaged).events.emit('certificate-error', event, {}, '', '', {}, (trust: boolean) => {
      trusted = trust;
    });
    expect([event.prevented, trusted]).toEqual([true, false]);
  });

  test.each(['login', 'select-client-certificate'])('gives nothing away at "%s"', (name) => {
    const event = preventable({});
    hardened(packaged).events.emit(name, event);
    expect(event.prevented).toBe(true);
  });
});

describe('the session', () => {
  function hardened() {
    const double = sessionDouble();
    hardenSession(double.session, allowedRequests(isOurs, packaged));
    return double;
  }

  test('denies every request for a permission', () => {
    const answers: boolean[] = [];
    const request = hardened().permissionRequest as unknown as (
      contents: null,
      permission: string,
      answer: (granted: boolean) => void,
    ) => void;
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'fullscreen',
      'unknown',
    ])
      request(null, permission, (granted) => answers.push(granted));
    expect(answers).toEqual([false, false, false, false, false, false]);
  });

  test('denies every check of a permission', () => {
    const check = hardened().permissionCheck as (...given: unknown[]) => boolean;
    for (const permission of ['clipboard-read', 'media', 'hid', 'usb', 'serial', 'unknown'])
      expect(check(null, permission, 'understudy://app', {})).toBe(false);
  });

  test('denies every device', () => {
    const double = hardened();
    expect((double.devicePermission as (details: unknown) => boolean)({})).toBe(false);
    let paired: unknown;
    (double.bluetoothPairing as (details: unknown, answer: (response: unknown) => void) => void)(
      {},
      (said) => {
        paired = said;
      },
    );
    expect(paired).toEqual({ confirmed: false });
  });

  test.each([
    ['select-usb-device', 2, undefined],
    ['select-hid-device', 2, null],
    ['select-serial-port', 3, ''],
  ])('chooses nothing at "%s"', (name, place, nothing) => {
    const double = hardened();
    const event = preventable({});
    let chosen: unknown = 'not asked';
    const given: unknown[] = [event, {}, {}];
    given[place] = (choice?: unknown) => {
      chosen = choice;
    };
    double.events.emit(name, ...given);
    expect([event.prevented, chosen]).toEqual([true, nothing]);
  });

  test('shows nobody the screen', () => {
    let streams: unknown = 'not asked';
    (hardened().displayMedia as (request: unknown, answer: (given: unknown) => void) => void)({}, (given) => {
      streams = given;
    });
    expect(streams).toBeNull();
  });

  test('accepts no certificate at all', () => {
    let result = 0;
    (hardened().certificate as (request: unknown, answer: (given: number) => void) => void)({}, (given) => {
      result = given;
    });
    expect(result).toBe(-2);
  });

  test('downloads nothing', () => {
    const event = preventable({});
    hardened().events.emit('will-download', event);
    expect(event.prevented).toBe(true);
  });

  test('fetches no dictionaries and looks for no proxy', () => {
    const { spellChecker, proxy } = hardened();
    expect([spellChecker, proxy]).toEqual([false, { mode: 'direct' }]);
  });

  test.each([
    'https://example.org/',
    'http://127.0.0.1:5173/',
    'http://localhost/',
    'ws://127.0.0.1/',
    'wss://example.org/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'data:text/html,x',
    'blob:null/x',
    'devtools://devtools/bundled/inspector.html',
    'chrome://gpu/',
    'understudy://other/',
    'understudy://app.example.org/',
    'understudy://user@app/',
    'understudy:app',
    'understudyx://app/',
    'nonsense',
    '',
  ])('cancels a request to %j', (address) => expect(hardened().isCancelled(address)).toBe(true));

  test.each(['understudy://app/', 'understudy://app/assets/app.js'])('lets %s through', (address) =>
    expect(hardened().isCancelled(address)).toBe(false),
  );
});

describe('while developing', () => {
  const isAllowed = allowedRequests(isOurs, developing);

  test.each([
    'http://127.0.0.1:5173/main.ts',
    'ws://127.0.0.1:5173/',
    'devtools://devtools/x',
    'understudy://app/',
  ])('%s is let through', (address) => expect(isAllowed(address)).toBe(true));
  test.each([
    'http://127.0.0.1:5174/',
    'http://127.0.0.1/',
    'http://127.0.0.1:51730/',
    'http://127.0.0.1:5173.evil.example/',
    'http://127.0.0.1:5173@evil.example/',
    'https://127.0.0.1:5173/',
  ])('%s is cancelled', (address) => expect(isAllowed(address)).toBe(false));
});

describe('every page', () => {
  function hardened(latitude = packaged) {
    const double = contentsDouble();
    hardenContents(double.contents, latitude);
    return double;
  }

  test('opens no window', () => {
    const open = hardened().windowOpen as (details: unknown) => unknown;
    expect(open({ url: 'understudy://app/' })).toEqual({ action: 'deny' });
    expect(open({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
  });

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('goes nowhere at "%s"', (name) => {
    for (const url of [
      'https://example.org/',
      'understudy://app/',
      'file:///',
      'http://127.0.0.1:5173/',
      '',
    ]) {
      const event = preventable({ url });
      hardened().events.emit(name, event);
      expect([url, event.prevented]).toEqual([url, true]);
    }
  });

  test('may be reloaded by the development server, and go nowhere else', () => {
    const [own, other] = ['http://127.0.0.1:5173/', 'http://127.0.0.1:5174/'].map((url) =>
      preventable({ url }),
    );
    const { events } = hardened(developing);
    events.emit('will-navigate', own);
    events.emit('will-navigate', other);
    expect([own!.prevented, other!.prevented]).toEqual([false, true]);
  });

  test('holds no other page', () => {
    const event = preventable({});
    hardened().events.emit('will-attach-webview', event, {}, {});
    expect(event.prevented).toBe(true);
  });

  test('chooses no Bluetooth device', () => {
    const event = preventable({});
    let chosen: string | undefined;
    hardened().events.emit('select-bluetooth-device', event, [], (id: string) => {
      chosen = id;
    });
    expect([event.prevented, chosen]).toEqual([true, '']);
  });

  test('tells no address of this machine by WebRTC', () => {
    expect(hardened().webRtc).toBe('disable_non_proxied_udp');
  });
});
