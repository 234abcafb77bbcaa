import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { begin, journalFolder, resume, transactionsOf } from '../../../electron/engine/journal/journal.js';
import { withStoreLock } from '../../../electron/engine/journal/lock.js';
import { openSystem, type System } from '../../../electron/engine/system.js';

let root = '';
let system: System;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'understudy-journal-'));
  for (const name of ['usr', 'etc', 'var/lib']) mkdirSync(join(root, name), { recursive: true });
  system = openSystem(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const files = () => readdirSync(journalFolder(system)).sort();
const file = (index: number) => join(journalFolder(system), files()[index] ?? '');
const damage = expect.objectContaining({
  problem: expect.objectContaining({ code: 'JOURNAL_DAMAGED' }) as unknown,
});

function twoTransactions(): void {
  const first = begin(system, 'stage', 'stage-one', { plan: 'plan-1' });
  first.step('clone');
  first.end('done');
  const second = begin(system, 'activate', 'activate-two', { restorePoint: 'point-1' });
  second.step('prepare');
  second.commit('switch');
}

describe('the journal', () => {
  it('gives back what was written, and says what was not ended', () => {
    twoTransactions();
    const all = transactionsOf(system);
    expect(all.map(({ id, ended }) => [id, ended])).toEqual([
      ['stage-one', true],
      ['activate-two', false],
    ]);
    expect(all[1]?.records.map(({ type, step }) => `${type}:${step}`)).toEqual([
      'begin:activate',
      'step:prepare',
      'commit:switch',
    ]);
    expect(all.flatMap(({ records }) => records.map(({ sequence }) => sequence))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('does not begin a transaction while one is open, and ends it after a restart', () => {
    twoTransactions();
    expect(() => begin(system, 'prune', 'prune-three')).toThrow('open');
    const open = transactionsOf(system).at(-1);
    if (!open) throw new Error('there is one');
    resume(system, open).end('rolled-forward');
    expect(transactionsOf(system).at(-1)?.ended).toBe(true);
    begin(system, 'prune', 'prune-three').end('done');
    expect(transactionsOf(system).length).toBe(3);
  });

  it('takes a torn last line for what it is, at every length, and writes on after it', () => {
    twoTransactions();
    const whole = readFileSync(file(1));
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = lastLine; length < whole.length; length += 7) {
      writeFileSync(file(1), whole.subarray(0, length));
      const open = transactionsOf(system).at(-1);
      expect(open?.records.length, `cut at ${length}`).toBe(2);
    }
    const open = transactionsOf(system).at(-1);
    if (open) resume(system, open).end('rolled-back');
    expect(transactionsOf(system).at(-1)?.records.at(-1)?.step).toBe('rolled-back');
  });

  it('takes a first record that was torn for no transaction', () => {
    begin(system, 'stage', 'stage-one').end('done');
    begin(system, 'stage', 'stage-two');
    truncateSync(file(1), 20);
    expect(transactionsOf(system).map(({ id }) => id)).toEqual(['stage-one']);
    begin(system, 'stage', 'stage-three').end('done');
    expect(transactionsOf(system).map(({ id }) => id)).toEqual(['stage-one', 'stage-three']);
  });

  it('reports a flipped byte anywhere but in the torn end', () => {
    twoTransactions();
    const whole = readFileSync(file(0));
    for (let at = 0; at < whole.length; at += 11) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 1;
      writeFileSync(file(0), altered);
      expect(() => transactionsOf(system), `byte ${at}`).toThrow(damage);
    }
  });

  it('reports a missing file, a missing record and a foreign one', () => {
    twoTransactions();
    const content = readFileSync(file(1), 'utf8');
    const lines = content.split('\n');
    writeFileSync(file(1), [lines[0], ...lines.slice(2)].join('\n'));
    expect(() => transactionsOf(system)).toThrow(damage);
    writeFileSync(file(1), content);
    appendFileSync(file(1), readFileSync(file(0), 'utf8'));
    expect(() => transactionsOf(system)).toThrow(damage);
    writeFileSync(file(1), content);
    rmSync(file(0));
    expect(() => transactionsOf(system)).toThrow(damage);
  });
});

describe('the lock of the store', () => {
  it('lets one in at a time', async () => {
    const second = withStoreLock(system, () => withStoreLock(system, () => Promise.resolve('in')));
    await expect(second).rejects.toMatchObject({ problem: { code: 'BUSY_UNDERSTUDY' } });
    await expect(withStoreLock(system, () => Promise.resolve('in'))).resolves.toBe('in');
  });
});
