/**
 * The one bridge between page and app: `window.understudy`, and nothing else. It runs in the sandbox beside the page, knows the
 * names of the contract's operations, and passes on what it is given; what is allowed is decided in the main process.
 * Invariant: neither `ipcRenderer` nor an event object of Electron's ever reaches the page.
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  appOperationNames,
  type AppApi,
  type AppEvent,
  type AppOperation,
  type AppResult,
} from '../../shared/app.js';
import { eventChannel, invokeChannel } from '../../shared/channels.js';
import type { Outcome } from '../../shared/errors.js';

const api: AppApi = {
  call: <N extends AppOperation>(name: N, params: unknown) => {
    // A name of the page's own making is passed on as none at all, and refused over there like any other nonsense.
    const known = appOperationNames.find((candidate) => candidate === name) ?? null;
    return ipcRenderer.invoke(invokeChannel, known, params) as Promise<Outcome<AppResult<N>>>;
  },
  listen: (listener) => {
    const passOn = (_event: unknown, event: AppEvent): void => listener(event);
    ipcRenderer.on(eventChannel, passOn);
    return () => void ipcRenderer.off(eventChannel, passOn);
  },
};

contextBridge.exposeInMainWorld('understudy', Object.freeze(api));
