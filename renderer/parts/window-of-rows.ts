/**
 * Which rows of a long list can be seen. Heights are known beforehand, so that 100,000 rows cost one sum each, once, and a
 * scroll costs two binary searches.
 */
export class RowHeights {
  /** Where each row begins; one more than rows, the last being the whole height. */
  readonly #tops: Float64Array;

  constructor(count: number, heightOf: (index: number) => number) {
    this.#tops = new Float64Array(count + 1);
    for (let index = 0; index < count; index += 1) {
      this.#tops[index + 1] = this.top(index) + heightOf(index);
    }
  }

  get count(): number {
    return this.#tops.length - 1;
  }

  get total(): number {
    return this.top(this.count);
  }

  top(index: number): number {
    return this.#tops[index] ?? 0;
  }

  /** The rows from `first` up to but without `end` touch the stretch from `from` to `to`, with `spare` rows on either side. */
  between(from: number, to: number, spare: number): { first: number; end: number } {
    const first = Math.max(0, this.#rowAt(from) - spare);
    const end = Math.min(this.count, this.#rowAt(to) + 1 + spare);
    return { first: Math.min(first, end), end };
  }

  /** The last row that begins at or above `y`. */
  #rowAt(y: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= y) low = middle;
      else high = middle - 1;
    }
    return Math.min(low, Math.max(0, this.count - 1));
  }
}
