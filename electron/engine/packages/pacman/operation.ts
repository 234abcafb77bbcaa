/** The words that make pacman do exactly the changes of a plan. */
import type { PackageChange } from '../../../../shared/plan.js';
import { Fault } from '../../fault.js';
import { satisfies } from './dependency.js';
import { offerFor, type Offer } from './sync-index.js';
import { fullUpgrade, transaction, type Context } from './transaction.js';

/** Throws `PLAN_STALE` where the index no longer offers them. */
export async function operationFor(
  context: Context,
  changes: readonly PackageChange[],
): Promise<readonly string[]> {
  const full = await transaction(context, fullUpgrade);
  if (sameChanges(full, changes)) return fullUpgrade;
  const offers = offersFor(context, changes);
  const named = changes.filter(
    ({ name, from, to }) => to !== null && (from !== null || !isNeeded(context, name, offers)),
  );
  return ['--sync', ...named.map(({ name }) => name)];
}

export function offersFor(context: Context, changes: readonly PackageChange[]): Offer[] {
  return changes.flatMap(({ name, to }) => {
    if (to === null) return [];
    const offer = offerFor(context.index, name);
    if (offer?.version !== to) throw new Fault('PLAN_STALE', `${name} ${to} is no longer offered`);
    return [offer];
  });
}

/** pacman marks what it is told by name as wanted by the user, and what comes along as needed by others. */
function isNeeded({ index }: Context, name: string, offers: readonly Offer[]): boolean {
  const offer = offerFor(index, name);
  return (
    offer !== undefined &&
    offers.some(({ depends }) => depends.some((dependency) => satisfies(offer, dependency)))
  );
}

function sameChanges(a: readonly PackageChange[], b: readonly PackageChange[]): boolean {
  const said = (changes: readonly PackageChange[]): string =>
    changes
      .map(({ name, from, to }) => `${name} ${from ?? ''} ${to ?? ''}`)
      .sort()
      .join('\n');
  return said(a) === said(b);
}
