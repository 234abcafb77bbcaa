/** Plans in the store: `plans/<id>.json`; the newest twenty are kept. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { planSchema, type Plan } from '../../../shared/plan.js';
import { Fault, systemErrorCode } from '../fault.js';
import { bytes, join } from '../posix/raw-path.js';
import { storeFolder, type System } from '../system.js';
import { checkedId } from './ids.js';
import { readRecord, writeRecord } from './record-file.js';

const keep = 20;

export function savePlan(system: System, plan: Plan): void {
  const folder = storeFolder(system, 'plans');
  writeRecord(join(folder, `${plan.id}.json`), plan);
  for (const name of newestFirst(system).slice(keep)) rmSync(bytes(join(folder, name)), { force: true });
}

/** The plan with this id, or the newest one. Throws `PLAN_UNKNOWN`. */
export function readPlan(system: System, id?: string): Plan {
  const name = id === undefined ? newestFirst(system)[0] : `${checkedId(id, 'PLAN_UNKNOWN')}.json`;
  if (name === undefined) throw new Fault('PLAN_UNKNOWN');
  const record = readRecord(join(join(system.store, 'plans'), name), planSchema);
  if ('found' in record) return record.found;
  throw new Fault(
    'PLAN_UNKNOWN',
    'missing' in record ? name.replace('.json', '') : `${name}: ${record.damaged}`,
  );
}

/** A plan that was carried out is no plan any more. */
export function forgetPlan(system: System, id: string): void {
  rmSync(bytes(join(join(system.store, 'plans'), `${id}.json`)), { force: true });
}

function newestFirst(system: System): string[] {
  const folder = join(system.store, 'plans');
  try {
    return readdirSync(bytes(folder), { encoding: 'latin1' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ name, time: statSync(bytes(join(folder, name))).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .map(({ name }) => name);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
