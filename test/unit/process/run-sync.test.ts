import { describe, expect, it } from 'vitest';
import { runSync, runSyncOrFault } from '../../../electron/engine/process/run-sync.js';

describe('a command whose end is waited for', () => {
  it('tells how it ended', () => {
    expect(runSync(['sh', '-c', 'echo out; echo err >&2; exit 3'], { timeoutMs: 10_000 })).toEqual({
      status: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      ended: 'exit',
    });
    expect(runSync(['no-such-command'], { timeoutMs: 10_000 })).toMatchObject({
      ended: 'not-found',
      stdout: '',
    });
    expect(runSync(['/etc/passwd'], { timeoutMs: 10_000 })).toMatchObject({ ended: 'not-found' });
    expect(runSync(['sleep', '60'], { timeoutMs: 100 })).toMatchObject({ ended: 'timeout' });
  });

  it('has a clean environment', () => {
    process.env['UNDERSTUDY_TEST_LEAK'] = '1';
    const seen = runSyncOrFault(['env'], { timeoutMs: 10_000 });
    delete process.env['UNDERSTUDY_TEST_LEAK'];
    expect(seen).toContain('LC_ALL=C.UTF-8\n');
    expect(seen).not.toContain('LEAK');
  });

  it('is a fault when it fails', () => {
    const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;
    expect(() => runSyncOrFault(['false'], { timeoutMs: 10_000 })).toThrow(code('COMMAND_FAILED'));
    expect(() => runSyncOrFault(['sleep', '60'], { timeoutMs: 100 })).toThrow(code('COMMAND_TIMED_OUT'));
  });
});
