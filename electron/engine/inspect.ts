/** The verb `inspect`: what this machine is. Works without root; what it could not see is in the answer. */
import type { Outcome } from '../../shared/errors.js';
import type { Machine } from '../../shared/machine.js';
import { plainView } from './environments/plain-view.js';
import { outcomeOf } from './fault.js';
import { inspectMachine } from './inspect/machine.js';
import { packageManagers } from './packages/registry.js';
import type { System } from './system.js';

export function inspect(system: System): Promise<Outcome<Machine>> {
  return outcomeOf(() => inspectMachine(system, packageManagers, plainView(system.root)));
}

/** Whether anything is known of what archives offer: without an index, nothing found to wait means nothing. */
export function isIndexKnown(system: System): boolean {
  return packageManagers.some((manager) => manager.indexDate(system) !== undefined);
}
