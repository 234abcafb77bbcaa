/** The journal of a rehearsal boot as it comes over the console: its beginning and its end, so that no guest can fill memory or disk. */

export const keptBytes = 2_000_000;
const ofBeginning = keptBytes / 4;
/** A guest that writes so much is not only starting. */
const mostBytes = 64_000_000;

export class KeptJournal {
  readonly #beginning: string[] = [];
  #end: string[] = [];
  #inBeginning = 0;
  #inEnd = 0;
  #all = 0;
  #left = false;

  add(line: string): void {
    const text = plain(line);
    const size = Buffer.byteLength(text) + 1;
    this.#all += size;
    if (this.#end.length === 0 && this.#inBeginning + size <= ofBeginning) {
      this.#beginning.push(text);
      this.#inBeginning += size;
      return;
    }
    this.#end.push(text);
    this.#inEnd += size;
    // Twice as much is held before anything is dropped, so that not every line moves all others.
    if (this.#inEnd > 2 * (keptBytes - ofBeginning)) this.#shorten();
  }

  get isFlood(): boolean {
    return this.#all > mostBytes;
  }

  lines(): readonly string[] {
    this.#shorten();
    return [...this.#beginning, ...(this.#left ? ['[…]'] : []), ...this.#end];
  }

  #shorten(): void {
    let drop = 0;
    while (this.#inEnd > keptBytes - ofBeginning) {
      this.#inEnd -= Buffer.byteLength(this.#end[drop] ?? '') + 1;
      drop += 1;
    }
    if (drop > 0) this.#left = true;
    this.#end = this.#end.slice(drop);
  }
}

/** Without what moves the cursor or colours: it is read in terminals and shown in windows. */
function plain(line: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that are to go
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][A-Z0-9]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
