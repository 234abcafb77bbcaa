/**
 * The command line of an ordinary user, with a helper that root runs for that user at the place where it is looked for: in a mount
 * namespace of its own, whose /run is empty at first.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusAnswer } from '../../../electron/cli/verbs/status.js';
import type { Staged } from '../../../shared/history.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { practiceSystem } from '../../lab/practice-system.js';

const impossible = await debianRootImpossible();
const top = new URL('../../../', import.meta.url).pathname;
const launcher = join(top, 'electron/cli/understudy.js');
const helper = join(top, 'dist/program/helper.js');
const user = 61_005;
const limit = { timeout: 240_000 };

interface Line {
  readonly type: string;
  readonly exitCode?: number;
  readonly ok?: boolean;
  readonly value?: unknown;
  readonly problem?: { readonly code: string; readonly hint: string };
}

describe.skipIf(impossible)(`the command line of an ordinary user (${impossible ?? 'runs'})`, () => {
  let root = '';
  beforeAll(async () => {
    root = await practiceSystem();
  }, 300_000);
  afterAll(() => removeRoot(root));

  /** Runs a shell script where /run is empty: `understudy` is the user’s command line, `helper` starts one for that user. */
  function inside(script: string): Promise<{ lines: Line[]; stderr: string }> {
    const prelude = `set -e
      mount -t tmpfs -o mode=755 tmpfs /run
      understudy() { setpriv --reuid=${user} --regid=${user} --clear-groups ${process.execPath} ${launcher} "$@" || true; }
      helper() { ${process.execPath} ${helper} --detach --socket demand --for-uid ${user} --root '${root}' --idle-seconds 600; }
      `;
    const child = spawn(
      'unshare',
      [
        '--mount',
        '--propagation',
        'private',
        '--pid',
        '--fork',
        '--mount-proc',
        'sh',
        '-c',
        prelude + script,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
      },
    );
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
    return new Promise((resolve) =>
      child.once('close', () => {
        const lines = said.stdout.split('\n').filter((line) => line.includes('"type":'));
        resolve({ lines: lines.map((line) => JSON.parse(line) as Line), stderr: said.stderr });
      }),
    );
  }
  const results = (lines: readonly Line[]): Line[] => lines.filter(({ type }) => type === 'result');

  it('without a helper it reads by itself, and says how to alter', limit, async () => {
    const { lines, stderr } = await inside('understudy status --json; understudy stage --json');
    expect(stderr).toBe('');
    const [status, stage] = results(lines);
    expect(status).toMatchObject({
      ok: true,
      value: { connection: 'in-process', schedule: { reason: 'no-right' } },
    });
    expect(stage).toMatchObject({ ok: false, exitCode: 1, problem: { code: 'NOT_ROOT' } });
    expect(stage?.problem?.hint).toContain('--elevate');
  });

  it('with one it stages with progress, and reads what only root may', limit, async () => {
    const { lines, stderr } = await inside(
      'helper; understudy stage --scope all --json; understudy status --json; understudy history --json; understudy settings keepRestorePoints=5 --json',
    );
    expect(stderr).toBe('');
    const [stage, status, history, settings] = results(lines);
    expect(stage).toMatchObject({ ok: true, exitCode: 0, value: { ready: true } });
    const { stage: id } = stage?.value as Staged;
    expect(lines.filter(({ type }) => type === 'phase-started').length).toBeGreaterThan(3);
    expect(status?.value as StatusAnswer).toMatchObject({
      connection: 'demand',
      update: { state: 'needs-decision', stage: id },
      status: { helper: { privileged: true } },
    });
    expect(history).toMatchObject({ ok: true, value: { unseen: [], staged: [{ id }] } });
    expect(settings).toMatchObject({ ok: true, value: { keepRestorePoints: 5 } });
  });

  it('Ctrl+C stops the run cleanly', limit, async () => {
    const script = `helper
      mkfifo /run/lines
      setpriv --reuid=${user} --regid=${user} --clear-groups ${process.execPath} ${launcher} stage --scope all --json > /run/lines &
      while read -r line; do
        echo "$line"
        case "$line" in *'"phase-started","phase":"rehearse"'*) kill -INT $!;; esac
      done < /run/lines
      understudy history --json`;
    const { lines } = await inside(script);
    const [stage, history] = results(lines);
    expect(stage).toMatchObject({ ok: false, problem: { code: 'CANCELLED' } });
    expect(history).toMatchObject({
      ok: true,
      value: { entries: [{ kind: 'stage', outcome: 'failed' }, {}] },
    });
  });
});
