/** Turns: so many of a user at a time, in the order in which they were asked for, and nobody waits for another user. */
import { describe, expect, it } from 'vitest';
import { Turns } from '../../../electron/helper/server/turns.js';

/** Lets everything that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('are given in order, and given on', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const giveBack: (() => void)[] = [];
    for (let index = 0; index < 5; index += 1)
      void turns.take(1000).then((back) => {
        begun.push(index);
        giveBack[index] = back;
      });
    await settle();
    expect(begun).toEqual([0, 1]);
    giveBack[1]!();
    giveBack[1]!(); // the second time it is nobody's any more
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    giveBack[0]!();
    giveBack[2]!();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    giveBack[3]!();
    giveBack[4]!();
    await Promise.all([turns.take(1000), turns.take(1000)]);
  });

  it('of one user never wait for another', async () => {
    const turns = new Turns(1);
    await turns.take(1000);
    void turns.take(1000);
    expect(await turns.take(1001)).toBeTypeOf('function');
  });
});
