/** `understudy status`: where the update stands, and what happens by itself. */
import type { Schedule } from '../../../shared/app.js';
import type { UpdateState } from '../../../shared/state.js';
import type { Status } from '../../../shared/status.js';
import type { Place } from '../../services/connection/places.js';
import { deriveState } from '../../services/update-state.js';
import { lookAtSchedule } from '../automatic-stage.js';
import { statusLines } from '../render/status.js';
import { nothing } from './given.js';
import { systemVerb } from './verb.js';

export interface StatusAnswer {
  readonly update: UpdateState;
  /** Who looked. */
  readonly connection: Place['kind'] | 'in-process';
  readonly schedule: Schedule;
  readonly status: Status;
}

/** A terminal remembers nothing: what is over is told for as long as the records tell it. */
const nothingSeen: ReadonlySet<string> = new Set();

export const status = systemVerb<StatusAnswer>({
  name: 'status',
  help: {
    summary: 'show where the update stands, and what happens by itself',
    synopsis: [''],
    does: [
      'Shows the state of the update in one sentence, with the next step; how many updates wait; whether automatic staging is due and if not, why; and the newest restore point.',
      'Asks the helper where one runs, which knows what is going on right now; else it looks for itself.',
    ],
    doesNot: ['It changes nothing.', 'It does not fetch the index.'],
    examples: [
      ['understudy status', 'Am I safe? What is waiting?'],
      ["understudy status --json | jq -r '.value.schedule.reason'", 'Why nothing happens by itself.'],
    ],
    exits: [
      ['done', 'shown'],
      ['failed', 'it could not be looked at'],
      ['usage', 'the command was not understood, or DIR is no root tree'],
    ],
  },
  options: {},
  long: false,
  onRecovery: 'go-on',
  read(given) {
    nothing(given);
    return async ({ engine, system }) => {
      const looked = await lookAtSchedule(engine, system);
      if (!looked.ok) return looked;
      const { schedule, status: told } = looked.value;
      const connection = await engine.place();
      return {
        ok: true,
        value: { update: deriveState(told, nothingSeen), connection, schedule, status: told },
      };
    };
  },
  lines: statusLines,
});
