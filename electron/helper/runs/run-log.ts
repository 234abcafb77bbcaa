/** The log of the newest run: its end is kept, bounded in lines and in bytes, for clients that come later. */
import type { RunLog } from '../../../shared/run.js';

const mostLines = 20_000;
const mostBytes = 4 * 1024 * 1024;
/** Characters of a line; what is longer is cut. */
const longestLine = 2_000;

export class RunLogKeeper {
  #run: string | null = null;
  #lines: string[] = [];
  #bytes = 0;
  #dropped = 0;

  begin(run: string): void {
    this.#run = run;
    this.#lines = [];
    this.#bytes = 0;
    this.#dropped = 0;
  }

  add(line: string): void {
    const kept = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    this.#lines.push(kept);
    this.#bytes += kept.length;
    if (this.#lines.length <= mostLines && this.#bytes <= mostBytes) return;
    // A tenth at once, so that a long log is not moved with every line.
    const gone = this.#lines.splice(0, Math.ceil(this.#lines.length / 10));
    this.#dropped += gone.length;
    for (const each of gone) this.#bytes -= each.length;
  }

  read(): RunLog {
    return { run: this.#run, lines: [...this.#lines], dropped: this.#dropped };
  }
}
