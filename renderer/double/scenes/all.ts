/** Every scene there is. */
import type { Scene } from '../scene.js';
import { historyScenes } from './history.js';
import { homeScenes } from './home.js';
import { kernelScenes } from './kernel.js';
import { settingsScenes } from './settings.js';
import { strangeScenes } from './strange.js';
import { wizardScenes } from './wizard.js';

export const scenes: readonly Scene[] = [
  ...homeScenes,
  ...wizardScenes,
  ...historyScenes,
  ...kernelScenes,
  ...settingsScenes,
  ...strangeScenes,
];
