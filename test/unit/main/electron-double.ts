/**
 * Electron, as far as the desktop uses it. Every part is typed by Electron's own definitions, through the slices that the rooms
 * declare: what changes there is a type error here. It remembers what it was told, and tests raise its events.
 */
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Display,
  IpcMainInvokeEvent,
  MenuItemConstructorOptions,
  NativeTheme,
  Notification,
  NotificationConstructorOptions,
  PowerMonitor,
  Rectangle,
  Session,
  Tray,
  WebContents,
  WebFrameMain,
} from 'electron';
import type { DesktopElectron, DesktopWindow } from '../../../electron/main/desktop.js';
import type { HardenedContents, HardenedSession } from '../../../electron/main/hardening.js';
import type { ShownNotification } from '../../../electron/main/notifications.js';
import type { TrayItem } from '../../../electron/main/tray.js';
import { pageUrl } from '../../../electron/main/scheme.js';
import type { Protocol } from 'electron';
import { eventsOf, type Events } from './events.js';

/** The argument of a setter that takes a handler or null. */
type HandlerOf<K extends keyof HardenedSession> = HardenedSession[K] extends (
  handler: infer H,
  ...more: never[]
) => unknown
  ? NonNullable<H>
  : never;

export interface SessionDouble {
  readonly session: HardenedSession & { readonly protocol: Pick<Protocol, 'handle'> };
  readonly events: Events<Session['on']>;
  permissionRequest?: HandlerOf<'setPermissionRequestHandler'>;
  permissionCheck?: HandlerOf<'setPermissionCheckHandler'>;
  devicePermission?: HandlerOf<'setDevicePermissionHandler'>;
  bluetoothPairing?: HandlerOf<'setBluetoothPairingHandler'>;
  displayMedia?: HandlerOf<'setDisplayMediaRequestHandler'>;
  certificate?: HandlerOf<'setCertificateVerifyProc'>;
  spellChecker?: boolean;
  proxy?: Parameters<Session['setProxy']>[0];
  /** Answers whether a request to this address is cancelled. */
  isCancelled(address: string): boolean | undefined;
  readonly schemes: Map<string, Parameters<Protocol['handle']>[1]>;
}

type BeforeRequest = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void;

export function sessionDouble(): SessionDouble {
  const events = eventsOf<Session['on']>();
  const schemes: SessionDouble['schemes'] = new Map();
  let beforeRequest: BeforeRequest | null = null;
  const double: SessionDouble = {
    events,
    schemes,
    isCancelled: (url) => {
      let cancelled: boolean | undefined;
      beforeRequest?.({ url }, ({ cancel }) => {
        cancelled = cancel;
      });
      return cancelled;
    },
    session: {
      on: events.on,
      setPermissionRequestHandler: (handler) => void (double.permissionRequest = handler!),
      setPermissionCheckHandler: (handler) => void (double.permissionCheck = handler!),
      setDevicePermissionHandler: (handler) => void (double.devicePermission = handler!),
      setBluetoothPairingHandler: (handler) => void (double.bluetoothPairing = handler!),
      setDisplayMediaRequestHandler: (handler) => void (double.displayMedia = handler!),
      setCertificateVerifyProc: (handler) => void (double.certificate = handler!),
      setSpellCheckerEnabled: (enabled) => void (double.spellChecker = enabled),
      setProxy: (config) => {
        double.proxy = config;
        return Promise.resolve();
      },
      webRequest: {
        // With a filter first, or without one; only the latter sees every request.
        onBeforeRequest: (...given: unknown[]) => {
          beforeRequest = given.length === 1 ? (given[0] as BeforeRequest) : null;
        },
      },
      protocol: { handle: (scheme, handler) => void schemes.set(scheme, handler) },
    },
  };
  return double;
}

export interface ContentsDouble {
  readonly contents: HardenedContents & DesktopWindow['webContents'];
  readonly events: Events<WebContents['on']>;
  readonly sent: [channel: string, ...given: unknown[]][];
  windowOpen?: Parameters<WebContents['setWindowOpenHandler']>[0];
  webRtc?: Parameters<WebContents['setWebRTCIPHandlingPolicy']>[0];
  destroyed: boolean;
  reloads: number;
  frame: WebFrameMain;
}

