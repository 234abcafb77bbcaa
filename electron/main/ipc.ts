/**
 * The page's requests and events. There is one channel each way. A request is heard only from the top frame of our own
 * window while it shows our own page; its name and parameters pass the contract's schema. Invariant: every request is answered
 * with an outcome, also one that waits while the window goes.
 */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { AppEvent } from '../../shared/app.js';
import { eventChannel, invokeChannel } from '../../shared/channels.js';
import { problem, type Outcome } from '../../shared/errors.js';
import { doorOf, type Ask } from '../services/page/door.js';

export type Page = Pick<WebContents, 'isDestroyed' | 'mainFrame' | 'on' | 'once' | 'send'>;

export interface Ipc {
  /** The window whose page is heard from now on; another one is heard no more. */
  attach(page: Page): void;
  send(event: AppEvent): void;
  close(): void;
}

interface Attached {
  readonly page: Page;
  readonly ask: Ask;
  readonly gone: Promise<Outcome<never>>;
  /** The newest state that a page which does not respond has missed; it gets nothing else meanwhile. */
  missed: AppEvent | null;
  isResponsive: boolean;
  /** What it is to show, from before it asked for the first time: until then nobody listens there. */
  toShow: AppEvent | null;
  hasAsked: boolean;
}

/** `isOurs` tells whether an address is that of our page. */
export function serveIpc(
  ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>,
  ask: Ask,
  isOurs: (address: string) => boolean,
): Ipc {
  let attached: Attached | null = null;

  ipcMain.handle(invokeChannel, async (event, name: unknown, params: unknown) => {
    const heard = attached;
    if (!heard || heard.page.isDestroyed() || !isFromTopFrame(event, heard.page, isOurs)) {
      return refused('The request does not come from the window of the app.');
    }
    const outcome = heard.ask(name, params);
    if (!heard.hasAsked) {
      heard.hasAsked = true;
      if (heard.toShow) heard.page.send(eventChannel, heard.toShow);
    }
    return await Promise.race([outcome, heard.gone]);
  });

  return {
    attach: (page) => {
      attached = listenTo(page, ask);
    },
    send: (event) => {
      if (!attached || attached.page.isDestroyed()) return;
      if (!attached.hasAsked) {
        if (event.kind === 'show') attached.toShow = event;
      } else if (attached.isResponsive) attached.page.send(eventChannel, event);
      // Messages to a page that hangs would pile up; the state is whole, so the newest one makes up for all.
      else if (event.kind === 'state') attached.missed = event;
    },
    close: () => {
      attached = null;
      ipcMain.removeHandler(invokeChannel);
    },
  };
}

function listenTo(page: Page, ask: Ask): Attached {
  const gone = new Promise<Outcome<never>>((resolve) => {
    page.once('destroyed', () => resolve(refused('The window was closed.')));
  });
  const attached: Attached = {
    page,
    ask: doorOf(ask),
    gone,
    missed: null,
    isResponsive: true,
    toShow: null,
    hasAsked: false,
  };
  page.on('unresponsive', () => {
    attached.isResponsive = false;
  });
  page.on('responsive', () => {
    attached.isResponsive = true;
    if (attached.missed) page.send(eventChannel, attached.missed);
    attached.missed = null;
  });
  return attached;
}

function isFromTopFrame(
  { senderFrame }: Pick<IpcMainInvokeEvent, 'senderFrame'>,
  page: Page,
  isOurs: (address: string) => boolean,
): boolean {
  return senderFrame !== null && senderFrame === page.mainFrame && isOurs(senderFrame.url);
}

function refused(detail: string): Outcome<never> {
  return { ok: false, problem: problem('BAD_REQUEST', detail) };
}
