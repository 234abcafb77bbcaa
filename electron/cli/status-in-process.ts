/** The status as this process sees it, without a helper: what the journal and the records say, and no run but this one. */
import type { Outcome } from '../../shared/errors.js';
import type { Status } from '../../shared/status.js';
import { outcomeOf } from '../engine/fault.js';
import { facts } from '../engine/status.js';
import type { System } from '../engine/system.js';
import { ownVersion } from '../services/version.js';

export function statusInProcess(system: System): Promise<Outcome<Status>> {
  return outcomeOf(() =>
    Promise.resolve({
      helper: {
        version: ownVersion(),
        pid: process.pid,
        privileged: process.getuid?.() === 0,
        practice: false,
        started: new Date().toISOString(),
      },
      run: null,
      last: null,
      recovered: [],
      pending: null,
      ...facts(system),
    }),
  );
}
