/**
 * The whole job on a practice system, through the same verbs as everywhere: check, plan, stage, review, activate, rollback. At
 * each end a manifest proves what the system is. Everything that differs from what it must be ends the run.
 */
import { rmSync } from 'node:fs';
import type { Review } from '../../../shared/changeset.js';
import type { Plan } from '../../../shared/plan.js';
import { activate } from '../activate.js';
import { check } from '../check.js';
import { engineFor } from '../engine.js';
import { Fault } from '../fault.js';
import { bytes, type RawPath } from '../posix/raw-path.js';
import { review } from '../review.js';
import { rollback } from '../rollback.js';
import { stage } from '../stage.js';
import type { System } from '../system.js';
import { chooseUpdates, type Chosen } from './choose-updates.js';
import { editMeanwhile, lostEdits } from './edits.js';
import type { Made } from './make-system.js';
import { valueOf } from './outcome.js';
import { differencesOf, manifestOf, requireNone } from './proof.js';
import { alteredFiles, changedVersions, expectActive, proveActive, versionsOf } from './prove-active.js';
import { count, megabytes } from './sentences.js';
import type { Tale } from './tale.js';

/** Moments at which a test can do harm, to see that the proofs notice. */
export type Moment = 'staged' | 'activated' | 'rolled-back';
export type OnMoment = (moment: Moment, root: RawPath) => void;

export async function walk(made: Made, tale: Tale, onMoment: OnMoment): Promise<Chosen> {
  const { system } = made;
  const { root, signal } = system;
  const engine = engineFor(system);
  await tale.step('check', 'Is the system ready?', () => checked(system));
  const chosen = await chooseUpdates(made, tale);
  const before = await tale.step('record', 'Recording the system as it is', async () => {
    const manifest = await manifestOf(root, signal);
    const versions = versionsOf(engine);
    const altered = await alteredFiles(engine, made.family);
    const sentence = `${count(manifest.length, 'entry', 'entries')}: content, mode, owner, time and attributes of each.`;
    return { value: { manifest, versions, altered }, sentence };
  });

  const id = await tale.step('stage', 'Rehearsing the updates in a clone', () => staged(system, chosen.plan));
  onMoment('staged', root);
  await tale.prove('Looking whether the rehearsal touched the system', async () => {
    const now = await manifestOf(root, signal);
    requireNone('The rehearsal changed the system:', await differencesOf([before.manifest], [now]));
    return [`The rehearsal changed none of the ${count(now.length, 'entry', 'entries')} of the system.`];
  });

  const seen = await tale.step('review', 'Looking at what would change', () => reviewed(system, id));
  const { edits, edited, expected } = await tale.step(
    'edit',
    'Editing files while the update waits',
    async () => {
      const paths = editMeanwhile(root, seen);
      const sentence = `"The user" edited ${named(paths)}, which the update leaves alone.`;
      const value = {
        edits: paths,
        edited: await manifestOf(root, signal),
        expected: await expectActive(system, id),
      };
      return { value, sentence };
    },
  );
  await tale.step('activate', 'Switching to the rehearsed system', async () => {
    const active = valueOf(await activate(system, { stage: id, how: 'live' }));
    const unnoticed = edits.filter((path) => !active.carried.includes(`/${path}`));
    requireNone('Edits made meanwhile were not noticed:', unnoticed);
    const carried = `${count(edits.length, 'file')} that "the user" edited meanwhile carried over`;
    return {
      value: undefined,
      sentence: `Switched, in ${active.switchSeconds.toFixed(2)} s; ${carried}.`,
    };
  });
  onMoment('activated', root);
  await tale.prove('Looking whether the system is the rehearsed one', async () => {
    const sentences = await proveActive(engine, {
      ...chosen,
      expected,
      family: made.family,
      altered: before.altered,
    });
    requireNone('Edits made meanwhile are lost:', lostEdits(root, edits));
    return [...sentences, `What "the user" edited meanwhile is there: ${named(edits)}.`];
  });

  await tale.step('rollback', 'Taking it back', async () => {
    const back = valueOf(await rollback(system));
    return {
      value: undefined,
      sentence: `The system before is back, in ${back.switchSeconds.toFixed(2)} s.`,
    };
  });
  onMoment('rolled-back', root);
  await tale.prove('Looking whether the system is the one before', async () => {
    const now = await manifestOf(root, signal);
    requireNone('The rollback did not bring back what was before:', await differencesOf([edited], [now]));
    requireNone('Versions differ:', changedVersions(before.versions, versionsOf(engine)));
    return [
      `After the rollback all ${count(now.length, 'entry', 'entries')} are as before the switch, byte for byte.`,
    ];
  });
  rmSync(bytes(expected), { force: true });
  return chosen;
}

function named(paths: readonly RawPath[]): string {
  return paths.map((path) => `/${path}`).join(', ');
}

async function checked(system: System) {
  const { checks } = valueOf(await check(system, { moment: 'before-stage' }));
  const blocking = checks.filter(({ result }) => result === 'block');
  if (blocking.length > 0) {
    throw new Fault(
      'CHECK_BLOCKED',
      ...blocking.map(({ id, sentence, measured }) => `${id}: ${sentence} (${measured})`),
    );
  }
  const warnings = checks.filter(({ result }) => result === 'warn').map(({ sentence }) => sentence);
  return {
    value: undefined,
    sentence: [`${count(checks.length, 'readiness check')}, none blocks.`, ...warnings].join(' '),
  };
}

async function staged(system: System, plan: Plan) {
  const { stage: id, bytes: size, entries, ready } = valueOf(await stage(system, { plan: plan.id }));
  if (!ready) throw new Fault('STAGE_UNVERIFIED', ...failures(valueOf(await review(system, { stage: id }))));
  const updates = count(plan.changes.length, 'update');
  const changed = `${count(entries, 'changed entry', 'changed entries')}, ${megabytes(size)}`;
  return { value: id, sentence: `${updates} installed and verified in a clone: ${changed}.` };
}

function failures({ proofs }: Review): string[] {
  return proofs
    .filter(({ result }) => result === 'fail')
    .flatMap(({ sentence, details }) => [sentence, ...details]);
}

async function reviewed(system: System, id: string) {
  const seen = valueOf(await review(system, { stage: id }));
  const of = (kind: string): number => seen.files.filter((file) => file.kind === kind).length;
  const passed = seen.proofs.filter(({ result }) => result === 'pass').length;
  return {
    value: seen,
    sentence: [
      `${of('added')} new, ${of('changed')} changed, ${of('removed')} removed;`,
      `${count(passed, 'verification')} passed, none failed;`,
      seen.conflicts.length === 0
        ? 'no configuration file was changed on both sides.'
        : `changed by you and by the update, and yours kept: ${seen.conflicts.map(({ path }) => path).join(', ')}.`,
    ].join(' '),
  };
}
