/** Tells a practice run as it happens: each step is a phase, what the verbs report shows as its progress, a sentence ends it. */
import type { PracticeResult } from '../../../shared/practice.js';
import type { Reporter } from '../report.js';

export interface Step<T> {
  readonly value: T;
  /** What happened, for someone who sees it for the first time. */
  readonly sentence: string;
}

export class Tale {
  readonly steps: PracticeResult['steps'] = [];
  readonly proved: string[] = [];
  #show: ((detail: { text: string }) => void) | undefined;

  constructor(private readonly report: Reporter) {}

  /** Where the verbs report to: their phases are the progress of the step that is open. */
  readonly inner: Reporter = {
    phase: (_phase, text, body) => {
      this.#show?.({ text });
      return body((detail) => {
        if (detail.text !== undefined) this.#show?.({ text: `${text}: ${detail.text}` });
      });
    },
    log: () => undefined,
  };

  async step<T>(name: string, title: string, body: () => Promise<Step<T>>): Promise<T> {
    const started = Date.now();
    const { value, sentence } = await this.report.phase('practice', title, async (show) => {
      this.#show = show;
      try {
        return await body();
      } finally {
        this.#show = undefined;
      }
    });
    const seconds = (Date.now() - started) / 1000;
    this.steps.push({ name, seconds, sentence });
    this.report.log('practice', `${name} (${seconds.toFixed(1)} s): ${sentence}`);
    return value;
  }

  prove(sentence: string): void {
    this.proved.push(sentence);
    this.report.log('practice', `  proved: ${sentence}`);
  }
}
