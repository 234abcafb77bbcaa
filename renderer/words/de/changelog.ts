/** German: changelog. */
import type { Words } from '../vocabulary.js';

export const changelog = (): Words['changelog'] => ({
  title: 'Was neu ist',
  show: (name) => `Was neu ist in ${name}`,
  of: (name) => `Änderungen in ${name}`,
  none: 'Zu diesen Versionen ist nichts vermerkt.',
  cut: 'Der Rest ist hier weggelassen.',
});
