/** The guests themselves: that an errand runs in a whole system, answers, and leaves on the disk what it is meant to leave. Other tests rely on it in every run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import { isThorough, notAsked } from '../../lab/thorough.js';

const impossible = isThorough ? await guestImpossible() : notAsked;
const script = new URL('../../../dist/test/lab/guest/inside/greet.js', import.meta.url).pathname;
const minutes = 3;

describe.skipIf(impossible)(`a guest (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await makeGuest({ freeMebibytes: 200 });
  });
  afterAll(() => guest.dispose());

  it('is a whole system without a network, and forgets or keeps what was done in it', async () => {
    const files = { given: { text: 'a word' } };
    const greeting = { user: '0', system: 'running', interfaces: ['lo:'], given: 'a word' };
    const forgotten = await guest.run({ script, files, minutes });
    expect(forgotten, forgotten.story).toMatchObject({ how: 'errand-ended', status: 7 });
    expect(forgotten.lines[0]).toMatchObject({ ...greeting, seen: false });

    const kept = await guest.run({ script, files, minutes, keep: true });
    expect(kept.lines[0], kept.story).toMatchObject({ ...greeting, seen: false });
    // The power is cut at once when it has spoken.
    const cut = await guest.run({ script, files, minutes, keep: true, onLine: (_, { cut: pull }) => pull() });
    expect(cut, cut.story).toMatchObject({ how: 'cut', lines: [{ ...greeting, seen: true }] });
    console.log(`a guest starts, runs an errand and is off in ${forgotten.seconds.toFixed(0)} s`);
  });
});

describe.skipIf(impossible)(`a guest of Debian 13 (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await makeGuest({ suite: 'trixie', include: ['kexec-tools'], freeMebibytes: 200 });
  });
  afterAll(() => guest.dispose());

  it('is a whole system too', async () => {
    const ended = await guest.run({ script, files: { given: { text: 'a word' } }, minutes });
    expect(ended, ended.story).toMatchObject({ how: 'errand-ended', status: 7 });
    expect(ended.lines[0]).toMatchObject({ user: '0', system: 'running', interfaces: ['lo:'], systemd: 257 });
    console.log(`a guest of Debian 13 starts, runs an errand and is off in ${ended.seconds.toFixed(0)} s`);
  });
});
