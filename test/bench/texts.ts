/** Long texts: what grows with the system or with what the user wrote, and must not keep anyone waiting. */
import { runnerImport } from 'vite';
import { difference } from '../../electron/cli/text/line-difference.js';
import { paragraphs } from '../../electron/engine/packages/apt/deb822.js';
import { mergeText } from '../../electron/engine/reintegrate/merge-text.js';
import { inCheckout } from '../lab/checkout.js';
import { median, seconds, type Bench, type BenchRow } from './row.js';

export const benchTexts: Bench = {
  name: 'texts',
  impossible: () => Promise.resolve(undefined),
  run: async ({ quick }) => [
    await row('10 MB of a status file read', 1, quick, readStatus()),
    await row('difference of two texts of 20,000 lines with nothing in common', 5, quick, compare()),
    await row('merge of texts of 40,000 lines, changed on both sides', 5, quick, mergeBoth()),
    await row('one of 100,000 files searched in the review', 0.25, quick, await searchFiles()),
    await row(
      'difference in the app of two texts of 20,000 lines with nothing in common',
      5,
      quick,
      await compareInApp(),
    ),
  ],
};

async function row(name: string, atMost: number, quick: boolean, work: () => number): Promise<BenchRow> {
  const taken: number[] = [];
  for (let turn = 0; turn < (quick ? 1 : 5); turn += 1)
    taken.push(
      await seconds(() => {
        if (work() === 0) throw new Error(`${name}: nothing came of it`);
      }),
    );
  return { name, ours: median(taken), unit: 's', target: { atMost, of: 'value' } };
}

function readStatus(): () => number {
  const one = `Package: some-package\nStatus: install ok installed\nVersion: 1.0\n${' description\n'.repeat(200)}\n`;
  const text = one.repeat(Math.ceil(10_000_000 / one.length));
  return () => [...paragraphs(text, new Set(['package', 'version']))].length;
}

function compare(): () => number {
  const [mine, theirs] = ['a', 'b'].map((word) => Array.from({ length: 20_000 }, (_, at) => `${word}${at}`));
  return () => difference(mine ?? [], theirs ?? []).length;
}

function mergeBoth(): () => number {
  const base = Array.from({ length: 40_000 }, (_, at) => `line ${at}\n`).join('');
  const changed = (at: number): Buffer => Buffer.from(base.replace(`line ${at}\n`, 'changed\n'));
  const [mine, theirs] = [changed(20_000), changed(24_000)];
  return () => ('merged' in mergeText(Buffer.from(base), mine, theirs) ? 1 : 0);
}

interface Records {
  readonly manyFiles: (count: number) => { readonly files: readonly unknown[] };
}
interface Search {
  readonly filesFor: (
    files: readonly unknown[],
    wanted: { readonly area: string | null; readonly text: string },
  ) => readonly unknown[];
}
interface Difference {
  readonly differenceOf: (mine: string, theirs: string) => readonly unknown[];
}

/** A module of the renderer, which only its own build compiles. */
async function ofRenderer<Module>(path: string): Promise<Module> {
  const file = inCheckout(`renderer/${path}`);
  return (await runnerImport<Module>(file, { root: inCheckout(''), configFile: false, logLevel: 'warn' }))
    .module;
}

async function searchFiles(): Promise<() => number> {
  const { manyFiles } = await ofRenderer<Records>('double/scenes/wizard-records.ts');
  const { filesFor } = await ofRenderer<Search>('wizard/review/files.ts');
  const { files } = manyFiles(100_000);
  return () => filesFor(files, { area: 'programs', text: 'module-99999' }).length;
}

async function compareInApp(): Promise<() => number> {
  const { differenceOf } = await ofRenderer<Difference>('wizard/review/difference.ts');
  const [mine = '', theirs = ''] = ['a', 'b'].map((word) =>
    Array.from({ length: 20_000 }, (_, at) => `${word}${at}\n`).join(''),
  );
  return () => differenceOf(mine, theirs).length;
}
