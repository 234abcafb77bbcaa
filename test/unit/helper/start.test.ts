/** What the helper takes from who starts it, and when it ends by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handedOver } from '../../../electron/helper/start/activation.js';
import { readHelperOptions } from '../../../electron/helper/start/command-line.js';
import { IdleWatch } from '../../../electron/helper/start/idle.js';
import { askedBy } from '../../../electron/helper/start/surroundings.js';

describe("the helper's options", () => {
  it('have safe defaults', () => {
    expect(readHelperOptions([])).toMatchObject({
      socket: 'demand',
      root: '/',
      practice: false,
      idleSeconds: 60,
    });
  });

  it('take every user id that there can be', () => {
    expect(readHelperOptions(['--for-uid', '4294967294']).forUid).toBe(4_294_967_294);
    expect(readHelperOptions(['--for-uid', '1858400500']).forUid).toBe(1_858_400_500);
  });

  it.each([
    ['--socket', '/tmp/mine'],
    ['--for-uid', '-1'],
    ['--for-uid', '4294967295'],
    ['--for-uid', '1e3'],
    ['--for-uid', '0x10'],
    ['--for-uid', ''],
    ['--idle-seconds', '9999999999'],
    ['--idle-seconds', '2147484'],
    ['--eval', 'process.exit()'],
    ['anything'],
  ])('refuse %s %s', (...argv) => expect(() => readHelperOptions(argv)).toThrow());
});

describe('who asked for it', () => {
  it.each([
    [{ PKEXEC_UID: '1000' }, 1000],
    [{ SUDO_UID: '1001' }, 1001],
    [{ SUDO_UID: '1001; rm' }, undefined],
    [{ SUDO_UID: '-1' }, undefined],
    [{}, undefined],
  ])('in %j is %s', (environment, uid) => expect(askedBy(environment)).toBe(uid));
});

describe('a socket of systemd', () => {
  it.each([
    {},
    { LISTEN_FDS: '1' },
    { LISTEN_FDS: '1', LISTEN_PID: '1' },
    { LISTEN_FDS: '2', LISTEN_PID: String(process.pid) },
  ])('is not there with %j', (environment) =>
    expect(() => handedOver(environment)).toThrow(expect.objectContaining({ code: 'UNSAFE_PLACE' })),
  );
  it('is descriptor 3, for this process alone', () =>
    expect(handedOver({ LISTEN_FDS: '1', LISTEN_PID: String(process.pid) })).toBe(3));
});

describe('idleness', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('ends the helper only after it lasted', () => {
    let busy = false;
    const onIdle = vi.fn();
    const idle = new IdleWatch(1000, () => busy, onIdle);
    idle.look();
    vi.advanceTimersByTime(900);
    busy = true;
    idle.look();
    vi.advanceTimersByTime(10_000);
    expect(onIdle).not.toHaveBeenCalled();
    busy = false;
    idle.look();
    vi.advanceTimersByTime(999);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledOnce();
  });
});
