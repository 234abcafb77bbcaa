/**
 * Real live patches in a guest: loaded and seen to work, there again after a power cut where that is wanted and not where it is not, and not loaded
 * again where the machine went down with one.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../lab/checkout.js';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import { livepatchModules, shownWords } from '../../lab/guest/livepatch-modules.js';
import { oneFile } from '../../lab/one-file.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

const impossible = isThorough ? await guestImpossible() : notAsked;
const minutes = 15;

interface Said {
  readonly began?: string;
  readonly unit?: readonly string[];
  readonly loading?: readonly [number, number];
  readonly network?: number;
  readonly did?: string;
  readonly answer?: unknown;
  readonly commandLine: string;
  readonly status: unknown;
}

describe.skipIf(impossible)(`live patches of a guest's kernel (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  let modules: Awaited<ReturnType<typeof livepatchModules>>;
  let script: string;
  beforeAll(async () => {
    guest = await makeGuest({
      prepare: async (root) => {
        modules = await livepatchModules(root);
        await installUnderstudy(root);
      },
    });
    script = await oneFile('guest/inside/patch-live', '/usr/lib/understudy');
  }, 60 * 60_000);
  afterAll(() => guest.dispose());

  /** One start: each word is told when the one before was answered; then the power is cut, unless the last word is `end`. */
  async function start(...words: readonly string[]): Promise<{ said: Said[]; how: string; story: string }> {
    const left = [...words];
    const { lines, how, story } = await guest.run({
      script,
      files: {
        'shown.ko': { from: modules.shown },
        'crashes.ko': { from: modules.crashes },
        'guest-system.js': { from: inCheckout('dist/test/lab/guest/inside/guest-system.js') },
      },
      minutes,
      keep: true,
      onLine: (line, { cut, tell }) => {
        if ('errand' in (line as object)) return;
        const next = left.shift();
        if (next === undefined) cut();
        else tell(next);
      },
    });
    return { said: lines as Said[], how, story };
  }

  const good = (value: object): object => ({ ok: true, value: expect.objectContaining(value) });
  const active = (...patches: readonly object[]): object =>
    good({ active: patches.map((patch): object => expect.objectContaining(patch) as object) });
  const shown = { name: 'shown', source: 'understudy', state: 'enabled', objects: ['vmlinux'] };

  it(
    'come and go, return after a power cut, and stay away where they did harm',
    { timeout: 90 * 60_000 },
    async () => {
      const first = await start('add', 'load', 'trial', 'undo', 'undo', 'held');
      const [began, add, load, trial, undone, again, held] = first.said;
      expect(began, first.story).toMatchObject({
        began: 'running',
        unit: ['no', 'success'],
        status: active(),
      });
      expect(add?.answer, first.story).toMatchObject(good({ name: 'shown', already: false }));
      expect(load, first.story).toMatchObject({
        answer: good({ already: false }),
        commandLine: shownWords,
        status: active({ ...shown, returns: false, why: 'on-trial' }),
      });
      expect(trial).toMatchObject({ answer: 'active' });
      const undo = good({ action: 'undo', name: 'shown' });
      expect(undone).toMatchObject({ answer: undo, commandLine: began?.commandLine, status: active() });
      expect(again).toMatchObject({ answer: undo, commandLine: shownWords });
      expect(held, first.story).toMatchObject({
        answer: good({ held: ['shown'] }),
        status: active({ ...shown, fixes: 'what /proc/cmdline says', returns: true, why: 'loaded-again' }),
      });
      expect(first.how).toBe('cut');

      // It was cut with the patch in memory, which had held.
      const second = await start('held', 'install-off');
      const [returned, , off] = second.said;
      expect(returned, second.story).toMatchObject({
        ...{ began: 'running', unit: ['yes', 'success'], commandLine: shownWords },
        status: active({ ...shown, returns: false, why: 'on-trial' }),
      });
      const [from = 0, to = 0] = returned?.loading ?? [];
      expect(to).toBeLessThanOrEqual(returned?.network ?? 0);
      console.log(`it was loaded again in ${((to - from) / 1e6).toFixed(1)} s of the emulated processor`);
      expect(off?.status).toMatchObject(active({ ...shown, returns: false, why: 'setting' }));

      const third = await start('install-on', 'load', 'held', 'add-crash', 'load-crash');
      expect(third.said[0], third.story).toMatchObject({
        ...{ began: 'running', commandLine: began?.commandLine },
        status: good({ active: [], heldBack: [] }),
      });
      expect(third.said[3], third.story).toMatchObject({ status: active({ ...shown, returns: true }) });
      // The kernel stopped at once.
      expect(third.how, third.story).toBe('switched-off');

      const fourth = await start('history', 'load-crash', 'unload', 'upgrade-on');
      const [after, told, refused, out] = fourth.said;
      expect(after, fourth.story).toMatchObject({
        ...{ began: 'running', commandLine: shownWords },
        status: good({ heldBack: [expect.objectContaining({ name: 'crashes' })] }),
      });
      expect(after?.status).toMatchObject(active(shown));
      // It was loaded, and then the machine went down: nothing of that can be taken back any more.
      const entry = (name: string, undo: boolean): object =>
        expect.objectContaining({
          ...{ kind: 'load', outcome: 'done' },
          livepatch: expect.objectContaining({ name, undo }) as object,
        }) as object;
      expect(told?.answer, fourth.story).toMatchObject(
        good({ entries: expect.arrayContaining([entry('crashes', false), entry('shown', true)]) as object }),
      );
      expect(refused?.answer, fourth.story).toMatchObject({ problem: { code: 'LIVEPATCH_HELD_BACK' } });
      expect(out).toMatchObject({ commandLine: began?.commandLine, status: active() });

      // Out of what it had, but kept: upgradeOnReboot brings it, and still not what did harm.
      const fifth = await start('end');
      expect(fifth.said[0], fifth.story).toMatchObject({
        ...{ began: 'running', commandLine: shownWords },
        status: good({ heldBack: [expect.objectContaining({ name: 'crashes' })] }),
      });
      expect(fifth.how).toBe('errand-ended');
    },
  );
});
