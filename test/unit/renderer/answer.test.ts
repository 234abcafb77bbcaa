/** Of two answers the later question's counts. */
import { expect, test } from 'vitest';
import type { Outcome } from '../../../shared/errors.js';
import { Answer } from '../../../renderer/state/answer.svelte.js';

function asker() {
  const waiting: ((outcome: Outcome<string>) => void)[] = [];
  const answer = new Answer(() => new Promise<Outcome<string>>((resolve) => waiting.push(resolve)));
  return { answer, waiting };
}

test('a late answer to an early question is not shown', async () => {
  const { answer, waiting } = asker();
  const first = answer.ask();
  const second = answer.ask();
  waiting[1]?.({ ok: true, value: 'new' });
  await second;
  waiting[0]?.({ ok: true, value: 'old' });
  await first;
  expect(answer.value).toBe('new');
  expect(answer.isAsking).toBe(false);
});

test('a value stays while it is asked for anew, and when that fails; the problem goes with the next success', async () => {
  const { answer, waiting } = asker();
  const first = answer.ask();
  waiting[0]?.({ ok: true, value: 'value' });
  await first;
  const second = answer.ask();
  expect([answer.value, answer.isAsking]).toEqual(['value', true]);
  waiting[1]?.({ ok: false, problem: { code: 'HELPER_LOST', sentence: '', hint: '', details: [] } });
  await second;
  expect([answer.value, answer.problem?.code]).toEqual(['value', 'HELPER_LOST']);
  const third = answer.ask();
  waiting[2]?.({ ok: true, value: 'next' });
  await third;
  expect([answer.value, answer.problem]).toEqual(['next', null]);
});
