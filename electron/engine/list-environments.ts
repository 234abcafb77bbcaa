/**
 * `environments`: every environment with what it is and what it costs. It alters nothing, and what may not be read is no failure but told, as
 * in `history`, where whether a return is possible comes from.
 */
import type { EnvironmentEntry, Environments } from '../../shared/environments.js';
import type { Outcome } from '../../shared/errors.js';
import type { History, RestorePoint } from '../../shared/history.js';
import { engineFor, foreignEnvironments, type Engine } from './engine.js';
import type { Which } from './environments/environment.js';
import { Fault, outcomeOf } from './fault.js';
import { stagedOf } from './find-environment.js';
import { history } from './history.js';
import { display } from './posix/raw-path.js';
import { packagesOf } from './record-activation.js';
import type { StageRecord } from './records/stages.js';
import type { System } from './system.js';

export function listEnvironments(system: System): Promise<Outcome<Environments>> {
  return outcomeOf(async () => {
    const engine = engineFor(system);
    const known = await history(system);
    if (!known.ok) throw new Fault(known.problem.code, ...known.problem.details);
    const { restorePoints, unseen } = known.value;
    const backend = engine.environment.name;
    if (unseen.length > 0) return { backend, environments: [], foreign: [], unseen };
    const pending = engine.environment.pending(system);
    return {
      backend,
      environments: [
        current(known.value, pending),
        ...(pending === undefined ? [] : [next(engine, known.value, pending)]),
        ...stagedOf(engine).map((stage) => staged(engine, stage)),
        ...restorePoints.map((point) => previous(engine, point)),
      ],
      foreign: process.geteuid?.() === 0 ? newestFirst(foreignEnvironments(system)) : [],
      unseen,
    };
  });
}

/** It became what it is with the last switch or return that is in effect. */
function current({ entries }: History, pending: string | undefined): EnvironmentEntry {
  const made = entries.find(
    ({ kind, outcome, restorePoint }) =>
      ['activate', 'rollback'].includes(kind) &&
      ['done', 'rolled-forward'].includes(outcome) &&
      restorePoint !== pending,
  );
  return { ...always, id: 'current', state: 'current', title: 'What runs', created: made?.ended ?? null };
}

function next(engine: Engine, { entries }: History, pending: string): EnvironmentEntry {
  const made = entries.find(({ restorePoint }) => restorePoint === pending);
  const title = made?.kind === 'rollback' ? 'What was returned to' : 'What was switched to';
  return {
    ...always,
    id: 'next',
    state: 'next',
    title: `${title}: it runs after the restart`,
    created: made?.ended ?? null,
    mountedAt: mountedAt(engine, 'next'),
  };
}

function staged(engine: Engine, stage: StageRecord): EnvironmentEntry {
  const { id, created, ready, proofs } = stage;
  return {
    id,
    state: 'staged',
    title: stageTitle(stage),
    created,
    bytes: engine.environment.exclusiveBytes(engine.system, { clone: id }) ?? stage.bytes,
    usable: ready,
    problems: ready ? [] : proofs.filter(({ result }) => result === 'fail').map(({ sentence }) => sentence),
    mountedAt: mountedAt(engine, { clone: id }),
  };
}

export function stageTitle({ title, plan }: StageRecord): string {
  return title ?? `With ${packagesOf(plan)} updated`;
}

function previous(engine: Engine, point: RestorePoint): EnvironmentEntry {
  const { id, created, title, ownBytes, usable, problems } = point;
  const which = { restorePoint: id };
  const bytes = engine.environment.exclusiveBytes(engine.system, which) ?? ownBytes;
  return {
    id,
    state: 'previous',
    title,
    created,
    bytes: usable || ownBytes > 0 ? bytes : null,
    usable,
    problems,
    mountedAt: mountedAt(engine, which),
  };
}

const always = { bytes: null, usable: true, problems: [], mountedAt: [] };

export function mountedAt({ system, environment }: Engine, which: Which): string[] {
  return environment.mountPoints(system, which).map(display);
}

function newestFirst(foreign: Environments['foreign']): Environments['foreign'] {
  return foreign.sort((a, b) => ((a.created ?? '') < (b.created ?? '') ? 1 : -1));
}
