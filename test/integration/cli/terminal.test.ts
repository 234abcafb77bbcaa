/** The command line on a real pseudo-terminal: progress, questions, Ctrl+C. Needs script(1) of util-linux. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnsOf } from '../../../electron/cli/text/width.js';
import { rootTree, type RootTree } from '../../unit/cli/root-tree.js';
import { double, hasScript, onTerminal, run, start } from './start.js';

let tree: RootTree;
beforeAll(() => {
  tree = rootTree({ store: false });
});
afterAll(() => tree.remove());
const argv = (...rest: string[]): string => ['--root', tree.path, ...rest].join(' ');

describe.skipIf(!hasScript)('on a terminal (needs script of util-linux)', () => {
  test('progress is one line, drawn over itself, never as wide as the terminal', async () => {
    const { exitCode, stdout } = await onTerminal(60, argv('stage'), { PLAY: 'work' }).ended;
    expect(exitCode).toBe(0);
    const drawn = stdout
      .split('\r')
      .filter((part) => part.endsWith('\u001b[K'))
      .map((part) => part.slice(0, -3));
    const bars = drawn.filter((line) => line.includes('░'));
    expect(bars.length).toBeGreaterThanOrEqual(3);
    for (const line of drawn) {
      // eslint-disable-next-line no-control-regex -- our own colours take no columns
      const shown = line.replace(/\u001b\[[\d;]*m/g, '');
      expect(shown).not.toContain('\u001b');
      expect(columnsOf(shown)).toBeLessThan(60);
    }
    expect(stdout).toContain('Downloading packages: 50.0 MB of 50.0 MB');
    expect(stdout).toContain('\u001b[32mStaged stage-aaaa1111');
  });

  test('NO_COLOR takes the colours, not the bar', async () => {
    const { stdout } = await onTerminal(80, argv('stage'), { PLAY: 'work', NO_COLOR: '1' }).ended;
    expect(stdout).toContain('░');
    // eslint-disable-next-line no-control-regex -- SGR is what must not be there
    expect(stdout).not.toMatch(/\u001b\[[\d;]*m/);
  });

  test('TERM=dumb gets plain lines without a single escape', async () => {
    const { stdout } = await onTerminal(80, argv('stage'), { PLAY: 'work', TERM: 'dumb' }).ended;
    expect(stdout).toContain('Downloading packages:');
    expect(stdout).not.toContain('\u001b');
  });

  test('--quiet shows no progress', async () => {
    const { stdout } = await onTerminal(80, argv('stage', '--quiet'), { PLAY: 'work', NO_COLOR: '1' }).ended;
    expect(stdout).not.toContain('Downloading');
    expect(stdout).toContain('Staged stage-aaaa1111');
  });

  test.each([
    ['y', 0, 'Switched to stage-aaaa1111'],
    ['n', 1, 'The answer was no.'],
    ['', 1, 'The answer was no.'],
  ])('the answer "%s" to the question', async (answer, exitCode, words) => {
    const started = onTerminal(80, argv('activate'), { NO_COLOR: '1' });
    await started.until('Switch now? [y/N] ');
    expect(started.said()).toContain('REMOVED');
    started.child.stdin.write(`${answer}\n`);
    const ended = await started.ended;
    expect(ended.stdout).toContain(words);
    expect(ended.exitCode).toBe(exitCode);
  });

  test('Ctrl+C at the question is a clean no', async () => {
    const started = onTerminal(80, argv('rollback'), { NO_COLOR: '1' });
    await started.until('Roll back now? [y/N] ');
    started.child.stdin.write('\u0003');
    const { exitCode, stdout } = await started.ended;
    expect([exitCode, stdout.includes('[CANCELLED]')]).toEqual([1, true]);
  });

  test('--json asks nothing, even here', async () => {
    const { exitCode, stdout } = await onTerminal(80, argv('activate', '--json')).ended;
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ problem: { code: 'CONFIRMATION_NEEDED' } });
  });

  test('the first Ctrl+C cancels cleanly and says so', async () => {
    const started = onTerminal(80, argv('stage'), { PLAY: 'polite', NO_COLOR: '1' });
    await started.until('Waiting to be cancelled');
    started.child.stdin.write('\u0003');
    const { exitCode, stdout } = await started.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Cancelling.');
    expect(stdout).toContain('[CANCELLED]');
  });

  test('the second Ctrl+C ends at once with 130', async () => {
    const started = onTerminal(80, argv('stage'), { PLAY: 'stubborn', NO_COLOR: '1' });
    await started.until('Waiting to be cancelled');
    started.child.stdin.write('\u0003');
    await started.until('Taking its time');
    started.child.stdin.write('\u0003');
    expect((await started.ended).exitCode).toBe(130);
  });
});

describe('without a terminal', () => {
  test('progress is plain lines on standard error', async () => {
    const { exitCode, stdout, stderr } = await run([process.execPath, double, '--root', tree.path, 'stage'], {
      PLAY: 'work',
    });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^Downloading packages:\nDownloading packages: 50\.0 MB of 50\.0 MB, ended after 1\.\d s\n$/,
    );
    expect(stdout).toMatch(/^Staged stage-aaaa1111/);
  });

  test('a question cannot be asked', async () => {
    const { exitCode, stderr } = await run([process.execPath, double, '--root', tree.path, 'activate']);
    expect([exitCode, stderr.includes('[CONFIRMATION_NEEDED]')]).toEqual([3, true]);
  });

  test('a polite kill cancels; an echo of it, as npm sends one, is no second wish', async () => {
    const started = start([process.execPath, double, '--root', tree.path, 'stage'], { PLAY: 'polite' });
    await started.until('Waiting to be cancelled');
    started.child.kill('SIGINT');
    started.child.kill('SIGTERM');
    const { exitCode, stderr } = await started.ended;
    expect([exitCode, stderr.includes('[CANCELLED]')]).toEqual([1, true]);
  });

  test('work that stops without an answer is told as a bug', async () => {
    const { exitCode, stderr } = await run([process.execPath, double, '--root', tree.path, 'stage'], {
      PLAY: 'abandoned',
    });
    expect([exitCode, stderr.includes('[INTERNAL]')]).toEqual([1, true]);
  });

  test('a reader that goes away does not stop the work', async () => {
    const started = start([process.execPath, double, '--root', tree.path, 'stage', '--json'], {
      PLAY: 'work',
    });
    await started.until('phase-started');
    started.child.stdout.destroy();
    expect(await started.ended).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
