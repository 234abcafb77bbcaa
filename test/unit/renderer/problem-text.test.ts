/** A problem always says something, also one that this version does not know. */
import { expect, test } from 'vitest';
import { problem, type ErrorCode, type Problem } from '../../../shared/errors.js';
import { problemText } from '../../../renderer/problem/problem-text.js';
import { german } from '../../../renderer/words/german.js';
import { sayIn } from '../../../renderer/words/say.js';
import { english } from '../../../renderer/words/vocabulary.js';

const words = english(sayIn('en'));
const strange = (code: string, sentence: string, hint: string): Problem => ({
  code: code as ErrorCode,
  sentence,
  hint,
  details: [],
});

test('a known code is said in the words of the app, in its language', () => {
  expect(problemText(problem('NOT_ROOT'), words).hint).not.toContain('sudo');
  expect(problemText(problem('NO_SPACE'), german(sayIn('de'))).sentence).toBe(
    'Auf dem Datenträger ist nicht genug Platz.',
  );
});

test('an unknown code speaks for itself', () => {
  expect(problemText(strange('MOON', 'The moon stands in the way.', 'Wait.'), words)).toEqual({
    sentence: 'The moon stands in the way.',
    hint: 'Wait.',
  });
});

test('one without a sentence still says something', () => {
  expect(problemText(strange('MOON', ' ', ''), words).sentence).toBe(words.problems.unknown);
});

test.each(['constructor', 'toString', '__proto__'])('the code %s is not taken for a property', (code) => {
  expect(problemText(strange(code, 'Own sentence.', 'Own hint.'), words).sentence).toBe('Own sentence.');
});
