/** The kernel's command line, without what one entry alone has of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { previousWord, trialWord, usualWords } from '../../../electron/engine/inspect/kernel-words.js';
import { thisMachine } from '../../../electron/engine/inspect/sources.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'understudy-proc-'));
});
afterEach(() => rmSync(proc, { recursive: true, force: true }));

const words = (line: string): string[] => {
  writeFileSync(join(proc, 'cmdline'), `${line}\n`);
  return usualWords({ ...thisMachine, proc: raw(proc) });
};

it('has no words of the boot loader, and keeps what stands between quotes together', () => {
  expect(
    words('BOOT_IMAGE=/vmlinuz-6.1 root=UUID=1 ro initrd=\\initrd.img dyndbg="file a.c +p" quiet'),
  ).toEqual(['root=UUID=1', 'ro', 'dyndbg=file a.c +p', 'quiet']);
});

it('ends where the words of an entry of ours begin', () => {
  const usual = 'root=UUID=1 rootflags=subvol=@ quiet';
  expect(words(`${usual} ${trialWord('point-1')} panic=30`)).toEqual(usual.split(' '));
  expect(
    words(`${usual} ${previousWord('point-1')} rootflags=subvol=/@understudy/environments/point-1`),
  ).toEqual(usual.split(' '));
});

it('keeps the word by which the user switches live patches off', () => {
  expect(words('root=UUID=1 understudy.livepatch=off quiet')).toEqual([
    'root=UUID=1',
    'understudy.livepatch=off',
    'quiet',
  ]);
});

it('has one character a byte', () => {
  expect(words('root=LABEL=Größe')).toEqual([raw('root=LABEL=Größe')]);
});

it('is empty where nobody can tell', () => {
  expect(usualWords({ ...thisMachine, proc: raw(proc) })).toEqual([]);
});
