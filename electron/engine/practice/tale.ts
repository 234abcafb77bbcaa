/** Tells a practice run as it happens: each step is a phase, what the verbs report shows as its progress, a sentence ends it. */
import type { PracticeResult } from '../../../shared/practice.js';
import type { ProgressEvent } from '../../../shared/progress.js';
import type { Reporter } from '../report.js';

type Show = (detail: Pick<ProgressEvent, 'text' | 'done' | 'total' | 'unit'>) => void;

interface Told<T> {
  readonly value: T;
  /** What happened, for someone who sees it for the first time. */
  readonly sentence: string;
}

export class Tale {
  readonly steps: PracticeResult['steps'] = [];
  readonly proved: string[] = [];
  #show: Show | undefined;

  constructor(private readonly report: Reporter) {}

  /** Where the verbs report to: their phases are the progress of the step that is open. */
  readonly inner: Reporter = {
    phase: (_phase, text, body) => {
      this.#show?.({ text });
      return body(({ text: detail }) => {
        if (detail !== undefined) this.#show?.({ text: `${text}: ${detail}` });
      });
    },
    log: () => undefined,
  };

  async step<T>(name: string, title: string, body: (show: Show) => Promise<Told<T>>): Promise<T> {
    const started = Date.now();
    const { value, sentence } = await this.report.phase('practice', title, async (show) => {
      this.#show = show;
      try {
        return await body(show);
      } finally {
        this.#show = undefined;
      }
    });
    const seconds = (Date.now() - started) / 1000;
    this.steps.push({ name, seconds, sentence });
    this.report.log('practice', `${name} (${seconds.toFixed(1)} s): ${sentence}`);
    return value;
  }

  /** A step that only proves something. Whatever is not so throws. */
  async prove(title: string, body: () => Promise<readonly string[]>): Promise<void> {
    const before = this.proved.length;
    await this.step('prove', title, async () => {
      const sentences = await body();
      this.proved.push(...sentences);
      const [only, ...more] = sentences;
      return {
        value: undefined,
        sentence: more.length === 0 ? (only ?? '') : `${sentences.length} things are proved.`,
      };
    });
    const added = this.proved.slice(before);
    if (added.length > 1) for (const sentence of added) this.report.log('practice', `  ${sentence}`);
  }
}
