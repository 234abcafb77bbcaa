/** What only reads ends with who asked for it and with the helper, and is waited for until nothing of it is left. */
import { expect, it } from 'vitest';
import { problem, type Outcome } from '../../../shared/errors.js';
import { Queries } from '../../../electron/helper/runs/queries.js';

const cancelled: Outcome<never> = { ok: false, problem: problem('CANCELLED') };
/** Ends some time after it was asked to stop, as something does that ends a process first. */
function slowToStop(log: string[], name: string) {
  return (signal: AbortSignal): Promise<Outcome<never>> =>
    new Promise((resolve) => {
      const stop = (): void =>
        void setTimeout(() => {
          log.push(name);
          resolve(cancelled);
        }, 20);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
    });
}
const codeOf = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.problem.code);

it('are cut when the helper ends, which waits for them; nothing new begins', async () => {
  const [queries, log] = [new Queries(), [] as string[]];
  const answers = ['one', 'two'].map((name) => queries.begin(undefined, slowToStop(log, name)));
  await queries.close();
  expect(log.sort()).toEqual(['one', 'two']);
  expect((await Promise.all(answers)).map(codeOf)).toEqual(['HELPER_STOPPING', 'HELPER_STOPPING']);
  let hasBegun = false;
  const late = await queries.begin(undefined, () => {
    hasBegun = true;
    return Promise.resolve({ ok: true, value: 1 });
  });
  expect([codeOf(late), hasBegun]).toEqual(['HELPER_STOPPING', false]);
});

it('end with their client, and no other does', async () => {
  const [queries, log, gone] = [new Queries(), [] as string[], new AbortController()];
  const first = queries.begin(gone.signal, slowToStop(log, 'first'));
  const other = queries.begin(new AbortController().signal, slowToStop(log, 'other'));
  gone.abort();
  expect(codeOf(await first)).toBe('CANCELLED');
  expect(log).toEqual(['first']);
  expect(codeOf(await queries.begin(gone.signal, slowToStop(log, 'too late')))).toBe('CANCELLED');
  await queries.close();
  expect(codeOf(await other)).toBe('HELPER_STOPPING');
});

it('answer what they found, also where that is a mistake', async () => {
  const [queries, gone] = [new Queries(), new AbortController()];
  expect(await queries.begin(gone.signal, () => Promise.resolve({ ok: true, value: 7 }))).toEqual({
    ok: true,
    value: 7,
  });
  await expect(queries.begin(gone.signal, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  await queries.close();
});
