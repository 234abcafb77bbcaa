/** What the timer calls: stages in the background if the schedule wants it now, as the scheduler of the app does. */
import type { Schedule } from '../../shared/app.js';
import type { Outcome } from '../../shared/errors.js';
import type { Staged } from '../../shared/history.js';
import type { SystemSettings } from '../../shared/settings.js';
import type { Status } from '../../shared/status.js';
import type { System } from '../engine/system.js';
import { currentConditions } from '../services/schedule/conditions.js';
import { decideSchedule } from '../services/schedule/decide-schedule.js';
import { dependsOnMoment, settingsThatHold } from '../services/schedule/scheduler.js';
import type { EngineVerbs } from './engine.js';

/** Nothing was done, and why. */
export interface NotDue {
  readonly schedule: Schedule;
}

export async function automaticallyStaged(
  engine: EngineVerbs,
  system: System,
): Promise<Outcome<Staged | NotDue>> {
  const looked = await lookAtSchedule(engine, system);
  if (!looked.ok) return looked;
  const { schedule, status, settings } = looked.value;
  if (schedule.reason !== 'due') return { ok: true, value: { schedule } };
  const { scope } = settings.automatic;
  if (status.staged?.ready === true) {
    const plan = await engine.plan(system, { scope, selected: [] });
    if (!plan.ok) return plan;
    // What is staged is still what there is.
    if (plan.value.id === status.staged.plan)
      return { ok: true, value: { schedule: { reason: 'staged-already', next: null } } };
  }
  return engine.stage(system, { scope, selected: [], background: true });
}

export interface Looked {
  readonly schedule: Schedule;
  readonly status: Status;
  readonly settings: SystemSettings;
}

/** The schedule of this moment. The machine is inspected only where that has a say in it. */
export async function lookAtSchedule(engine: EngineVerbs, system: System): Promise<Outcome<Looked>> {
  const [status, answered] = await Promise.all([engine.status(system), engine.settings(system)]);
  if (!status.ok) return status;
  const settings = settingsThatHold(answered);
  if (!settings) return answered as Extract<typeof answered, { ok: false }>;
  const facts = { settings: settings.automatic, status: status.value, conditions: null, confirmed: null };
  const schedule = decideSchedule(facts, new Date());
  if (!dependsOnMoment(schedule)) return { ok: true, value: { schedule, status: status.value, settings } };
  const conditions = await currentConditions(() => engine.inspect(system));
  return {
    ok: true,
    value: { schedule: decideSchedule({ ...facts, conditions }, new Date()), status: status.value, settings },
  };
}
