/** How a component reaches the app. */
import { createContext } from 'svelte';
import type { App } from './app.svelte.js';

/** `theApp()` in any component below the one that called `provideApp`. */
export const [theApp, provideApp] = createContext<App>();
