/** What the wizard says: every check and proof of the engine in both languages, and a next step for every problem. */
import { describe, expect, test } from 'vitest';
import { checks } from '../../../../electron/engine/checks/registry.js';
import { proofMakers } from '../../../../electron/engine/review/verify-stage.js';
import type { CheckResult } from '../../../../shared/check.js';
import { errorCodes } from '../../../../shared/errors.js';
import type { Activation } from '../../../../shared/plan.js';
import { status } from '../../../../renderer/double/records.js';
import { german } from '../../../../renderer/words/german.js';
import { sayIn } from '../../../../renderer/words/say.js';
import { english } from '../../../../renderer/words/vocabulary.js';
import { heldIn } from '../../../../renderer/wizard/backup/holds.js';
import { checkText } from '../../../../renderer/wizard/check/check-text.js';
import { fixFor } from '../../../../renderer/wizard/check/fixes.js';
import { standings } from '../../../../renderer/wizard/rehearse/phases.js';
import { proofText } from '../../../../renderer/wizard/review/proof-text.js';
import {
  closesPrograms,
  momentsFor,
  wayFor,
  hourOf,
  nextAt,
} from '../../../../renderer/wizard/switch/moments.js';
import { remediesFor } from '../../../../renderer/wizard/trouble/remedies.js';

const vocabularies = { en: english(sayIn('en')), de: german(sayIn('de')) };
const both = Object.entries(vocabularies);
const result = (id: string, more: Partial<CheckResult> = {}): CheckResult => ({
  id,
  title: 'Its own title',
  result: 'block',
  sentence: 'Its own sentence.',
  measured: '',
  remedy: 'Its own remedy.',
  ...more,
});

describe.each(both)('in %s', (_code, words) => {
  test('every check and every proof of the engine has its words', () => {
    const { known } = words.wizard.check;
    expect(Object.keys(known).sort()).toEqual(checks.map(({ id }) => id).sort());
    const proofs = Object.keys(words.wizard.review.proofs.known);
    for (const { id } of proofMakers) expect(proofs).toContain(id);
  });

  test('what helps never speaks of a command line', () => {
    for (const { id } of checks)
      expect(checkText(result(id), words).remedy).not.toMatch(/understudy [a-z]|--/);
  });
});

test('both languages know the same proofs', () => {
  const [one, other] = both.map(([, words]) => Object.keys(words.wizard.review.proofs.known).sort());
  expect(one).toEqual(other);
});

describe('a check', () => {
  const words = vocabularies.en;

  test('of a newer helper speaks for itself, also where its id is a name that every object has', () => {
    for (const id of ['moon-phase', 'constructor', '__proto__']) {
      const text = checkText(result(id), words);
      expect([text.title, text.sentence, text.remedy]).toEqual([
        'Its own title',
        'Its own sentence.',
        'Its own remedy.',
      ]);
      expect(proofText({ id, result: 'warn', sentence: 'Its own.', details: [] }, words).sentence).toBe(
        'Its own.',
      );
    }
  });

  test('that passed needs no remedy, and one that did not keeps the particulars', () => {
    expect(checkText(result('room', { result: 'pass' }), words).remedy).toBeNull();
    expect(checkText(result('held-packages', { result: 'warn' }), words).particulars).toBe(
      'Its own sentence.',
    );
  });

  test('has a button only for what can be helped from here', () => {
    const points = (count: number) => ({ ...status, restorePoints: { count, ownBytes: 0 } });
    expect(fixFor(result('room'), points(3))).toBe('free-space');
    expect(fixFor(result('room'), points(1))).toBe('check-again');
    expect(fixFor(result('room', { result: 'pass' }), points(3))).toBeNull();
    const interrupted = { transaction: 'tx-1', kind: 'activate' as const };
    expect(fixFor(result('open-transaction'), { ...status, interrupted })).toBe('recover');
    expect(fixFor(result('open-transaction'), status)).toBe('check-again');
    expect(fixFor(result('archive'), status)).toBe('look-again');
    expect(fixFor(result('moon-phase'), null)).toBeNull();
  });
});

