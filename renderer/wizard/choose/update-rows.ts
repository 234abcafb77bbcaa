/**
 * The rows of the list of updates: in groups, the most urgent first, each group with a heading. A plan for the same choice adds what the
 * package index alone cannot tell: what comes along, what goes, what is held back.
 */
import type { PendingUpdate } from '../../../shared/machine.js';
import type { PackageChange, Plan, Scope } from '../../../shared/plan.js';

export const groups = ['security', 'kernel', 'applications', 'along', 'removed', 'kept'] as const;
export type Group = (typeof groups)[number];

export interface UpdateRow {
  readonly kind: 'update';
  readonly group: Group;
  /** As the package manager is asked for it. */
  readonly id: string;
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly bytes: number;
  readonly origin: string;
  /** Why it is held back. */
  readonly reason: string | null;
  /** Whether one may leave it out. */
  readonly optional: boolean;
}

export interface GroupRow {
  readonly kind: 'group';
  readonly group: Group;
  readonly count: number;
  readonly bytes: number;
}

export type Row = GroupRow | UpdateRow;

/** Of a pending update; where one name waits for several architectures, the architecture belongs to it. */
export function idsOf(pending: readonly PendingUpdate[]): ReadonlyMap<PendingUpdate, string> {
  const times = new Map<string, number>();
  for (const { name } of pending) times.set(name, (times.get(name) ?? 0) + 1);
  return new Map(
    pending.map((update) => {
      const { name, architecture } = update;
      return [update, (times.get(name) ?? 0) > 1 ? `${name}:${architecture}` : name];
    }),
  );
}

export function isIn(
  scope: Scope,
  { security, kernel }: Pick<PendingUpdate, 'security' | 'kernel'>,
): boolean {
  if (scope === 'security') return security;
  if (scope === 'kernel') return kernel;
  return true;
}

export function updatesIn(pending: readonly PendingUpdate[], scope: Scope): UpdateRow[] {
  const ids = idsOf(pending);
  return pending
    .filter((update) => isIn(scope, update))
    .map((update) => ({
      kind: 'update',
      group: update.security ? 'security' : update.kernel ? 'kernel' : 'applications',
      id: ids.get(update) ?? update.name,
      name: update.name,
      from: update.from,
      to: update.to,
      bytes: update.downloadBytes,
      origin: update.origin,
      reason: null,
      optional: true,
    }));
}

/** What a plan adds to the updates that were asked for. */
export function addedBy(plan: Plan, updates: readonly UpdateRow[]): UpdateRow[] {
  const listed = new Set(updates.map(({ name }) => name));
  const changes = plan.changes
    .filter(({ action, name }) => action === 'remove' || !listed.has(name))
    .map((change): UpdateRow => ({
      ...rowOf(change),
      group: change.action === 'remove' ? 'removed' : 'along',
    }));
  const kept = plan.kept.map(({ name, reason }): UpdateRow => ({
    kind: 'update',
    group: 'kept',
    id: name,
    name,
    from: null,
    to: null,
    bytes: 0,
    origin: '',
    reason,
    optional: false,
  }));
  return [...changes, ...kept];
}

function rowOf({ name, from, to, downloadBytes, origin }: PackageChange): Omit<UpdateRow, 'group'> {
  return {
    kind: 'update',
    id: name,
    name,
    from,
    to,
    bytes: downloadBytes,
    origin,
    reason: null,
    optional: false,
  };
}

export function matching(updates: readonly UpdateRow[], sought: string): readonly UpdateRow[] {
  const text = sought.trim().toLowerCase();
  if (text === '') return updates;
  return updates.filter(
    ({ name, to }) => name.toLowerCase().includes(text) || (to ?? '').toLowerCase().includes(text),
  );
}

/** With a heading before each group that has any. */
export function grouped(updates: readonly UpdateRow[]): Row[] {
  return groups.flatMap((group): Row[] => {
    const members = updates.filter((update) => update.group === group);
    if (members.length === 0) return [];
    const bytes = members.reduce((sum, member) => sum + member.bytes, 0);
    return [{ kind: 'group', group, count: members.length, bytes }, ...members];
  });
}
