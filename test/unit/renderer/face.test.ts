/** Home has a face for every state, in every language, and it offers what helps there. */
import { describe, expect, test } from 'vitest';
import type { AppState } from '../../../shared/app.js';
import { problem } from '../../../shared/errors.js';
import { runKinds } from '../../../shared/run.js';
import { transitions, updateStateSchema, type UpdateState } from '../../../shared/state.js';
import { appState } from '../../../renderer/double/records.js';
import { homeScenes } from '../../../renderer/double/scenes/home.js';
import { faceOf } from '../../../renderer/home/face.js';
import { german } from '../../../renderer/words/german.js';
import { sayIn } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const now = Date.now();
const languages = [
  ['en', english(sayIn('en')), sayIn('en')],
  ['de', german(sayIn('de')), sayIn('de')],
] as const;
const [, words, say] = languages[0];
const face = (update: UpdateState, more: Partial<AppState> = {}) =>
  faceOf({ ...appState, ...more, update }, words, say, now);

test('the scenes of Home show every state there is', () => {
  const shown = new Set(homeScenes.map(({ state }) => state.update.state));
  expect([...shown].sort()).toEqual(Object.keys(transitions).sort());
  for (const { state } of homeScenes) updateStateSchema.parse(state.update);
});

describe.each(languages)('in %s', (_code, inLanguage, sayInLanguage) => {
  test.each(homeScenes.map((scene) => [scene.name, scene] as const))('%s', (_name, scene) => {
    const { title, detail, primary, others } = faceOf(scene.state, inLanguage, sayInLanguage, now);
    for (const text of [
      title,
      detail,
      ...[primary, ...others].flatMap((offer) => (offer ? [offer.label] : [])),
    ]) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
      expect(text.trim()).not.toBe('');
    }
  });
});

describe('what one can do', () => {
  test('long work can be stopped where that is clean, and not at the switch', () => {
    const run = { run: 'run-1', progress: null };
    expect(face({ state: 'planning', ...run }).others[0]?.deed.kind).toBe('cancel');
    expect(face({ state: 'staging', plan: null, cancelling: false, ...run }).others[0]?.deed.kind).toBe(
      'cancel',
    );
    expect(face({ state: 'staging', plan: null, cancelling: true, ...run }).others).toEqual([]);
    expect(face({ state: 'switching', stage: null, ...run }).others).toEqual([]);
    expect(face({ state: 'rolling-back', restorePoint: null, ...run }).others).toEqual([]);
  });

  test('after an update the way back is offered beside "done"', () => {
    const done = face({ state: 'done', stage: 'stage-1', restorePoint: 'restore-1' });
    expect(done.primary?.deed.kind).toBe('acknowledge');
    expect(done.others.map(({ deed }) => deed.kind)).toEqual(['rollback']);
  });

  test('what takes effect at a restart is not said to be so before', () => {
    const more = { status: { ...appState.status!, restartPending: true } };
    for (const update of [
      { state: 'done', stage: 'stage-1', restorePoint: 'restore-1' },
      { state: 'rolled-back', restorePoint: 'restore-1' },
    ] as const) {
      expect(face(update, more).title).toMatch(/after the next restart/);
      expect(face(update, more).primary).toEqual(face(update).primary);
      expect(face(update).title).not.toContain('restart');
    }
  });

  test('an interruption is recovered from by one button', () => {
    expect(face({ state: 'interrupted', transaction: 'tx-0001', kind: 'activate' }).primary?.deed).toEqual({
      kind: 'recover',
    });
  });

  test.each(runKinds)('a failure during %s says that nothing was changed and how to go on', (during) => {
    const {
      title,
      primary,
      problem: shown,
    } = face({ state: 'failed', during, problem: problem('NO_SPACE') });
    expect(title).toContain('nothing was changed');
    expect(primary).not.toBeNull();
    expect(shown?.code).toBe('NO_SPACE');
  });

  test('what was stopped on purpose is no failure', () => {
    const stopped = face({ state: 'failed', during: 'stage', problem: problem('CANCELLED') });
    expect(stopped.tone).toBe('fine');
    expect(stopped.problem).toBeNull();
  });

  test('without a helper one can connect, and is told why it is not there', () => {
    const absent = face(
      { state: 'unknown' },
      { connection: { state: 'absent', problem: problem('NO_POLKIT_AGENT') } },
    );
    expect(absent.primary?.deed).toEqual({ kind: 'connect' });
    expect(absent.problem?.code).toBe('NO_POLKIT_AGENT');
  });
});

test('counts are words, with their plural', () => {
  expect(face({ state: 'idle', pending: 1, security: 1 }).title).toBe('One update is waiting');
  expect(face({ state: 'idle', pending: 2_000, security: 1 }).title).toBe('2,000 updates are waiting');
  expect(face({ state: 'needs-decision', stage: 'stage-1', undecided: 1 }).title).toContain('One decision');
});
