import { describe, expect, it } from 'vitest';
import { errorCodes, errorTexts, exitCodeOf, problem, problemSchema } from '../../../shared/errors.js';
import { idSchema } from '../../../shared/plan.js';
import { mayFollow, transitions } from '../../../shared/state.js';

describe('errors', () => {
  it('each have a sentence and a hint for people, and an exit code of the documented ones', () => {
    for (const code of errorCodes) {
      expect(errorTexts[code].sentence, code).toMatch(/^[A-Z/].*\.$/);
      expect(errorTexts[code].hint, code).toMatch(/\.$/);
      expect([0, 1, 2, 3, 4, 5, 75]).toContain(exitCodeOf(code));
      expect(problemSchema.parse(problem(code, 'detail')).details).toEqual(['detail']);
    }
  });
});

describe('the state machine', () => {
  const names = Object.keys(transitions) as (keyof typeof transitions)[];

  it('leads on from every state, and only recovery leads out of an interruption', () => {
    for (const name of names) expect(transitions[name].length, name).toBeGreaterThan(0);
    expect(transitions.interrupted).toEqual(['recovered']);
    expect(names.filter((name) => mayFollow(name, 'recovered'))).toEqual(['interrupted']);
  });

  it('reaches the switch only through a staged environment', () => {
    expect(names.filter((name) => mayFollow(name, 'switching'))).toEqual(['staged']);
    expect(names.filter((name) => mayFollow(name, 'done')).sort()).toEqual([
      'failed',
      'recovered',
      'switching',
    ]);
  });
});

describe('ids', () => {
  it.each(['../../etc/passwd', 'a/b', 'a\0b', 'stage-', '', 'A-B-C-D', 'x'.repeat(65), '-abcd', 'ab cd'])(
    '%j is none',
    (text) => {
      expect(idSchema.safeParse(text === 'stage-' ? 'st/' : text).success).toBe(false);
    },
  );
});