/** A frame is its address and that it is itself; the rest of the type is not looked at. */
export function frameAt(url: string): WebFrameMain {
  return { url } as Pick<WebFrameMain, 'url'> as WebFrameMain;
}

export function contentsDouble(): ContentsDouble {
  const events = eventsOf<WebContents['on']>();
  const double: ContentsDouble = {
    events,
    sent: [],
    destroyed: false,
    reloads: 0,
    frame: frameAt(pageUrl),
    contents: {
      on: events.on,
      once: events.once,
      get mainFrame() {
        return double.frame;
      },
      isDestroyed: () => double.destroyed,
      send: (channel, ...given: unknown[]) => void double.sent.push([channel, ...given]),
      reload: () => void (double.reloads += 1),
      setWindowOpenHandler: (handler) => void (double.windowOpen = handler),
      setWebRTCIPHandlingPolicy: (policy) => void (double.webRtc = policy),
    },
  };
  return double;
}

export interface WindowDouble {
  readonly window: DesktopWindow;
  readonly options: BrowserWindowConstructorOptions;
  readonly contents: ContentsDouble;
  readonly events: Events<BrowserWindow['on']>;
  readonly did: string[];
  bounds: Rectangle;
  maximised: boolean;
  minimised: boolean;
  loading: Promise<void>;
}

export function windowDouble(options: BrowserWindowConstructorOptions): WindowDouble {
  const events = eventsOf<BrowserWindow['on']>();
  const contents = contentsDouble();
  let isDestroyed = false;
  const end = (): void => {
    if (isDestroyed) return;
    isDestroyed = true;
    contents.destroyed = true;
    contents.events.emit('destroyed');
    events.emit('closed');
  };
  const { x = 0, y = 0, width = 0, height = 0 } = options;
  const double: WindowDouble = {
    options,
    contents,
    events,
    did: [],
    bounds: { x, y, width, height },
    maximised: false,
    minimised: false,
    loading: Promise.resolve(),
    window: {
      webContents: contents.contents,
      on: events.on,
      once: events.once,
      close: () => {
        events.emit('close', { preventDefault: () => undefined });
        end();
      },
      destroy: () => {
        double.did.push('destroy');
        end();
      },
      focus: () => void double.did.push('focus'),
      show: () => void double.did.push('show'),
      restore: () => void double.did.push('restore'),
      maximize: () => {
        double.did.push('maximize');
        double.maximised = true;
      },
      getNormalBounds: () => double.bounds,
      isDestroyed: () => isDestroyed,
      isMaximized: () => double.maximised,
      isMinimized: () => double.minimised,
      loadURL: (address) => {
        double.did.push(`load ${address}`);
        return double.loading;
      },
    },
  };
  return double;
}

export interface TrayDouble {
  readonly item: TrayItem<MenuItemConstructorOptions[]>;
  readonly events: Events<Tray['on']>;
  image: string;
  toolTip: string;
  menu: MenuItemConstructorOptions[] | null;
  menusSet: number;
  destroyed: boolean;
  /** Chooses an item as a user would: only one that is enabled can be. */
  choose(label: string): void;
}

export function trayDouble(image: string): TrayDouble {
  const events = eventsOf<Tray['on']>();
  const double: TrayDouble = {
    events,
    image,
    toolTip: '',
    menu: null,
    menusSet: 0,
    destroyed: false,
    item: {
      on: events.on,
      setImage: (next) => void (double.image = typeof next === 'string' ? next : 'an image'),
      setToolTip: (text) => void (double.toolTip = text),
      setContextMenu: (menu) => {
        double.menu = menu;
        double.menusSet += 1;
      },
      destroy: () => void (double.destroyed = true),
    },
    choose: (label) => {
      const item = double.menu?.find((candidate) => candidate.label === label);
      if (!item) throw new Error(`There is no "${label}" in the menu.`);
      if (item.enabled === false) throw new Error(`"${label}" cannot be chosen now.`);
      // Electron gives the item, the window and the keys; nothing of it is looked at.
      (item.click as (() => void) | undefined)?.();
    },
  };
  return double;
}

