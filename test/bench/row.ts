/** One measured line of the benchmark report, and how a figure is arrived at. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly peer?: number;
  readonly peerName?: string;
  readonly unit: 's' | 'ms' | 'MB' | 'kB' | 'bytes' | '1/s' | 'count';
  /** What was promised: the figure itself at most so much, or the figure over the peer's. Absent: for information. */
  readonly target?: { readonly atMost: number; readonly of: 'value' | 'ratio' };
}

export interface Bench {
  readonly name: string;
  /** Takes many minutes: a quick run leaves it out unless it is named. */
  readonly isLong?: boolean;
  /** Why it cannot be run here, or `undefined`. */
  impossible(): Promise<string | undefined>;
  run(options: BenchOptions): Promise<BenchRow[]>;
}

export interface BenchOptions {
  /** Fewer runs and smaller trees: shows that everything works, the figures are rough. */
  readonly quick: boolean;
  /** A line about what is being done. */
  readonly say: (text: string) => void;
}

export function ratioOf({ ours, peer }: BenchRow): number | undefined {
  return peer === undefined || peer === 0 ? undefined : ours / peer;
}

/** Whether the target was met; `undefined` where there is none. */
export function metOf(row: BenchRow): boolean | undefined {
  const figure = row.target?.of === 'ratio' ? ratioOf(row) : row.ours;
  return row.target && figure !== undefined ? figure <= row.target.atMost : undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which `share` of them lie, such as 0.95. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/**
 * Median seconds of each side over `runs` runs. The sides alternate, so that a slow spell of the machine meets both; `before` is
 * called ahead of every run and not measured.
 */
export async function alternate(
  ours: () => Promise<void> | void,
  peer: () => Promise<void> | void,
  options: { readonly runs?: number; readonly before?: () => void } = {},
): Promise<{ ours: number; peer: number }> {
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let run = 0; run < (options.runs ?? 5); run++) {
    options.before?.();
    times.ours.push(await seconds(ours));
    options.before?.();
    times.peer.push(await seconds(peer));
  }
  return { ours: median(times.ours), peer: median(times.peer) };
}

/** Collects figures by name over several runs. */
export class Figures {
  readonly #values = new Map<string, number[]>();

  add(name: string, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  median(name: string): number {
    return median(this.#values.get(name) ?? []);
  }
}
