/** How long a restart took, by clocks of which one may be set meanwhile. */
import { describe, expect, it } from 'vitest';
import { secondsBetween, type Asked, type Reached } from '../../../electron/engine/interruption/clocks.js';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 27, 12);
const asked: Asked = { wall: noon, monotonic: 500 * minute, boot: 'first' };
/** The target was reached 20 s after the kernel began, 5 s before this was looked at. */
const reached = (wallMs: number, boot = 'second'): Reached => ({
  target: 20_000,
  monotonic: 25_000,
  wall: noon + wallMs,
  boot,
});

describe('another start of the kernel', () => {
  it('is told by the clock of the wall', () => {
    expect(secondsBetween(asked, reached(65_000))).toBe(60);
  });

  it('is not believed where that clock went backwards, or says less than the kernel itself counted', () => {
    expect(secondsBetween(asked, reached(-3600_000))).toBeUndefined();
    expect(secondsBetween(asked, reached(5000))).toBeUndefined();
    expect(secondsBetween(asked, reached(24_999))).toBeUndefined();
    expect(secondsBetween(asked, reached(25_000))).toBe(20);
  });

  it('is not believed where that clock was set forward, or the machine was off in between', () => {
    expect(secondsBetween(asked, reached(8 * 60 * minute))).toBeUndefined();
    expect(secondsBetween({ ...asked, wall: 0 }, reached(65_000))).toBeUndefined();
  });
});

describe('the same start of the kernel, as after a soft-reboot', () => {
  const soft = (target: number, wall: number): Reached => ({
    target,
    monotonic: target + 10,
    wall,
    boot: 'first',
  });

  it('is told by its own clock, whatever happens to the other one', () => {
    expect(secondsBetween(asked, soft(500 * minute + 7500, noon - 3600_000))).toBe(7.5);
  });

  it('is none where the target was reached before', () => {
    expect(secondsBetween(asked, soft(499 * minute, noon + minute))).toBeUndefined();
  });
});
