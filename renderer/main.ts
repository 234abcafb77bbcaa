/** The renderer's beginning: takes the app's services from the shell, as a preload's object or over a WebSocket. */
import type { AppApi } from '../shared/app.js';
import { begin } from './begin.js';
import { linkTo } from './transport/browser.js';

declare global {
  interface Window {
    readonly understudy?: AppApi;
  }
}

if (window.understudy) {
  begin(window.understudy);
} else {
  const link = linkTo(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api`);
  const app = begin(link.api);
  link.watch((isOpen) => {
    app.isLinked = isOpen;
  });
}
