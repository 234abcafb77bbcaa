/**
 * The one window: opened at need, where it was; closed into the tray or for good. Its state is remembered, never its content: what
 * it shows is the helper's truth, asked for anew. Invariant: there is at most one, however often it is opened.
 */
import type { App, BrowserWindow, BrowserWindowConstructorOptions, Screen, WebPreferences } from 'electron';
import { placeFor, smallest, type WindowState } from './window-place.js';

export type Window = Pick<
  BrowserWindow,
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getNormalBounds'
  | 'isDestroyed'
  | 'isMaximized'
  | 'isMinimized'
  | 'loadURL'
  | 'maximize'
  | 'on'
  | 'once'
  | 'restore'
  | 'show'
> & { readonly webContents: Pick<BrowserWindow['webContents'], 'on' | 'reload'> };

export interface WindowOptions<W extends Window> {
  readonly make: (options: BrowserWindowConstructorOptions) => W;
  readonly screen: Pick<Screen, 'getAllDisplays' | 'getPrimaryDisplay'>;
  readonly webPreferences: WebPreferences;
  readonly address: string;
  readonly icon: string;
  readonly title: string;
  readonly memory: { value(): WindowState; write(state: WindowState): unknown };
  /** A new window: its page is to be heard. */
  readonly onMade: (window: W) => void;
  /** The user closes it. True: it is hidden away by the caller, or the app ends; false: it closes as usual. */
  readonly onClosed: () => void;
}

export interface Windows {
  /** Opens it, or brings it to the front. */
  readonly open: () => void;
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

/** Times that a page whose process died is loaded again by itself. */
const mostReloads = 3;

export function windows<W extends Window>(options: WindowOptions<W>): Windows {
  let current: W | null = null;
  return {
    open: () => {
      if (current && !current.isDestroyed()) bringToFront(current);
      else {
        current = openWindow(options);
        current.once('closed', () => {
          current = null;
          options.onClosed();
        });
      }
    },
    isOpen: () => current !== null,
    close: () => current?.close(),
  };
}

function openWindow<W extends Window>(options: WindowOptions<W>): W {
  const { make, screen, webPreferences, address, icon, title, memory, onMade } = options;
  const remembered = memory.value();
  const primary = screen.getPrimaryDisplay();
  const displays = [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)];
  const window = make({
    ...placeFor(remembered, displays),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title,
    icon,
    // Shown once there is something to see.
    show: false,
    autoHideMenuBar: true,
    webPreferences,
  });
  if (remembered.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  // Whatever the page calls itself, the title bar says what it is.
  window.on('page-title-updated', (event) => event.preventDefault());
  window.on('close', () => {
    memory.write({ version: 1, bounds: window.getNormalBounds(), maximised: window.isMaximized() });
  });
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || reloads >= mostReloads || window.isDestroyed()) return;
    reloads += 1;
    window.webContents.reload();
  });
  onMade(window);
  // A page that cannot be loaded is a damaged installation; without it there is only the tray, which goes on.
  window.loadURL(address).catch(() => window.destroy());
  return window;
}

function bringToFront(window: Window): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** A second start of the app shows the window of the first one. False: this is the second, and must end. */
export function isFirst(
  app: Pick<App, 'on' | 'requestSingleInstanceLock'>,
  onSecond: (argv: readonly string[]) => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', (_event, argv) => onSecond(argv));
  return true;
}
