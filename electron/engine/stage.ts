/**
 * The verb `stage`: clones the current environment and applies a plan inside the clone, then verifies it. The running
 * system is not touched; whatever fails, the clone is thrown away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Outcome } from '../../shared/errors.js';
import type { Staged } from '../../shared/history.js';
import type { Plan, Scope } from '../../shared/plan.js';
import { privilegedEngineFor, type Engine } from './engine.js';
import type { Clone } from './environments/environment.js';
import { Fault, faultOf, outcomeOf, systemErrorCode } from './fault.js';
import { withFetcher } from './fetch.js';
import { begin } from './journal/journal.js';
import { withStoreLock } from './journal/lock.js';
import { writeManifest } from './manifest/write.js';
import { giveWay } from './posix/priority.js';
import { bytes, join, type RawPath } from './posix/raw-path.js';
import { requireReadiness } from './readiness.js';
import { noteAttempt } from './records/automatic.js';
import { newId } from './records/ids.js';
import { readPlan, savePlan } from './records/plans.js';
import { etcFiles, keepContent } from './records/etc-content.js';
import { baseContent, baseManifest, stagesOf, writeStage, type StageRecord } from './records/stages.js';
import { requireArrived, requireRecovered } from './recover.js';
import { scanEnvironment } from './scan-environment.js';
import { conflictsOf } from './review/conflicts.js';
import { withSpaceGuard } from './space-guard.js';
import type { System } from './system.js';
import { verifyClone } from './verify-clone.js';

export interface StageOptions {
  /** The plan to carry out; by default the newest one, or a new one where a scope is given or none exists. */
  readonly plan?: string;
  readonly scope?: Scope;
  readonly selected?: readonly string[];
  /** Without anyone asking: at the lowest priority for processor and disk, and noted as an automatic attempt. */
  readonly background?: boolean;
  /** Boot it in a virtual machine, or not; the settings decide where it is not said. */
  readonly boot?: boolean;
}

export function stage(system: System, options: StageOptions = {}): Promise<Outcome<Staged>> {
  return options.background ? stageInBackground(system, options) : stageNow(system, options);
}

async function stageInBackground(system: System, options: StageOptions): Promise<Outcome<Staged>> {
  const takeBack = giveWay();
  try {
    const outcome = await stageNow(system, options);
    // An ordinary user cannot have attempted anything, nor note it.
    if (outcome.ok || outcome.problem.code !== 'NOT_ROOT') noteAttempt(system, outcome);
    return outcome;
  } finally {
    takeBack();
  }
}

function stageNow(system: System, options: StageOptions): Promise<Outcome<Staged>> {
  return outcomeOf(async () => {
    const engine = privilegedEngineFor(system);
    return withStoreLock(system, async () => {
      await requireRecovered(engine);
      requireArrived(engine);
      const started = Date.now();
      const plan = await withFetcher(engine, async (fetcher) => {
        const wanted = wantedPlan(system, options);
        const now = await fetcher.plan(wanted);
        if (wanted.id !== undefined && wanted.id !== now.id) throw new Fault('PLAN_STALE', wanted.id);
        savePlan(system, now);
        if (now.changes.length === 0) throw new Fault('NOTHING_TO_DO');
        await requireReadiness(engine, { moment: 'before-stage', plan: now });
        await fetcher.download(now);
        return now;
      });
      const record = await rehearse(engine, plan, { started, asked: options.boot });
      forgetOlder(engine, record.id);
      return summaryOf(record);
    });
  });
}

function wantedPlan(
  system: System,
  options: StageOptions,
): { id?: string; scope: Scope; selected: readonly string[] } {
  if (options.plan === undefined && options.scope !== undefined) {
    return { scope: options.scope, selected: options.selected ?? [] };
  }
  try {
    const { id, scope, selected } = readPlan(system, options.plan);
    return { id, scope, selected };
  } catch (error) {
    if (options.plan !== undefined || faultOf(error).code !== 'PLAN_UNKNOWN') throw error;
    return { scope: 'all', selected: [] };
  }
}

/** From the button of the app to here, on a busy machine. */
const lastWordMs = 250;

