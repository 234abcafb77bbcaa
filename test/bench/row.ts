/** One measured line of the benchmark report, and how a figure is arrived at. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly peer?: number;
  readonly peerName?: string;
  readonly unit: 's' | 'MB' | 'bytes';
  /** In words, e.g. `not above the peer`. */
  readonly target?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

async function seconds(work: () => Promise<void> | void): Promise<number> {
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
