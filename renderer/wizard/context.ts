/** How a step reaches the journey that it belongs to. */
import { createContext } from 'svelte';
import type { Journey } from './journey.svelte.js';

export const [theJourney, provideJourney] = createContext<Journey>();
