/**
 * Standard output or standard error. Invariant: writing never throws and never ends the process. When the reader goes
 * away (`understudy history | head`) the rest is dropped in silence, because work that alters a system must end well
 * whether or not someone still reads; any other failure (a full disk) is remembered and told at the end.
 */
export interface WritableText {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A vanished pipe reader (write(2): EPIPE), a vanished terminal (EIO), a stream that was closed by one of those. */
const readerGone: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

export class TextStream {
  readonly #stream: WritableText;
  #failure: Error | undefined;
  #open = true;

  constructor(stream: WritableText) {
    this.#stream = stream;
    stream.on('error', (error) => this.#close(error));
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Columns of the terminal now (a serial console may not know, and says 0); infinite for files and pipes. */
  get width(): number {
    return this.isTerminal ? this.#stream.columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** Why text was lost, unless the reader went away by its own choice. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  write(text: string): void {
    if (this.#open && text !== '') this.#stream.write(text);
  }

  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.write(`${lines.join('\n')}\n`);
  }

  /** Resolves when everything has reached the kernel, or cannot any more. */
  flush(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stream.write('', (error) => {
        if (error) this.#close(error);
        resolve();
      });
    });
  }

  #close(error: Error): void {
    if (!this.#open) return;
    this.#open = false;
    if (!('code' in error) || !readerGone.has(error.code)) this.#failure = error;
  }
}
