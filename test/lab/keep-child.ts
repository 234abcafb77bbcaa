/**
 * A process as the app's helper is one: it opens the practice system that stays, or makes it anew, and works with it. It prints a
 * JSON line for each thing it was told to do. Arguments: folder, `open` or `renew`, and then any of the words below.
 */
import { once } from 'node:events';
import { activate } from '../../electron/engine/activate.js';
import { decide } from '../../electron/engine/decide.js';
import { outcomeOf } from '../../electron/engine/fault.js';
import { plan } from '../../electron/engine/plan.js';
import {
  openPracticeSystem,
  renewPracticeSystem,
  type PracticeKeepOptions,
} from '../../electron/engine/practice/keep.js';
import { reporter } from '../../electron/engine/report.js';
import { review } from '../../electron/engine/review.js';
import { rollback } from '../../electron/engine/rollback.js';
import { stage } from '../../electron/engine/stage.js';
import { facts } from '../../electron/engine/status.js';
import type { System } from '../../electron/engine/system.js';
import type { Outcome } from '../../shared/errors.js';

const [folder = '', how = 'open', ...words] = process.argv.slice(2);
const say = (document: object): boolean => process.stdout.write(`${JSON.stringify(document)}\n`);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const options: PracticeKeepOptions = {
  folder,
  offline: true,
  report: reporter(({ type, text }) => {
    if (type === 'phase-started') process.stderr.write(`${text}\n`);
  }),
  signal: stop.signal,
};
const opened = await outcomeOf(() => (how === 'renew' ? renewPracticeSystem : openPracticeSystem)(options));
say(opened.ok ? { ok: true, fresh: opened.value.fresh } : opened);
if (opened.ok) for (const word of words) await obey(word, opened.value.system);

async function obey(word: string, system: System): Promise<void> {
  const verbs: Record<string, () => Promise<Outcome<unknown>>> = {
    plan: () => plan(system, { scope: 'all', selected: [] }),
    stage: () => stage(system),
    review: () => review(system),
    theirs: async () => {
      const seen = await review(system);
      if (!seen.ok) return seen;
      const { stage: id, conflicts } = seen.value;
      const decisions = conflicts.map(({ id: conflict }) => ({ conflict, choice: 'theirs' as const }));
      return decide(system, { stage: id, decisions });
    },
    activate: () => activate(system),
    rollback: () => rollback(system),
    facts: () => Promise.resolve({ ok: true, value: facts(system) }),
    hold: async () => {
      say({ holding: true });
      await once(process.stdin.resume(), 'end');
      return { ok: true, value: null };
    },
  };
  const outcome = await verbs[word]?.();
  say(outcome ?? { unknown: word });
}
