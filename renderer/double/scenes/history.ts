/** History: the timeline, an entry, the space, the way back. */
import { days, ago, history, mb, gb, restorePoints, packages } from '../records.js';
import { during, type Scene } from '../scene.js';

const state = during({ state: 'idle', pending: 0, security: 0 });
const nothing = { entries: [], restorePoints: [], staged: [], unseen: [] };

const longPast = () =>
  Array.from({ length: 2_000 }, (_, index) => {
    const template = history.entries[index % history.entries.length] ?? history.entries[0];
    const started = ago((index + 1) * 0.9 * days);
    return {
      ...template,
      transaction: `tx-${String(9_000 - index)}`,
      started,
      ended: started,
    } as (typeof history.entries)[number];
  });

const manyPackages = () =>
  Array.from({ length: 2_000 }, (_, index) => ({
    ...(packages[index % packages.length] as (typeof packages)[number]),
    name: `library-of-${String(index)}`,
  }));

export const historyScenes: readonly Scene[] = [
  { name: 'history', address: '#/history', state },
  { name: 'history-empty', address: '#/history', state, records: { history: nothing } },
  {
    name: 'history-long',
    address: '#/history',
    state,
    records: () => ({ history: { ...history, entries: longPast() } }),
  },
  { name: 'history-entry', address: '#/history/tx-0121', state },
  { name: 'history-entry-failed', address: '#/history/tx-0119', state },
  { name: 'history-entry-recovered', address: '#/history/tx-0117', state },
  {
    name: 'history-entry-open',
    address: '#/history/tx-0122',
    state,
    records: {
      history: {
        ...history,
        entries: [
          {
            transaction: 'tx-0122',
            kind: 'activate',
            started: ago(40_000),
            ended: null,
            seconds: null,
            outcome: 'open',
            title: '',
            stage: null,
            restorePoint: null,
            packages: [],
          },
          ...history.entries,
        ],
      },
    },
  },
  {
    name: 'history-entry-2000-packages',
    address: '#/history/tx-0121',
    state,
    records: () => ({
      history: {
        ...history,
        entries: history.entries.map((entry) =>
          entry.transaction === 'tx-0121' ? { ...entry, packages: manyPackages() } : entry,
        ),
      },
    }),
  },
  { name: 'history-entry-missing', address: '#/history/tx-9999', state },
  { name: 'history-rollback', address: '#/history/tx-0116', state, press: ['Roll back to before this…'] },
  { name: 'history-prune', address: '#/history', state, press: ['Free space…'] },
  {
    name: 'history-many-points',
    address: '#/history',
    state,
    records: {
      history: {
        ...history,
        restorePoints: Array.from({ length: 24 }, (_, index) => ({
          ...(restorePoints[index % 3] as (typeof restorePoints)[number]),
          id: `restore-${String(100 + index)}`,
          created: ago(index * 9 * days),
          ownBytes: index % 5 === 0 ? 1.9 * gb : 80 * mb,
        })),
      },
    },
  },
  {
    name: 'history-unseen',
    address: '#/history',
    state: during(
      { state: 'idle', pending: 0, security: 0 },
      { app: { connection: { state: 'read-only', problem: null }, historyRebuilt: true } },
    ),
    records: {
      history: {
        ...nothing,
        unseen: [{ what: '/var/lib/understudy/journal', why: 'It may be read by root alone.' }],
      },
    },
  },
  {
    name: 'history-problem',
    address: '#/history',
    state,
    handlers: {
      history: () =>
        Promise.resolve({
          ok: false,
          problem: { code: 'JOURNAL_DAMAGED', sentence: '', hint: '', details: ['line 217'] },
        }),
    },
  },
  { name: 'history-german', address: '#/history', state, language: 'de' },
  { name: 'history-entry-german', address: '#/history/tx-0121', state, language: 'de' },
];
