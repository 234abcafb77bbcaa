/**
 * The whole job on a practice system, through the same verbs as everywhere: check, plan, stage, review, activate, rollback. At
 * each end a manifest proves what the system is. Everything that differs from what it must be ends the run.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Review } from '../../../shared/changeset.js';
import type { Outcome } from '../../../shared/errors.js';
import type { Plan } from '../../../shared/plan.js';
import { activate } from '../activate.js';
import { check } from '../check.js';
import { engineFor, type Engine } from '../engine.js';
import { outsideEnvironment } from '../environments/areas.js';
import { readClone } from '../environments/tree/clone.js';
import { Fault } from '../fault.js';
import { readManifest } from '../manifest/read.js';
import { scanTree } from '../manifest/scan.js';
import { plan } from '../plan.js';
import { bytes, display, join, type RawPath } from '../posix/raw-path.js';
import { newId } from '../records/ids.js';
import { review } from '../review.js';
import { rollback } from '../rollback.js';
import { stage } from '../stage.js';
import { storeFolder, type System } from '../system.js';
import type { Made } from './make-system.js';
import { expectTree } from './expected-tree.js';
import { differencesOf, manifestOf, requireNone } from './proof.js';
import { count, megabytes, planSentence } from './sentences.js';
import type { Tale } from './tale.js';

/** Moments at which a test can do harm, to see that the proofs notice. */
export type Moment = 'staged' | 'activated' | 'rolled-back';
export type OnMoment = (moment: Moment, root: RawPath) => void;

export async function walk(system: System, made: Made, tale: Tale, onMoment: OnMoment): Promise<void> {
  const { root, signal } = system;
  const engine = engineFor(system);
  const before = await manifestOf(root, signal);
  const old = versions(engine);
  const altered = await inClone(engine, (session) => made.family.alteredFiles(session, signal));

  await tale.step('check', 'Is the system ready?', () => looked(system));
  const planned = made.plan ?? (await tale.step('plan', 'What would be updated?', () => plannedAll(system)));
  const stageId = await tale.step('stage', 'Rehearsing the updates in a clone', async () => {
    const { stage: id, bytes: size, entries, ready } = value(await stage(system, { plan: planned.id }));
    onMoment('staged', root);
    const sentence = `${count(planned.changes.length, 'update')} installed in a clone of the system: ${count(entries, 'changed entry', 'changed entries')}, ${megabytes(size)}.`;
    if (!ready) throw new Fault('STAGE_UNVERIFIED', ...failures(value(await review(system, { stage: id }))));
    return { value: id, sentence };
  });
  requireNone(
    'While it was staged, the system was changed:',
    await differencesOf([before], [await manifestOf(root, signal)]),
  );
  tale.prove(`While staging, none of the ${count(before.length, 'entry', 'entries')} of the system changed.`);

  const reviewed = await tale.step('review', 'Looking at what would change', () => seen(system, stageId));
  const edits = editMeanwhile(root, reviewed);
  const edited = await manifestOf(root, signal);
  const expected = join(system.store, 'expected.mtree');
  await expectActive(system, stageId, expected);

  await tale.step('activate', 'Switching to the rehearsed system', async () => {
    const active = value(await activate(system, { stage: stageId, how: 'live' }));
    onMoment('activated', root);
    const missed = edits.filter((path) => !active.carried.includes(`/${path}`));
    requireNone('Edits made meanwhile were not noticed:', missed);
    return {
      value: undefined,
      sentence: `Switched in ${active.switchSeconds.toFixed(2)} s; ${count(edits.length, 'edit')} made meanwhile carried over.`,
    };
  });
  await proveActive(engine, { planned, expected, made, altered }, tale);
  for (const path of edits)
    if (!text(root, path).endsWith(mark))
      throw new Fault('PRACTICE_DIFFERS', `The edit of /${path} is lost.`);
  tale.prove(
    `What the user changed meanwhile (${edits.map((path) => `/${path}`).join(', ')}) is still there.`,
  );

  await tale.step('rollback', 'Taking it back', async () => {
    const back = value(await rollback(system));
    onMoment('rolled-back', root);
    return { value: undefined, sentence: `Back in ${back.switchSeconds.toFixed(2)} s.` };
  });
  requireNone(
    'After the rollback, the system is not the one before:',
    await differencesOf([edited], [await manifestOf(root, signal)]),
  );
  requireNone('After the rollback, versions differ:', changedVersions(old, versions(engine)));
  tale.prove(
    `After the rollback, all ${count(edited.length, 'entry', 'entries')} are what they were before, byte for byte.`,
  );
  rmSync(bytes(expected), { force: true });
}

async function looked(system: System) {
  const report = value(await check(system, { moment: 'before-stage' }));
  const blocking = report.checks.filter(({ result }) => result === 'block');
  if (blocking.length > 0)
    throw new Fault(
      'CHECK_BLOCKED',
      ...blocking.map(({ id, sentence, measured }) => `${id}: ${sentence} (${measured})`),
    );
  const warnings = report.checks.filter(({ result }) => result === 'warn');
  const words =
    warnings.length === 0 ? 'none has anything to say' : `${warnings.map(({ id }) => id).join(', ')} warned`;
  return {
    value: undefined,
    sentence: `${count(report.checks.length, 'readiness check')}: none blocks, ${words}.`,
  };
}

async function plannedAll(system: System) {
  const planned = value(await plan(system, { scope: 'all', selected: [] }));
  return { value: planned, sentence: planSentence(planned) };
}

