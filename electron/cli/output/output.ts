/** Where a command's progress, remarks, question and result go: for people, or as JSON lines. */
import type { Outcome } from '../../../shared/errors.js';
import type { Recovered } from '../../../shared/history.js';
import type { ProgressSink } from '../../../shared/progress.js';
import type { Answer } from '../verbs/verb.js';
import type { Look } from '../text/look.js';

export interface Finished {
  readonly verb: string | null;
  readonly outcome: Outcome<Answer>;
  readonly exitCode: number;
  readonly recovered: Recovered | undefined;
}

export interface Output {
  readonly progress: ProgressSink;
  /** A remark beside the result, on standard error. */
  note(lines: (look: Look) => readonly string[]): void;
  /** Something that holds while the command goes on, such as an address; for programs a document of its own. */
  readonly announce: (
    document: Readonly<Record<string, unknown>> & { readonly type: string },
    lines: () => readonly string[],
  ) => void;
  /** Shows a question, after the lines that one must have seen to answer it. */
  question(lines: (look: Look) => readonly string[], question: string): void;
  /** The result or the problem; comes last. */
  finish(finished: Finished): void;
}
