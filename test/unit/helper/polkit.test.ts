/** What polkit is asked, by a program in place of pkcheck, and what becomes of each of its answers. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { polkit } from '../../../electron/helper/authorise/polkit.js';
import type { Peer } from '../../../electron/helper/server/peer.js';
import type { Action } from '../../../shared/operations.js';

let folder = '';
let program = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-polkit-'));
  program = join(folder, 'pkcheck');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function answers(script: string): void {
  writeFileSync(program, `#!/bin/sh\necho "$@" >> "$0.asked"\n${script}\n`);
  chmodSync(program, 0o755);
}
const asked = (): string => (existsSync(`${program}.asked`) ? readFileSync(`${program}.asked`, 'utf8') : '');

const peer: Peer = { pid: 4711, uid: 1000, startTime: '123456', isSame: () => true, forget: () => undefined };

async function ask(
  given: Partial<Peer> = {},
  action: Action = 'activate',
  signal = new AbortController().signal,
) {
  return (await polkit(program).ask({ peer: { ...peer, ...given }, action, signal }))?.code;
}

describe('polkit', () => {
  it('is asked about the process by number, start time and user', async () => {
    answers('exit 0');
    expect(await ask()).toBeUndefined();
    expect(asked()).toBe(
      '--action-id org.understudy.activate --process 4711,123456,1000 --allow-user-interaction\n',
    );
  });

  it('never asks for a password for looking', async () => {
    answers('exit 0');
    await ask({}, 'inspect');
    expect(asked()).not.toContain('interaction');
  });

  it.each([
    [1, 'NOT_AUTHORISED'],
    [2, 'NO_POLKIT_AGENT'],
    [3, 'AUTHORISATION_DISMISSED'],
    [127, 'NO_POLKIT'],
    [255, 'NO_POLKIT'],
  ])('that ends with %i refuses: %s', async (status, code) => {
    answers(`exit ${status}`);
    expect(await ask()).toBe(code);
  });

  it('that dies refuses', async () => {
    answers('kill -9 $$');
    expect(await ask()).toBe('NO_POLKIT');
  });

  it('that is not there refuses', async () => expect(await ask()).toBe('NO_POLKIT'));

  it('is not asked for root', async () => {
    answers('exit 1');
    expect(await ask({ uid: 0 })).toBeUndefined();
    expect(asked()).toBe('');
  });

  it('is not asked for a process that is another by now', async () => {
    answers('exit 0');
    expect(await ask({ isSame: () => false })).toBe('NOT_AUTHORISED');
    expect(asked()).toBe('');
  });

  it('does not count for a process that became another while it was asked', async () => {
    answers('exit 0');
    expect(await ask({ isSame: () => asked() === '' })).toBe('NOT_AUTHORISED');
  });

  it('takes its question back when nobody waits for the answer', async () => {
    answers('echo $$ > "$0.pid"; exec sleep 600');
    const gone = new AbortController();
    const answer = ask({}, 'activate', gone.signal);
    await expect
      .poll(() => existsSync(`${program}.pid`) && readFileSync(`${program}.pid`, 'utf8'))
      .toMatch(/\d/);
    gone.abort();
    expect(await answer).toBe('CANCELLED');
    const pid = readFileSync(`${program}.pid`, 'utf8').trim();
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });
});
