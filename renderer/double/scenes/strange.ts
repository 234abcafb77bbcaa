/** What nobody expects: codes of a newer helper, names that deceive, texts without end, a helper that breaks its contract. */
import type { ErrorCode } from '../../../shared/errors.js';
import { history, packages, preview } from '../records.js';
import { during, type Scene } from '../scene.js';

const html = '<img src=x onerror="document.title=1"><b>bold</b>';
const rtl = 'libsafe\u202egpj.exe\u202c';
const endless = 'x'.repeat(10_000);
const state = during({ state: 'idle', pending: 0, security: 0 });

const strange = [html, rtl, endless, '\u0000\u001b[31mred', 'שלום-עולם'].map((name) => ({
  ...(packages[1] as (typeof packages)[number]),
  name,
}));

export const strangeScenes: readonly Scene[] = [
  {
    name: 'strange-code',
    address: '#/home',
    state: during({
      state: 'failed',
      during: 'stage',
      problem: {
        // A code that a newer helper brings.
        code: 'MOON_IN_THE_WAY' as ErrorCode,
        sentence: 'The moon stands in the way.',
        hint: 'Wait until it has set.',
        details: [html, rtl, endless],
      },
    }),
    press: ['Details'],
  },
  {
    name: 'strange-code-silent',
    address: '#/home',
    state: during({
      state: 'failed',
      during: 'stage',
      problem: { code: 'MOON_IN_THE_WAY' as ErrorCode, sentence: '', hint: '', details: [] },
    }),
  },
  {
    name: 'strange-names',
    address: '#/history/tx-0121',
    state,
    records: {
      history: {
        ...history,
        entries: history.entries.map((entry) =>
          entry.transaction === 'tx-0121' ? { ...entry, packages: strange } : entry,
        ),
      },
    },
  },
  {
    name: 'strange-log',
    address: '#/history/tx-0121',
    state,
    press: ['Log'],
    records: () => ({
      log: {
        run: 'run-31',
        lines: [
          html,
          rtl,
          endless,
          '\u001b[31mred\u001b[0m',
          ...Array.from({ length: 20_000 }, (_, index) => `line ${String(index)}`),
        ],
        dropped: 1_204,
      },
    }),
  },
  {
    name: 'strange-losses',
    address: '#/home',
    state,
    events: [{ kind: 'show', page: 'rollback' }],
    records: () => ({
      preview: {
        ...preview,
        lost: {
          packages: [html, rtl, endless],
          files: Array.from({ length: 100_000 }, (_, index) => `/etc/many/${String(index)}`),
        },
      },
    }),
  },
  {
    name: 'strange-title',
    address: '#/home',
    state: during(
      { state: 'done', stage: 'stage-77e', restorePoint: 'restore-c41' },
      {
        status: {
          restorePoint: { id: 'restore-c41', created: 'not a date', title: `${html} ${rtl} ${endless}` },
        },
      },
    ),
    events: [{ kind: 'show', page: 'rollback' }],
  },
  {
    name: 'strange-answers',
    address: '#/history',
    state,
    handlers: {
      history: () => Promise.reject(new Error('the shell broke its contract')),
      inspect: () => Promise.resolve(undefined as never),
    },
  },
];
