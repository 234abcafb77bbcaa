/** How long to wait between two attempts: twice as long each time, up to a limit, and short again after a success. */
export interface Patience {
  /** Milliseconds until the next attempt. */
  next(): number;
  reset(): void;
}

export function patience(firstMs = 1_000, mostMs = 30_000): Patience {
  let wait = firstMs;
  return {
    next() {
      const now = wait;
      wait = Math.min(mostMs, wait * 2);
      return now;
    },
    reset: () => {
      wait = firstMs;
    },
  };
}
