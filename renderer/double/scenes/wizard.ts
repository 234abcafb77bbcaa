/** The wizard's steps: every state of each, some in German, and what nobody expects. */
import type { Scene } from '../scene.js';
import { machine, packages, review } from '../records.js';
import { during } from '../scene.js';
import { afterScenes } from './wizard-after.js';
import { beforeScenes } from './wizard-before.js';
import {
  conflicts,
  held,
  noRoom,
  onBattery,
  reportWith,
  unheardOf,
  withConflicts,
} from './wizard-records.js';
import { planned, ready, scene, stage, staged, waiting, withStage } from './wizard-states.js';

const german: readonly Scene[] = [
  scene('german-check', 'check', during(planned), {
    language: 'de',
    records: { check: reportWith(noRoom, held, onBattery) },
  }),
  scene('german-backup', 'backup', during(planned), { language: 'de' }),
  scene(
    'german-review',
    'review',
    withStage(
      { state: 'needs-decision', stage, undecided: 2 },
      { staged: { ...staged, conflicts: 3, undecided: 2 } },
    ),
    { language: 'de', records: { review: withConflicts } },
  ),
  scene('german-switch', 'switch', withStage(ready), { language: 'de', records: { check: reportWith() } }),
];

const html = '<img src=x onerror="document.title=1"><b>bold</b>';
const rtl = 'libsafe\u202egpj.exe\u202c';
const endless = 'x'.repeat(10_000);
const strangeNames = [html, rtl, endless, '\u0000\u001b[31mred', 'שלום-עולם'];

const strange: readonly Scene[] = [
  scene('strange-updates', 'choose', during(waiting), {
    records: {
      machine: {
        ...machine,
        pendingUpdates: machine.pendingUpdates
          .slice(0, strangeNames.length)
          .map((update, index) => ({ ...update, name: strangeNames[index] ?? '', to: endless, from: rtl })),
      },
    },
    press: ['Chosen packages'],
  }),
  scene('strange-checks', 'check', during(planned), {
    records: {
      check: reportWith({ ...unheardOf, title: rtl, sentence: html, measured: endless, remedy: endless }),
    },
  }),
  scene('strange-review', 'review', withStage(ready), {
    records: {
      review: {
        ...review,
        packages: strangeNames.map((name) => ({ ...(packages[1] as (typeof packages)[number]), name })),
        files: strangeNames.map((name) => ({
          ...(review.files[0] as (typeof review.files)[number]),
          path: `/usr/lib/${name}`,
        })),
        conflicts: strangeNames.slice(0, 3).map((name, index) => ({
          ...(conflicts[0] as (typeof conflicts)[number]),
          id: `conflict-${String(index)}`,
          path: `/etc/${name}`,
          package: name,
          beside: `/etc/${name}.dpkg-dist`,
          mine: `${html}\n${endless}\n${rtl}\n`,
          theirs: `${html}\n\n${endless}${endless}\n`,
        })),
        services: strangeNames.map((name, index) => ({ unit: name, process: name, pid: index, files: [] })),
        proofs: [{ id: 'constructor', result: 'warn', sentence: html, details: strangeNames }],
      },
    },
    press: ['Show every file'],
  }),
];

export const wizardScenes: readonly Scene[] = [...beforeScenes, ...afterScenes, ...german, ...strange];
