/**
 * What the page keeps: the whole wizard from Choose to Done and the way back, again and again in one page, with 2,000 packages and
 * 100,000 files each time. The helper is a double (update-double.ts); page, server and services are real. Memory is the JavaScript heap after
 * a collection of garbage.
 */
import type { Browser } from 'playwright-core';
import type { BenchOptions, BenchRow } from '../row.js';
import { scrollThrough, served, type Visit } from './browser.js';
import { UpdateDouble } from './update-double.js';

/**
 * What the snapshots themselves differ by. One plan or one list of packages that is kept is some 0.5 MB, a review 20 MB, a run 4 MB at
 * least over all runs.
 */
const noiseMb = 0.1;

interface Memory {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

export async function measureWizard(browser: Browser, { quick, say }: BenchOptions): Promise<BenchRow[]> {
  const runs = quick ? 4 : 10;
  const update = new UpdateDouble();
  const server = await served(browser, update.app);
  const after: Memory[] = [];
  const objects: number[] = [];
  try {
    const visit = await server.visit();
    await visit.page.goto(visit.address);
    await visit.page.getByRole('heading', { name: 'updates are waiting' }).waitFor();
    for (let run = 1; run <= runs; run += 1) {
      await walk(visit);
      after.push(await memoryOf(visit));
      if (run === 2 || run === runs) objects.push(await objectBytes(visit));
      const { heap, nodes, listeners } = after.at(-1) as Memory;
      say(`run ${run}: ${(heap / 1e6).toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners`);
    }
    await visit.leave();
  } finally {
    await server.close();
    update.close();
  }
  const at = (run: number): Memory =>
    after[run - 1] ?? { heap: Number.NaN, nodes: Number.NaN, listeners: Number.NaN };
  const growth = (what: keyof Memory): number => at(runs)[what] - at(2)[what];
  const heapAfter = (run: number): BenchRow => ({
    name: `app, memory of the page after wizard run ${run} (helper: double)`,
    ours: at(run).heap / 1e6,
    unit: 'MB',
  });
  const since = `growth from run 2 to ${runs}`;
  return [
    ...[1, 2, runs].map(heapAfter),
    {
      name: `app, memory of the page, ${since}, its own objects (compiled code aside)`,
      ours: ((objects[1] ?? Number.NaN) - (objects[0] ?? Number.NaN)) / 1e6,
      unit: 'MB',
      target: { atMost: noiseMb, of: 'value' },
    },
    {
      name: `app, nodes of the page, ${since}`,
      ours: growth('nodes'),
      unit: 'count',
      target: { atMost: 0, of: 'value' },
    },
    {
      name: `app, listeners of the page, ${since}`,
      ours: growth('listeners'),
      unit: 'count',
      target: { atMost: 0, of: 'value' },
    },
  ];
}

/** From Home through all steps, back by one click, and Home again. */
async function walk({ page }: Visit): Promise<void> {
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const arrive = (name: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await page.evaluate("location.hash = '#/wizard/choose'");
  await page.getByRole('list', { name: 'Updates', exact: true }).waitFor();
  await scrollThrough(page, '[data-scroller]', 20);
  await press('Continue');
  await arrive('Check that the update can start');
  await press('Continue');
  await press('Start the rehearsal');
  await page.getByRole('link', { name: 'Review the changes', exact: true }).click();
  await press('Show every file');
  await scrollThrough(page, '.files .scroller', 20);
  await press('On to the switch');
  await press('Switch now');
  await press('Roll back…');
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
  await arrive('You are back on the system before');
  await press('Done');
  await page.getByRole('heading', { level: 1, name: 'updates are waiting' }).waitFor();
}

async function memoryOf({ page, devtools }: Visit): Promise<Memory> {
  await devtools.send('Performance.enable');
  // Effects and transitions that are over within two frames are no part of what is kept.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  // What a first collection lets go of may hold more, which only the next finds.
  for (let turn = 0; turn < 3; turn += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

/** Kinds of nodes in a snapshot that are made by the page's script. The others are compiled code, and what the browser notes about any page. */
const ownKinds = [
  'object',
  'closure',
  'array',
  'string',
  'concatenated string',
  'sliced string',
  'number',
  'regexp',
];

interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      /** The first entry lists the names of the kinds. */
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  /** All nodes one after the other, so many fields each. */
  readonly nodes: readonly number[];
}

/** Bytes of what the page's script has made and something still holds; taking a snapshot collects the garbage first. */
async function objectBytes({ devtools }: Visit): Promise<number> {
  const parts: string[] = [];
  const take = ({ chunk }: { readonly chunk: string }): void => void parts.push(chunk);
  devtools.on('HeapProfiler.addHeapSnapshotChunk', take);
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  devtools.off('HeapProfiler.addHeapSnapshotChunk', take);
  const { snapshot, nodes } = JSON.parse(parts.join('')) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const kind = fields.indexOf('type');
  const size = fields.indexOf('self_size');
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    if (ownKinds.includes(types[0][nodes[node + kind] ?? -1] ?? '')) bytes += nodes[node + size] ?? 0;
  }
  return bytes;
}
