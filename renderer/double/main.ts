/**
 * The renderer over its double: `double.html?scene=NAME`, and `&lang=de` for another language. Without a scene it lists them. Never part
 * of the product's build.
 */
import type { AppEvent, AppOperation } from '../../shared/app.js';
import { apiOver } from '../../shared/app.js';
import { begin } from '../begin.js';
import { handlersFor } from './handlers.js';
import type { Scene } from './scene.js';
import './tools.js';
import { scenes } from './scenes/all.js';

const query = new URLSearchParams(location.search);
const scene = scenes.find(({ name }) => name === query.get('scene'));
window.scenes = scenes.map(({ name, address, press = [], language = 'en' }) => ({
  name,
  address,
  press,
  language,
}));

if (scene) play(scene);
else list();

function play(chosen: Scene): void {
  const listeners = new Set<(event: unknown) => void>();
  const emit = (event: AppEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  window.understudyEmits = emit;
  const language = query.get('lang') === 'de' ? 'de' : query.get('lang') === 'en' ? 'en' : null;
  const handlers = handlersFor(language === null ? chosen : { ...chosen, language }, emit);
  if (location.hash === '') location.hash = chosen.address;
  begin(
    apiOver({
      invoke: (name: AppOperation, params) =>
        (handlers[name] as (params: unknown) => Promise<unknown>)(structuredClone(params)),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
  );
  // After the first state has come.
  setTimeout(() => chosen.events?.forEach(emit), 50);
}

function list(): void {
  const items = scenes.map(({ name }) => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `?scene=${encodeURIComponent(name)}`;
    link.textContent = name;
    item.append(link);
    return item;
  });
  document.getElementById('app')?.append(...items);
}