describe('a problem', () => {
  test('leads to the next step that helps', () => {
    expect(remediesFor('PLAN_STALE', 'stage')).toEqual(['replan']);
    for (const code of ['STAGE_STALE', 'CHANGED_MEANWHILE', 'STAGE_DAMAGED'])
      expect(remediesFor(code, 'activate')).toEqual(['restage']);
    expect(remediesFor('ARCHIVE_UNREACHABLE', 'plan')).toEqual(['replan']);
    expect(remediesFor('NOT_AUTHORISED', null)).toEqual([]);
    expect(remediesFor('NO_SPACE', 'stage')[0]).toBe('free-space');
  });

  test('of any code, also one that is not known yet, has an answer', () => {
    for (const code of [...errorCodes, 'NEW_CODE', 'constructor'])
      expect(Array.isArray(remediesFor(code, 'stage')), code).toBe(true);
    expect(remediesFor('NEW_CODE', 'stage')).toEqual(['again']);
  });
});

describe('what a restore point holds', () => {
  test('is named in the words of the app, once', () => {
    const holds = [
      'the old programs and libraries (/usr)',
      'the old configuration (/etc)',
      'the old package database',
      'the old kernel',
    ];
    expect(heldIn(holds).map(({ kind }) => kind)).toEqual(['programs', 'configuration', 'database', 'boot']);
  });

  test('is shown as it is where it is not known', () => {
    expect(heldIn(['a snapshot', '/usr']).map(({ kind, text }) => kind ?? text)).toEqual([
      'programs',
      'a snapshot',
    ]);
  });
});

describe('the phases of a rehearsal', () => {
  const event = { version: 1 as const, type: 'progress' as const, phase: 'clone' as const, time: 0 };

  test('before the one that goes on are done, after it to come', () => {
    const standing = standings(event).map(({ phase, standing: is }) => `${phase} ${is}`);
    expect(standing.slice(3, 6)).toEqual(['download done', 'clone now', 'rehearse later']);
    expect(standings({ ...event, type: 'phase-ended' })[4]?.standing).toBe('done');
  });

  test('are all to come where nothing is known, or the phase is none of them', () => {
    expect(standings(null).every(({ standing: is }) => is === 'later')).toBe(true);
    expect(standings({ ...event, phase: 'inspect' }).every(({ standing: is }) => is === 'later')).toBe(true);
  });
});

describe('the moment of the switch', () => {
  test('is the user’s choice, but where only one is possible', () => {
    expect(momentsFor('soft-reboot', false)).toEqual(['now', 'shutdown', 'hour']);
    expect(momentsFor('shutdown', false)).toEqual(['shutdown']);
    expect(momentsFor('live', true)).toEqual(['now', 'hour']);
  });

  test('that is an hour is the next one, today or tomorrow, and any hour can be read back', () => {
    const now = new Date(2026, 10, 26, 20, 15).getTime();
    expect(nextAt('22:00', now)).toBe(new Date(2026, 10, 26, 22, 0).toISOString());
    expect(nextAt('20:15', now)).toBe(new Date(2026, 10, 27, 20, 15).toISOString());
    expect(nextAt('06:30', now)).toBe(new Date(2026, 10, 27, 6, 30).toISOString());
    expect(hourOf(nextAt('06:30', now) ?? '')).toBe('06:30');
    expect(nextAt('', now)).toBeNull();
  });

  test('asks for the shutdown only where the plan does not already', () => {
    expect(wayFor('now', 'kexec')).toBeUndefined();
    expect(wayFor('shutdown', 'kexec')).toBe('shutdown');
    expect(wayFor('shutdown', 'shutdown')).toBeUndefined();
  });

  test('warns of closed programs exactly where they are closed', () => {
    const closing: Record<Activation, boolean> = {
      live: false,
      'soft-reboot': true,
      kexec: true,
      reboot: true,
      shutdown: false,
    };
    for (const [how, closes] of Object.entries(closing))
      expect(closesPrograms(how as Activation)).toBe(closes);
  });
});
