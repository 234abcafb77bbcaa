/**
 * The verb `decide`: puts the package's version of a configuration file into use in a staged environment, or the user's again. The
 * other one is kept beside it under the distribution's own name. The running system is not touched; what was decided comes with
 * the switch, and goes with a rollback.
 */
import type { Review } from '../../shared/changeset.js';
import type { Decision } from '../../shared/decision.js';
import type { Outcome } from '../../shared/errors.js';
import { carryOut } from './decisions/carry-out.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import { Fault, outcomeOf } from './fault.js';
import { withStoreLock } from './journal/lock.js';
import { readStage, type StageRecord } from './records/stages.js';
import { requireRecovered } from './recover.js';
import { reviewOf } from './review.js';
import type { System } from './system.js';

export interface DecideOptions {
  readonly stage: string;
  readonly decisions: readonly Decision[];
}

/** Faults `STAGE_UNKNOWN`, `STAGE_DAMAGED`, `CONFLICT_UNKNOWN`; then nothing was changed. */
export function decide(system: System, options: DecideOptions): Promise<Outcome<Review>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      const record = readStage(system, engine.environment, options.stage);
      requireKnown(record, options.decisions);
      await requireWhole(engine, record);
      system.signal.throwIfAborted(); // the last moment at which a cancel is honoured: what is begun is completed
      const after = await carryOut(uncancelled(engine), record, options.decisions);
      return reviewOf(engine, after);
    });
  });
}

/** The whole list is right, or none of it is carried out. */
function requireKnown({ conflicts }: StageRecord, decisions: readonly Decision[]): void {
  const known = new Set(conflicts.map(({ id }) => id));
  const unknown = decisions.filter(({ conflict }) => !known.has(conflict));
  if (unknown.length > 0) throw new Fault('CONFLICT_UNKNOWN', ...unknown.map(({ conflict }) => conflict));
  const choices = new Map<string, string>();
  for (const { conflict, choice } of decisions) {
    if ((choices.get(conflict) ?? choice) !== choice)
      throw new Fault('USAGE', `${conflict} is decided in two ways at once.`);
    choices.set(conflict, choice);
  }
}

/** What someone altered by hand must not get a new seal. */
async function requireWhole({ system, environment }: Engine, { id, seal }: StageRecord): Promise<void> {
  await system.report.phase('compare', 'Looking whether the staged environment is whole', async () => {
    const now = await environment.seal(system, environment.open(system, id));
    if (now !== seal) throw new Fault('STAGE_DAMAGED', id);
  });
}

function uncancelled(engine: Engine): Engine {
  return { ...engine, system: { ...engine.system, signal: new AbortController().signal } };
}
