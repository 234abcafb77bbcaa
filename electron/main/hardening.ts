/**
 * The switches that make the page powerless: it can show what it is given and ask through the bridge, nothing else. They follow
 * Electron's checklist (https://www.electronjs.org/docs/latest/tutorial/security). Invariant: each switch has a test that
 * fails when it is removed; what a later Electron adds is denied where it has one common door.
 */
import type { App, Session, WebContents, WebPreferences } from 'electron';

export interface Latitude {
  /** Origin of the development server, which `npm run dev` alone has; null otherwise. */
  readonly devOrigin: string | null;
  /** True where developer tools may be opened: from a checkout, never in a package. */
  readonly devTools: boolean;
}

export type HardenedApp = Pick<App, 'enableSandbox' | 'on'> & {
  readonly commandLine: Pick<App['commandLine'], 'appendSwitch'>;
};
export type HardenedSession = Pick<
  Session,
  | 'on'
  | 'setBluetoothPairingHandler'
  | 'setCertificateVerifyProc'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setPermissionRequestHandler'
  | 'setProxy'
  | 'setSpellCheckerEnabled'
> & { readonly webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> };
export type HardenedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler' | 'setWebRTCIPHandlingPolicy'>;

/** For the window. `preload` is the bundled bridge. */
export function hardenedPreferences(preload: string, { devTools }: Latitude): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    webgl: false,
    navigateOnDragDrop: false,
    disableDialogs: true,
    disableWakeLocks: true,
    // Its dictionaries would come from a foreign server.
    spellcheck: false,
    devTools,
  };
}

/** Before Electron is ready. */
export function hardenApp(app: HardenedApp, { devOrigin }: Latitude): void {
  app.enableSandbox();
  // Whatever part of Chromium should want a name of the network: there are none.
  if (devOrigin === null) app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-domain-reliability');
  app.commandLine.appendSwitch('disable-component-update');
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, trust) => {
    event.preventDefault();
    trust(false);
  });
  app.on('login', (event) => event.preventDefault());
  app.on('select-client-certificate', (event) => event.preventDefault());
}

export function hardenSession(session: HardenedSession, isAllowed: (address: string) => boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  // -2 is "failed": no certificate is good enough, for there is nothing to be asked over TLS.
  session.setCertificateVerifyProc((_request, answer) => answer(-2));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isAllowed(url) }));
  session.on('will-download', (event) => event.preventDefault());
  session.on('select-usb-device', (event, _details, choose) => {
    event.preventDefault();
    choose();
  });
  session.on('select-hid-device', (event, _details, choose) => {
    event.preventDefault();
    choose(null);
  });
  session.on('select-serial-port', (event, _ports, _contents, choose) => {
    event.preventDefault();
    choose('');
  });
  // No proxy, and no search for one by asking the network (WPAD). It cannot fail in a way that matters: all requests are cancelled.
  void session.setProxy({ mode: 'direct' });
}

/** For every page that Electron makes, whoever made it. */
export function hardenContents(contents: HardenedContents, { devOrigin }: Latitude): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  // The main process loads the page, which raises none of these, and the page's own screens are no navigation. The development
  // server may reload its page.
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (devOrigin === null || originOf(event.url) !== devOrigin) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('select-bluetooth-device', (event, _devices, choose) => {
    event.preventDefault();
    choose('');
  });
}

/** Which requests leave the page: the app's own scheme; while developing, the server with its socket, and developer tools. */
export function allowedRequests(
  isOurs: (address: string) => boolean,
  { devOrigin, devTools }: Latitude,
): (address: string) => boolean {
  return (address) => {
    if (isOurs(address)) return true;
    if (devTools && address.startsWith('devtools://')) return true;
    if (devOrigin === null) return false;
    const origin = originOf(address);
    return origin === devOrigin || origin === devOrigin.replace(/^http:/, 'ws:');
  };
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
