/** What the page of the double offers to the tools that visit it: which scenes there are, and a way to let something happen in one. */
import type { AppEvent } from '../../shared/app.js';
import type { Scene } from './scene.js';

declare global {
  interface Window {
    scenes?: readonly Pick<Scene, 'name' | 'address' | 'press' | 'language'>[];
    understudyEmits?: (event: AppEvent) => void;
  }
}
