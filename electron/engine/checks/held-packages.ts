/** Packages that stay behind: held by the user, or kept back by the package manager. */
import { defineCheck, pass, warn } from './check.js';
import { count, some } from './words.js';

export const heldPackages = defineCheck({
  id: 'held-packages',
  title: 'No held packages',
  when: ['before-stage'],
  examine({ view, packages, plan }) {
    const held = packages.installed(view).filter((entry) => entry.held);
    const names = new Set(held.map(({ name }) => name));
    const kept = (plan?.kept ?? []).filter(({ name }) => !names.has(name));
    if (held.length === 0 && kept.length === 0) return pass('No package is held back.', '0 held');
    const parts = [
      ...(held.length === 0 ? [] : [`Held by you: ${some([...names])}.`]),
      ...(kept.length === 0
        ? []
        : [`Kept back: ${some(kept.map(({ name, reason }) => `${name} (${reason})`))}.`]),
    ];
    return warn(
      parts.join(' '),
      `${count(held.length, 'package')} held, ${kept.length} kept back`,
      'They stay as they are. Release those that you want to be updated.',
    );
  },
});
