/** Agreement before anything is altered: given with `--yes`, else asked at a terminal, else needed and told so. */
import type { Readable } from 'node:stream';
import { problem, type Outcome } from '../../shared/errors.js';
import { answeredYes } from './output/question.js';
import type { Output } from './output/output.js';
import type { Preview } from './verbs/verb.js';

export interface ConfirmationOptions {
  readonly yes: boolean;
  /** True when a person can see the question and answer it. */
  readonly canAsk: boolean;
  readonly input: Readable;
  readonly output: Output;
  readonly signal: AbortSignal;
}

export function confirmation(options: ConfirmationOptions) {
  return async (question: string, preview: Preview): Promise<Outcome<true>> => {
    if (options.yes) return { ok: true, value: true };
    if (!options.canAsk) return { ok: false, problem: problem('CONFIRMATION_NEEDED', question) };
    const shown = await preview();
    if (!shown.ok) return shown;
    options.output.question(shown.value, question);
    if (await answeredYes(options.input, options.signal)) return { ok: true, value: true };
    return {
      ok: false,
      problem: problem('CANCELLED', ...(options.signal.aborted ? [] : ['The answer was no.'])),
    };
  };
}
