/** The list of updates and what is chosen from it. */
import { describe, expect, test } from 'vitest';
import type { PendingUpdate } from '../../../../shared/machine.js';
import { packageNameSchema } from '../../../../shared/operations.js';
import type { Plan } from '../../../../shared/plan.js';
import { machine, plan } from '../../../../renderer/double/records.js';
import { Choice } from '../../../../renderer/wizard/choose/choice.svelte.js';
import {
  addedBy,
  grouped,
  idsOf,
  matching,
  updatesIn,
} from '../../../../renderer/wizard/choose/update-rows.js';

const template = machine.pendingUpdates[0]!;
const update = (name: string, more: Partial<PendingUpdate> = {}): PendingUpdate => ({
  ...template,
  name,
  security: false,
  kernel: false,
  downloadBytes: 10,
  ...more,
});
const pending = [
  update('zlib'),
  update('openssl', { security: true }),
  update('linux-image', { kernel: true }),
  update('libc6', { architecture: 'amd64' }),
  update('libc6', { architecture: 'i386' }),
];

describe('the rows', () => {
  test('stand in groups with their sums, the most urgent first', () => {
    const rows = grouped(updatesIn(pending, 'all'));
    expect(
      rows.map((row) => (row.kind === 'group' ? `${row.group} ${row.count} ${row.bytes}` : row.name)),
    ).toEqual([
      'security 1 10',
      'openssl',
      'kernel 1 10',
      'linux-image',
      'applications 3 30',
      'zlib',
      'libc6',
      'libc6',
    ]);
  });

  test('a scope leaves only what it covers', () => {
    expect(updatesIn(pending, 'security').map(({ name }) => name)).toEqual(['openssl']);
    expect(updatesIn(pending, 'kernel').map(({ name }) => name)).toEqual(['linux-image']);
    expect(updatesIn(pending, 'selected')).toHaveLength(5);
  });

  test('a name that waits for two architectures is asked for with each of them', () => {
    const ids = [...idsOf(pending).values()];
    expect(ids).toEqual(['zlib', 'openssl', 'linux-image', 'libc6:amd64', 'libc6:i386']);
    for (const id of ids) expect(packageNameSchema.safeParse(id).success).toBe(true);
  });

  test('a plan adds what comes along, what goes and what is held back, and nothing twice', () => {
    const listed = updatesIn(machine.pendingUpdates, 'all');
    const change = plan.changes[1]!;
    const wider: Plan = {
      ...plan,
      changes: [
        ...plan.changes,
        { ...change, name: 'libnew', action: 'install', from: null },
        { ...change, name: 'libold', action: 'remove', to: null },
      ],
    };
    expect(addedBy(wider, listed).map(({ group, name }) => `${group} ${name}`)).toEqual([
      'along libnew',
      'removed libold',
      'kept nvidia-driver',
    ]);
  });

  test('what was not selected and is needed comes along', () => {
    const [one, ...others] = updatesIn(machine.pendingUpdates, 'selected');
    const along = addedBy({ ...plan, kept: [] }, [one!]);
    expect(along.map(({ group, name, optional }) => [group, name, optional])).toEqual(
      others.map(({ name }) => ['along', name, false]),
    );
  });

  test('are found by name and by version, in any case', () => {
    const rows = updatesIn(pending, 'all');
    expect(matching(rows, ' OpenSSL ').map(({ name }) => name)).toEqual(['openssl']);
    expect(matching(rows, template.to)).toHaveLength(5);
    expect(matching(rows, '')).toBe(rows);
  });

  test('2,000 of them are grouped and searched at once', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => update(`lib${String(index)}`));
    expect(grouped(matching(updatesIn(many, 'all'), 'lib199')).length).toBe(12);
  });
});

describe('the choice', () => {
  const all = ['a', 'b', 'c'];
  const planOf = (scope: Plan['scope'], selected: string[]): Plan => ({ ...plan, scope, selected });

  test('is everything, until someone touches it', () => {
    const choice = new Choice(() => null);
    expect(choice.scope).toBe('all');
    expect(choice.selectedOf(all)).toEqual(all);
  });

  test('begins with what was planned before', () => {
    const choice = new Choice(() => planOf('selected', ['b']));
    expect(choice.scope).toBe('selected');
    expect(choice.selectedOf(all)).toEqual(['b']);
    choice.select(['c'], true, all);
    expect(choice.selectedOf(all)).toEqual(['b', 'c']);
  });

  test('is planned by a plan for the same packages only', () => {
    const choice = new Choice(() => null);
    expect(choice.isPlannedBy(planOf('all', []), all)).toBe(true);
    choice.choose('selected');
    choice.select(['b'], false, all);
    expect(choice.isPlannedBy(planOf('all', []), all)).toBe(false);
    expect(choice.isPlannedBy(planOf('selected', ['a', 'b']), all)).toBe(false);
    expect(choice.isPlannedBy(planOf('selected', ['c', 'a']), all)).toBe(true);
  });
});
