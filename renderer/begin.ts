/** Puts the app on the page, over whichever services the shell has. */
import { mount } from 'svelte';
import type { AppApi } from '../shared/app.js';
import './design/base.css';
import Shell from './shell/Shell.svelte';
import { App } from './state/app.svelte.js';
import { clock } from './state/clock.svelte.js';
import { router } from './state/router.svelte.js';
import { speak } from './words/words.svelte.js';
import { rollbackRequest } from './rollback/request.svelte.js';

export function begin(api: AppApi): App {
  speak('system');
  const app = new App(api, (page) => {
    router.go(page === 'rollback' ? 'home' : page);
    if (page === 'rollback') rollbackRequest.open(null);
  });
  const target = document.getElementById('app');
  if (!target) throw new Error('The page has no place for the app.');
  router.start();
  clock.start();
  mount(Shell, { target, props: { app } });
  app.start();
  return app;
}
