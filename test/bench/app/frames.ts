/**
 * How evenly long lists scroll: 2,000 packages in Choose and 100,000 files in Review, that came through server and services. Turned by
 * the mouse wheel, and dragged from one end to the other so that no frame has a row of the one before. There is no GPU in a headless
 * chromium: it draws by the processor.
 */
import type { Browser } from 'playwright-core';
import { quantile, type BenchOptions, type BenchRow } from '../row.js';
import { served, type Visit } from './browser.js';
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

interface Frame {
  /** When it began, in ms. */
  readonly began: number;
  /** From there until it was laid out and painted by the page. */
  readonly work: number;
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
      const wheel: Frame[][] = [];
      const drag: Frame[][] = [];
      for (let run = 0; run < runs; run += 1) {
        wheel.push(await framesOf(visit, () => turnWheel(visit, scroller, quick ? 2 : 5)));
        drag.push(await framesOf(visit, () => dragThrough(visit, scroller, quick ? 120 : 300)));
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

function rowsOf(name: string, runs: readonly (readonly Frame[])[]): BenchRow[] {
  const intervals = runs.flatMap((frames) =>
    frames.slice(1).map(({ began }, index) => began - (frames[index]?.began ?? 0)),
  );
  const work = runs.flat().map((frame) => frame.work);
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return [
    {
      name: `app, ${name}: from frame to frame, p95 (no GPU)`,
      ours: rounded(quantile(intervals, 0.95)),
      unit: 'ms',
      target,
    },
    {
      name: `app, ${name}: work of the page in a frame, p95`,
      ours: rounded(quantile(work, 0.95)),
      unit: 'ms',
    },
    {
      name: `app, ${name}: frames of more than 50 ms`,
      ours: intervals.filter((ms) => ms > 50).length,
      unit: 'count',
    },
  ];
}

/** The frames that the page draws while `act` goes on. */
async function framesOf({ page }: Visit, act: () => Promise<void>): Promise<Frame[]> {
  await page.evaluate(watchFrames);
  await act();
  return page.evaluate<Frame[]>('globalThis.endFrames()');
}

async function turnWheel({ page, devtools }: Visit, scroller: string, seconds: number): Promise<void> {
  const element = page.locator(scroller);
  await element.evaluate('(node) => node.scrollTo(0, 0)');
  const box = await element.boundingBox();
  if (!box) throw new Error('There is nothing to scroll.');
  await devtools.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + Math.min(box.height, 600) / 2,
    yDistance: -wheelSpeed * seconds,
    speed: wheelSpeed,
    gestureSourceType: 'mouse',
  });
  const moved = await element.evaluate<number, unknown>('(node) => node.scrollTop');
  if (moved < (wheelSpeed * seconds) / 2)
    throw new Error(`The wheel moved the list by ${moved} pixels only.`);
}

async function dragThrough({ page }: Visit, scroller: string, frames: number): Promise<void> {
  await page.locator(scroller).evaluate(`(node) => new Promise((resolve) => {
    let frame = 0;
    const next = () => {
      node.scrollTop = (node.scrollHeight - node.clientHeight) * frame / ${frames};
      frame += 1;
      if (frame > ${frames}) resolve();
      else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })`);
}

/** A message that is sent in a frame comes when the frame is laid out and painted. */
const watchFrames = `(() => {
  const frames = [];
  let isOver = false;
  let began = 0;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => frames.push({ began, work: performance.now() - began });
  const frame = (time) => {
    if (isOver) return;
    began = time;
    channel.port2.postMessage(null);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.endFrames = () => {
    isOver = true;
    return frames;
  };
})()`;
