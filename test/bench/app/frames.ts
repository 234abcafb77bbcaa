/**
 * How evenly long lists scroll: 2,000 packages in Choose and 100,000 files in Review, that came through server and services. Turned by
 * the mouse wheel, and dragged from one end to the other so that no frame has a row of the one before. There is no GPU in a headless
 * chromium: it draws by the processor.
 */
import type { Browser } from 'playwright-core';
import { quantile, type BenchOptions, type BenchRow } from '../row.js';
import { scrollThrough, served, withElement, type Visit } from './browser.js';
import { fileCount, packageCount } from './records.js';
import { UpdateDouble } from './update-double.js';

/** 60 a second; a screen's own rounding of it counts as that. */
const target = { atMost: 16.7, of: 'value' } as const;
/** Pixels a second, as a wheel that is turned fast. */
const wheelSpeed = 4_000;

/** One list: how to come to it, and where the element is that scrolls. */
const lists = [
  {
    name: `${packageCount.toLocaleString('en')} packages`,
    address: '#/wizard/choose',
    scroller: '[data-scroller]',
    open: async ({ page }: Visit) => {
      await page.getByRole('list', { name: 'Updates' }).waitFor();
    },
  },
  {
    name: `${fileCount.toLocaleString('en')} files`,
    address: '#/wizard/review',
    scroller: '.files .scroller',
    open: async ({ page }: Visit) => {
      await page.getByRole('button', { name: 'Show every file' }).click();
      await page.locator('.files .scroller').scrollIntoViewIfNeeded();
    },
  },
] as const;

interface Scrolled {
  /** When each frame began, in ms. */
  readonly frames: readonly number[];
  /** Time of the processor that the page's main thread took meanwhile, in ms; other work of the machine is no part of it. */
  readonly processor: number;
}

export async function measureFrames(browser: Browser, { quick }: BenchOptions): Promise<BenchRow[]> {
  const update = new UpdateDouble();
  update.beStaged();
  const server = await served(browser, update.app);
  const rows: BenchRow[] = [];
  try {
    for (const { name, address, scroller, open } of lists) {
      const visit = await server.visit();
      await visit.page.goto(`${visit.address}${address}`);
      await open(visit);
      const runs = quick ? 1 : 3;
      const wheel: Scrolled[] = [];
      const drag: Scrolled[] = [];
      for (let run = 0; run < runs; run += 1) {
        wheel.push(await framesOf(visit, () => turnWheel(visit, scroller, quick ? 2 : 5)));
        drag.push(await framesOf(visit, () => scrollThrough(visit.page, scroller, quick ? 120 : 300)));
      }
      await visit.leave();
      rows.push(...rowsOf(`${name}, wheel`, wheel), ...rowsOf(`${name}, dragged from end to end`, drag));
    }
  } finally {
    await server.close();
    update.close();
  }
  return rows;
}

function rowsOf(name: string, runs: readonly Scrolled[]): BenchRow[] {
  const intervals = runs.flatMap(({ frames }) =>
    frames.slice(1).map((began, index) => began - (frames[index] ?? Number.NaN)),
  );
  const processor = runs.reduce((sum, run) => sum + run.processor, 0);
  const count = runs.reduce((sum, { frames }) => sum + frames.length, 0);
  const p95 = Math.round(quantile(intervals, 0.95) * 10) / 10;
  const over = intervals.filter((ms) => ms > 50.1).length;
  return [
    { name: `app, ${name}: from frame to frame, p95 (no GPU)`, ours: p95, unit: 'ms', target },
    { name: `app, ${name}: the page's processor time a frame, mean`, ours: processor / count, unit: 'ms' },
    { name: `app, ${name}: frames of more than 50 ms, of ${count}`, ours: over, unit: 'count' },
  ];
}

/** The frames that the page draws while `act` goes on. */
async function framesOf({ page, devtools }: Visit, act: () => Promise<void>): Promise<Scrolled> {
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(watchFrames);
  const before = await processorMs(devtools);
  await act();
  const after = await processorMs(devtools);
  const frames = await page.evaluate<number[]>('globalThis.endFrames()');
  await devtools.send('Performance.disable');
  return { frames, processor: after - before };
}

async function processorMs(devtools: Visit['devtools']): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

async function turnWheel({ page, devtools }: Visit, scroller: string, seconds: number): Promise<void> {
  const element = page.locator(scroller);
  await withElement(page, scroller, '(node) => node.scrollTo(0, 0)');
  const box = await element.boundingBox();
  if (!box) throw new Error('There is nothing to scroll.');
  await devtools.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + Math.min(box.height, 600) / 2,
    yDistance: -wheelSpeed * seconds,
    speed: wheelSpeed,
    gestureSourceType: 'mouse',
  });
  const moved = await withElement<number>(page, scroller, '(node) => node.scrollTop');
  if (moved < (wheelSpeed * seconds) / 2)
    throw new Error(`The wheel moved the list by ${moved} pixels only.`);
}

const watchFrames = `(() => {
  const frames = [];
  let isOver = false;
  const frame = (began) => {
    if (isOver) return;
    frames.push(began);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.endFrames = () => {
    isOver = true;
    return frames;
  };
})()`;