export interface NotificationDouble {
  readonly options: NotificationConstructorOptions;
  readonly shown: ShownNotification;
  readonly events: Events<Notification['on']>;
  readonly did: string[];
}

export function notificationDouble(options: NotificationConstructorOptions): NotificationDouble {
  const events = eventsOf<Notification['on']>();
  const did: string[] = [];
  return {
    options,
    events,
    did,
    shown: {
      on: events.on,
      show: () => void did.push('show'),
      close: () => {
        did.push('close');
        events.emit('close');
      },
    },
  };
}

export function themeDouble(dark: boolean) {
  const events = eventsOf<NativeTheme['on']>();
  const theme = { on: events.on, off: events.off, shouldUseDarkColors: dark };
  return { events, theme: theme satisfies Pick<NativeTheme, 'on' | 'off' | 'shouldUseDarkColors'> };
}

/** Only what a window is placed by. */
export function display(id: number, workArea: Rectangle): Display {
  return { id, workArea } as Pick<Display, 'id' | 'workArea'> as Display;
}

export function electronDouble() {
  const appEvents = eventsOf<App['on']>();
  const powerEvents = eventsOf<PowerMonitor['on']>();
  const session = sessionDouble();
  const theme = themeDouble(false);
  const double = {
    appEvents,
    powerEvents,
    session,
    theme,
    windows: [] as WindowDouble[],
    trays: [] as TrayDouble[],
    notifications: [] as NotificationDouble[],
    menus: [] as MenuItemConstructorOptions[][],
    languages: ['en-GB'],
    focused: null as object | null,
    displays: [display(1, { x: 0, y: 0, width: 1920, height: 1080 })],
    quits: 0,
    /** As the page does through the bridge. */
    invoke: (name: unknown, params: unknown = {}): Promise<unknown> => {
      const contents = double.windows.at(-1)!.contents;
      return double.invokeFrom({ senderFrame: contents.frame }, name, params);
    },
    invokeFrom: (
      event: Pick<IpcMainInvokeEvent, 'senderFrame'>,
      name: unknown,
      params: unknown,
    ): Promise<unknown> => {
      const handler = double.channels.get('understudy:invoke');
      if (!handler) return Promise.reject(new Error('No handler registered.'));
      return handler(event as IpcMainInvokeEvent, name, params) as Promise<unknown>;
    },
    channels: new Map<string, (event: IpcMainInvokeEvent, ...given: unknown[]) => unknown>(),
  };
  let onContents: (contents: HardenedContents) => void = () => undefined;
  const electron: DesktopElectron<DesktopWindow, MenuItemConstructorOptions[]> = {
    app: {
      on: appEvents.on,
      quit: () => {
        double.quits += 1;
        appEvents.emit('before-quit');
        for (const { window } of double.windows) if (!window.isDestroyed()) window.close();
        appEvents.emit('will-quit');
      },
      getPreferredSystemLanguages: () => double.languages,
    },
    ipcMain: {
      handle: (channel, listener) => void double.channels.set(channel, listener),
      removeHandler: (channel) => void double.channels.delete(channel),
    },
    screen: {
      getAllDisplays: () => double.displays,
      getPrimaryDisplay: () => double.displays[0]!,
    },
    session: session.session,
    powerMonitor: { on: powerEvents.on, off: powerEvents.off },
    onContents: (listener) => void (onContents = listener),
    makeWindow: (options) => {
      const made = windowDouble(options);
      double.windows.push(made);
      onContents(made.contents.contents);
      return made.window;
    },
    focusedWindow: () => double.focused,
    makeNotification: (options) => {
      const made = notificationDouble(options);
      double.notifications.push(made);
      return made.shown;
    },
    tray: {
      makeTray: (icon) => {
        const made = trayDouble(icon);
        double.trays.push(made);
        return made.item;
      },
      buildMenu: (template) => template,
      theme: theme.theme,
    },
    setMenu: (template) => void double.menus.push(template),
  };
  return { electron, double };
}
export type ElectronDouble = ReturnType<typeof electronDouble>['double'];