interface Rehearsal {
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Whether it was asked for a rehearsal boot. */
  readonly asked: boolean | undefined;
}

async function rehearse(engine: Engine, plan: Plan, rehearsal: Rehearsal): Promise<StageRecord> {
  const { system, environment, packages, current } = engine;
  const id = newId('stage');
  const transaction = begin(system, 'stage', id, { plan: plan.id });
  try {
    transaction.step('clone');
    if (packages.databaseDigest(current) !== plan.databaseDigest) throw new Fault('PLAN_STALE', plan.id);
    const clone = environment.clone(system, id);
    await recordBase(engine, clone);
    transaction.step('rehearse');
    await applyPlan(engine, clone, plan);
    transaction.step('seal');
    const record = await verified(engine, clone, plan, rehearsal);
    // A stop that was asked for while this process was busy sealing is still on its way from the app.
    await pause(lastWordMs);
    system.signal.throwIfAborted();
    transaction.step('record');
    writeStage(clone.folder, record);
    transaction.end('done', { stage: id });
    return record;
  } catch (error) {
    environment.destroy(system, id);
    transaction.end('failed', { code: faultOf(error).code });
    throw error;
  }
}

/**
 * The manifest of the system when it was cloned: what differs from it later was changed meanwhile. And what its configuration
 * files hold, to merge such changes with those of the update.
 */
async function recordBase(engine: Engine, clone: Clone): Promise<void> {
  await engine.system.report.phase('clone', 'Recording the system as it is', async (step) => {
    const entries = scanEnvironment(engine, {
      hash: true,
      onProgress: ({ files }) => step({ done: files, unit: 'files' }),
    });
    await writeManifest(baseManifest(clone), entries);
    keepContent(engine.current, etcFiles(engine.current), baseContent(clone));
  });
}

async function applyPlan(engine: Engine, clone: Clone, plan: Plan): Promise<void> {
  const { system, environment, packages } = engine;
  const log = openLog(join(clone.folder, 'log.txt'));
  const session = await environment.session(system, clone, {
    network: 'none',
    binds: packages.binds(system, 'rehearse'),
  });
  const cancel = (): void => void session.close();
  system.signal.addEventListener('abort', cancel, { once: true });
  try {
    await withSpaceGuard(session, clone.folder, system.settings.reserveBytes, () =>
      packages.apply(session, system, plan.changes, (line) => {
        log.write(line);
        system.report.log('rehearse', line);
      }),
    );
    system.signal.throwIfAborted();
  } catch (error) {
    throw system.signal.aborted ? new Fault('CANCELLED') : faultOf(error);
  } finally {
    system.signal.removeEventListener('abort', cancel);
    await session.close();
    log.close();
  }
}

async function verified(
  engine: Engine,
  clone: Clone,
  plan: Plan,
  { started, asked }: Rehearsal,
): Promise<StageRecord> {
  const { environment, packages } = engine;
  const condition = await verifyClone(engine, clone, plan, { asked });
  return {
    version: 1,
    id: clone.id,
    created: new Date().toISOString(),
    plan,
    environment: environment.name,
    databaseDigest: plan.databaseDigest,
    seconds: (Date.now() - started) / 1000,
    conflicts: conflictsOf(environment.view(clone), packages, environment.changes(clone)),
    ...condition,
  };
}

/** Only the newest stage can be activated: the others are for a system or an archive of another day. */
function forgetOlder({ system, environment }: Engine, keep: string): void {
  for (const { id } of stagesOf(system, environment)) if (id !== keep) environment.destroy(system, id);
}

function openLog(path: RawPath): { write(line: string): void; close(): void } {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const fd = openSync(bytes(path), flags, 0o600);
  return {
    write(line) {
      try {
        writeSync(fd, `${line}\n`);
      } catch (error) {
        // Called for every line that arrives, where nobody could catch it. What fills the disk is told by the rehearsal.
        const code = systemErrorCode(error);
        if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      }
    },
    close: () => closeSync(fd),
  };
}

function summaryOf(record: StageRecord): Staged {
  const { id, plan, seconds, bytes: size, entries, ready } = record;
  return { stage: id, plan: plan.id, seconds, bytes: size, entries, ready };
}
