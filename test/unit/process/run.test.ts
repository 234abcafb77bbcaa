import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf, lineSplitter, run, runOrFault } from '../../../electron/engine/process/run.js';

const second = 1000;

/** The letter of proc_pid_stat(5), or `gone`. */
function stateOf(pid: number): string {
  try {
    return /^\d+ \(.*\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 'gone';
  } catch {
    return 'gone';
  }
}

describe('running a command', () => {
  it('takes arguments as they are, in a clean environment with a fixed locale', async () => {
    process.env['UNDERSTUDY_SECRET'] = 'x';
    const { stdout } = await run(['sh', '-c', 'printf %s "$1"; env', 'sh', '$(id); *'], {
      timeoutMs: 5 * second,
    });
    delete process.env['UNDERSTUDY_SECRET'];
    expect(stdout).toContain('$(id); *');
    expect(stdout).toContain('LC_ALL=C.UTF-8');
    expect(stdout).not.toContain('UNDERSTUDY_SECRET');
  });

  it('gives lines, status lines and input', async () => {
    const lines: string[] = [];
    const result = await run(['sh', '-c', 'cat; echo two >&2; echo three >&3'], {
      timeoutMs: 5 * second,
      input: 'one\n',
      onLine: (stream, line) => lines.push(`${stream} ${line}`),
      onStatus: (line) => lines.push(`status ${line}`),
    });
    expect(result).toMatchObject({ status: 0, ended: 'exit', stdout: 'one\n' });
    expect(lines.sort()).toEqual(['status three', 'stderr two', 'stdout one']);
  });

  it('stops what takes too long, and what it started', async () => {
    const result = await run(['sh', '-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 300 });
    expect(result.ended).toBe('timeout');
    // Killed, which a busy machine carries out a moment later; then dead, though perhaps not yet buried by whoever inherited it.
    await expect.poll(() => stateOf(Number(result.stdout)), { timeout: 10_000 }).toMatch(/^[ZX]$|^gone$/);
    expect(failureOf(['sleep'], result)?.code).toBe('COMMAND_TIMED_OUT');
  });

  it('tells silence from work', async () => {
    const busy = await run(['sh', '-c', 'for i in 1 2 3 4; do echo $i; sleep 0.1; done'], {
      timeoutMs: 9 * second,
      idleTimeoutMs: 2 * second,
    });
    expect(busy.ended).toBe('exit');
    const silent = await run(['sleep', '60'], { timeoutMs: 9 * second, idleTimeoutMs: 200 });
    expect(silent.ended).toBe('idle');
  });

  it('is cancelled at once, before and while it runs', async () => {
    expect((await run(['sleep', '60'], { timeoutMs: 5 * second, signal: AbortSignal.abort() })).ended).toBe(
      'cancelled',
    );
    const abort = new AbortController();
    const running = run(['sleep', '60'], { timeoutMs: 5 * second, signal: abort.signal });
    abort.abort();
    expect((await running).ended).toBe('cancelled');
  });

  it('makes a fault of a command that is missing or fails, with its last words', async () => {
    await expect(runOrFault(['understudy-no-such-command'], { timeoutMs: second })).rejects.toMatchObject({
      problem: { code: 'COMMAND_FAILED', details: ['understudy-no-such-command: not found'] },
    });
    await expect(
      runOrFault(['sh', '-c', 'echo why >&2; exit 3'], { timeoutMs: second }),
    ).rejects.toMatchObject({
      problem: { code: 'COMMAND_FAILED', details: [expect.stringContaining('status 3') as string, 'why'] },
    });
  });

  it('keeps the end of an endless output', async () => {
    const result = await run(['sh', '-c', 'yes | head -c 300000; echo end'], {
      timeoutMs: 9 * second,
      keepBytes: 1000,
    });
    expect(result.stdout.length).toBeLessThanOrEqual(1000);
    expect(result.stdout.endsWith('end\n')).toBe(true);
  });

  it('splits lines wherever the chunks end', () => {
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line));
    for (const byte of Buffer.from('ä\nb\n\nlast')) splitter.push(Buffer.of(byte));
    splitter.end();
    expect(lines).toEqual(['ä', 'b', '', 'last']);
  });
});
