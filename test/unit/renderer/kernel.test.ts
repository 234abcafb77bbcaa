/** What the page of the kernel says of live patches, in words. */
import { describe, expect, test } from 'vitest';
import type { ActiveLivepatch } from '../../../shared/livepatch.js';
import { problem } from '../../../shared/errors.js';
import { aboutPatch, afterLoss, verdictOn } from '../../../renderer/kernel/livepatch-facts.js';
import { problemsOf } from '../../../renderer/kernel/problems-of.js';
import { sayIn } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const texts = english(sayIn('en')).kernel.livepatches;

const patch = (more: Partial<ActiveLivepatch> = {}): ActiveLivepatch => ({
  name: 'fix_net',
  source: 'understudy',
  state: 'enabled',
  objects: ['vmlinux', 'nf_tables'],
  fixes: 'CVE-2026-1234',
  returns: true,
  why: 'loaded-again',
  ...more,
});

describe('a live patch', () => {
  test('is told by what it fixes, what it changes, and who loaded it', () => {
    expect(aboutPatch(patch(), texts)).toBe(
      'Fixes CVE-2026-1234 · Changes vmlinux and nf_tables · Loaded by Understudy',
    );
    const others = patch({ source: 'kpatch', fixes: null, objects: [] });
    expect(aboutPatch(others, texts)).toBe('Loaded by kpatch');
    const unseen = patch({ source: 'unknown', fixes: null, returns: null, why: 'unseen' });
    expect(aboutPatch(unseen, texts)).toBe('Changes vmlinux and nf_tables');
  });

  test('with many parts, or with names that deceive, stays a line', () => {
    const long = aboutPatch(patch({ objects: Array.from({ length: 500 }, () => 'x'.repeat(900)) }), texts);
    expect(long.length).toBeLessThan(700);
    expect(aboutPatch(patch({ fixes: 'a\u202eb', objects: ['\u0000'] }), texts)).not.toMatch(
      /\p{Bidi_Control}|\p{Cc}/u,
    );
  });

  test.each([
    [true, 'good', 'Survives a power loss'],
    [false, 'warn', 'Gone after a power loss'],
    [null, 'plain', 'Not known'],
  ] as const)('that returns: %j', (returns, tone, text) => {
    expect(verdictOn({ returns }, texts)).toEqual({ tone, text });
  });
});

test.each([
  [[true, true], 'All of them are there again after a power loss.'],
  [[false, false], 'None of them is there again after a power loss.'],
  [[true, false], 'One of them is there again after a power loss.'],
  [[true, true, false], '2 of them are there again after a power loss.'],
  [[true, null], 'It is not known whether all of them are there again after a power loss.'],
] as const)('of several, %j: %s', (returns, sentence) => {
  expect(
    afterLoss(
      returns.map((one) => ({ returns: one })),
      texts,
    ),
  ).toBe(sentence);
});

test('where nobody answers, one notice says it', () => {
  const silence = problem('HELPER_UNREACHABLE');
  const damaged = problem('LIVEPATCH_RECORDS_DAMAGED', 'state.json');
  expect(problemsOf([silence, silence, null])).toEqual([silence]);
  expect(problemsOf([null, damaged, silence])).toEqual([damaged, silence]);
  expect(problemsOf([null, null])).toEqual([]);
});
