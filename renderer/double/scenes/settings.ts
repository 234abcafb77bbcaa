/** Settings. */
import { now, hours, settings } from '../records.js';
import { during, type Scene } from '../scene.js';

const state = during({ state: 'idle', pending: 0, security: 0 });

export const settingsScenes: readonly Scene[] = [
  { name: 'settings', address: '#/settings', state },
  {
    name: 'settings-off',
    address: '#/settings',
    state,
    records: { settings: { ...settings, automatic: { ...settings.automatic, enabled: false } } },
  },
  {
    name: 'settings-paused',
    address: '#/settings',
    state,
    records: {
      settings: {
        ...settings,
        automatic: { ...settings.automatic, pausedUntil: new Date(now + 20 * hours).toISOString() },
      },
    },
  },
  {
    name: 'settings-read-only',
    address: '#/settings',
    state: during(
      { state: 'idle', pending: 0, security: 0 },
      {
        app: {
          connection: { state: 'read-only', problem: null },
          can: { tray: false, startAtLogin: false, notify: false, elevate: true },
        },
      },
    ),
  },
  {
    name: 'settings-refused',
    address: '#/settings',
    state,
    press: ['Only on mains power'],
    handlers: {
      change: () =>
        Promise.resolve({
          ok: false,
          problem: { code: 'NOT_AUTHORISED', sentence: '', hint: '', details: [] },
        }),
    },
  },
  {
    name: 'settings-practice',
    address: '#/settings',
    state: during({ state: 'idle', pending: 0, security: 0 }, { app: { practice: true } }),
  },
  { name: 'settings-german', address: '#/settings', state, language: 'de' },
];
