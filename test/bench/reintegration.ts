/** The merge of a whole `/etc` with what an update brings: three trees of 3,000 files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { merge } from '../../electron/engine/merge.js';
import { Figures, seconds, type Bench, type BenchRow } from './row.js';

export const benchReintegration: Bench = {
  name: 'reintegration',
  impossible: () => Promise.resolve(undefined),
  run: ({ quick }) => merging(quick ? 1 : 3),
};

/** An `/etc` of 3,000 files: a third of them changed on one side, a tenth on both. */
async function merging(runs: number): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-merge-'));
  const figures = new Figures();
  const sides = ['base', 'mine', 'theirs'] as const;
  try {
    for (const side of sides)
      for (let index = 0; index < 3000; index++) {
        const lines = Array.from({ length: 40 }, (_, line) => `setting-${line} = ${index}`);
        if (side === 'mine' && index % 5 === 0) lines[3] = 'setting-3 = of the user';
        if (side === 'theirs' && index % 6 === 0) lines[30] = 'setting-30 = of the update';
        const inside = join(folder, side, `part-${index % 60}`);
        mkdirSync(inside, { recursive: true });
        writeFileSync(join(inside, `${index}.conf`), `${lines.join('\n')}\n`);
      }
    const [base, mine, theirs] = sides.map((side) => join(folder, side));
    for (let turn = 0; turn < runs; turn++) {
      const out = join(folder, `out-${turn}`);
      const { signal } = new AbortController();
      const taken = await seconds(async () => {
        const outcome = await merge({ base: base!, mine: mine!, theirs: theirs!, out, signal });
        if (!outcome.ok) throw new Error(JSON.stringify(outcome));
      });
      figures.add('merge', taken);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    {
      name: 'merge of an /etc of 3,000 files',
      ours: figures.median('merge'),
      unit: 's',
      target: { atMost: 1, of: 'value' },
    },
  ];
}
