/** One connection to the first helper that answers, for programs that end soon; it is not made again when it is lost. */
import { existsSync } from 'node:fs';
import { problem, type Outcome } from '../../../shared/errors.js';
import { connect } from '../../helper/client/connect.js';
import type { HelperClient } from '../../helper/client/client.js';
import type { Place } from './places.js';

export type { HelperClient };

export interface Reached {
  readonly client: HelperClient;
  readonly place: Place;
}

/** `HELPER_UNREACHABLE` when nobody is there; any other problem when somebody is, who is of no use. */
export async function reach(places: readonly Place[]): Promise<Outcome<Reached>> {
  let refusal = problem('HELPER_UNREACHABLE');
  for (const place of places) {
    if (!existsSync(place.path)) continue;
    const outcome = await connect(place);
    if (outcome.ok) return { ok: true, value: { client: outcome.value, place } };
    if (refusal.code === 'HELPER_UNREACHABLE') refusal = outcome.problem;
  }
  return { ok: false, problem: refusal };
}
