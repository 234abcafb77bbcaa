/** How the system is at this moment, to be compared with how the new one is later. */
import { networkOf } from '../inspect/network.js';
import type { MachineSources } from '../inspect/sources.js';
import type { HealthBefore } from '../trial/trial-record.js';
import { failedUnits } from './units.js';

const patienceMs = 10_000;

export async function healthNow(sources: MachineSources): Promise<HealthBefore> {
  const [failed, network] = await Promise.all([
    failedUnits(sources),
    networkOf(sources, AbortSignal.timeout(patienceMs)),
  ]);
  return { failedUnits: failed ?? null, connected: network.connected };
}