async function seen(system: System, id: string) {
  const reviewed = value(await review(system, { stage: id }));
  const passed = reviewed.proofs.filter(({ result }) => result === 'pass').length;
  const of = (kind: string): number => reviewed.files.filter((file) => file.kind === kind).length;
  const { conflicts } = reviewed;
  return {
    value: reviewed,
    sentence: [
      `${count(of('added'), 'file')} new, ${of('changed')} changed, ${of('removed')} removed;`,
      `${passed} of ${reviewed.proofs.length} verifications passed;`,
      conflicts.length === 0
        ? 'no configuration file was changed on both sides.'
        : `changed by you and by the update: ${conflicts.map(({ path }) => path).join(', ')} (yours is kept).`,
    ].join(' '),
  };
}

function failures({ proofs }: Review): string[] {
  return proofs
    .filter(({ result }) => result === 'fail')
    .flatMap(({ sentence, details }) => [sentence, ...details]);
}

const mark = '# an edit made while the update waited\n';

/** What a user does between staging and activation, in files that the update leaves alone: one old, two new. */
function editMeanwhile(root: RawPath, { files }: Review): RawPath[] {
  const touched = new Set(files.map(({ path }) => path.replace(/^\//, '')));
  const old =
    ['etc/hosts', 'etc/nsswitch.conf', 'etc/hostname'].find((path) => !touched.has(path)) ??
    'etc/practice-hosts';
  const edits = [old, 'etc/understudy-practice.note', 'usr/local/bin/understudy-practice-tool'] as RawPath[];
  for (const path of edits) {
    mkdirSync(bytes(join(root, path.slice(0, path.lastIndexOf('/')))), { recursive: true });
    appendFileSync(bytes(join(root, path)), mark);
  }
  return edits;
}

/** The expectation is computed before the switch, by the kernel's own merge (see `expected-tree.ts`). */
async function expectActive(system: System, id: string, to: RawPath): Promise<void> {
  const { folder, layers } = readClone(system, id);
  const [layer, second] = layers;
  if (layer?.kind !== 'overlay' || second) throw new Error('a practice root is one file system');
  const work = storeFolder(system, 'expected');
  const at = join(folder, 'root');
  await expectTree({ lower: system.root, upper: layer.upper, at, work, to }, system.signal);
  rmSync(bytes(work), { recursive: true, force: true });
}

interface Activity {
  readonly planned: Plan;
  readonly expected: RawPath;
  readonly made: Made;
  readonly altered: readonly string[];
}

async function proveActive(
  engine: Engine,
  { planned, expected, made, altered }: Activity,
  tale: Tale,
): Promise<void> {
  const { system, packages } = engine;
  const { signal } = system;
  const now = scanTree(system.root, { hash: true, exclude: outsideEnvironment, signal });
  const except = (path: RawPath): boolean => packages.locks.includes(path);
  const differences = await differencesOf(readManifest(expected), now, {
    ignoreDirectoryTimes: true,
    except,
  });
  requireNone('After the switch, the system is not the rehearsed one:', differences);
  tale.prove(
    'After the switch, every entry is the rehearsed one: content, mode, owner, time and attributes.',
  );

  const installed = new Map(
    packages.installed(engine.current).map((entry) => [`${entry.name}:${entry.architecture}`, entry.version]),
  );
  const wrong = planned.changes.filter(
    ({ name, architecture, to }) => (installed.get(`${name}:${architecture}`) ?? null) !== to,
  );
  requireNone(
    'Versions are not the planned ones:',
    wrong.map(({ name, to }) => `${name}: should be ${to ?? 'removed'}`),
  );
  tale.prove(`The ${count(planned.changes.length, 'package')} have the versions that were planned.`);

  const { audit, newlyAltered } = await inClone(engine, async (session) => {
    const after = await made.family.alteredFiles(session, signal);
    const findings = await packages.audit(session);
    return { audit: findings, newlyAltered: after.filter((path) => !altered.includes(path)) };
  });
  requireNone(
    'The package database is not in order:',
    audit.map(({ package: name, sentence }) => `${name ?? ''}: ${sentence}`),
  );
  requireNone('Files differ from those of their packages:', newlyAltered);
  tale.prove('The package manager finds its database and the files of its packages in order.');
  if (!made.built) return;
  const { seen: traces, missing } = made.built.prove();
  requireNone('The updates did not bring what they must:', missing);
  tale.prove(`The updates brought: ${traces.join('; ')}.`);
}

/** Asks inside a throwaway clone, so that asking leaves no trace. */
async function inClone<T>(
  { system, environment, packages }: Engine,
  body: (session: Awaited<ReturnType<Engine['environment']['session']>>) => Promise<T>,
): Promise<T> {
  const id = newId('fetch');
  const clone = environment.clone(system, id);
  try {
    const session = await environment.session(system, clone, {
      network: 'none',
      binds: packages.binds(system, 'rehearse'),
    });
    try {
      return await body(session);
    } finally {
      await session.close();
    }
  } finally {
    environment.destroy(system, id);
  }
}

function versions({ packages, current }: Engine): ReadonlyMap<string, string> {
  return new Map(
    packages
      .installed(current)
      .map(({ name, architecture, version }) => [`${name}:${architecture}`, version]),
  );
}

function changedVersions(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map(
      (name) =>
        `${display(name as RawPath)}: ${after.get(name) ?? 'missing'} instead of ${before.get(name) ?? 'nothing'}`,
    );
}

function text(root: RawPath, path: RawPath): string {
  return readFileSync(bytes(join(root, path)), 'utf8');
}

/** The value of an outcome, or its problem as a fault that ends the walk. */
function value<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Fault(outcome.problem.code, ...outcome.problem.details);
}
