/** What is made of what a machine said: recorded reports and consoles, and the judgement on each. */
import { describe, expect, it, test } from 'vitest';
import { keptBytes, KeptJournal } from '../../../electron/engine/rehearsal-boot/kept-journal.js';
import { readReport } from '../../../electron/engine/rehearsal-boot/report.js';
import { judge, type BootOutcome } from '../../../electron/engine/rehearsal-boot/verdict.js';
import { changesTheStart, reasonNotToBoot } from '../../../electron/engine/rehearsal-boot/wanted.js';
import type { TreeChange } from '../../../electron/engine/review/tree-change.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';

const target = ['target: Id=graphical.target', 'target: ActiveState=active'];
const good = ['begun:', 'look:', 'job: dev-ttyS0.device running', 'state: running', ...target, 'end:'];
const failing = [
  'begun:',
  'state: degraded\r',
  ...target,
  'failed: smartd.service',
  'FragmentPath=/lib/systemd/system/smartd.service',
  'DropInPaths=',
  'ExecStart={ path=/usr/sbin/smartd ; argv[]=/usr/sbin/smartd -n ; status=0/0 }',
  'Result=exit-code',
  'end:',
];

const outcome = (lines: readonly string[], more: Partial<BootOutcome> = {}): BootOutcome => ({
  ended: { status: null, signal: 'SIGKILL', stdout: '', stderr: '', ended: 'cancelled' },
  report: readReport(lines),
  console: ['[    0.000000] Linux version'],
  isFlood: false,
  limitMs: 300_000,
  ...more,
});
const exited = { status: 0, signal: null, stdout: '', stderr: '', ended: 'exit' } as const;
const facts = { seconds: 41.4, accelerator: 'software' } as const;
const verdict = (given: BootOutcome, changed: readonly string[] = []) =>
  judge(given, (path) => changed.includes(path), facts);

describe('a boot', () => {
  it('passes when the default target is reached, and says how long it took', () => {
    expect(verdict(outcome(good))).toEqual({
      result: 'pass',
      sentence: 'It reached graphical.target in a virtual machine (41 s, software emulation).',
      details: [],
    });
  });

  it('tells of failed units, and holds them against the update only where it changed them', () => {
    const untouched = verdict(outcome(failing));
    expect(untouched).toMatchObject({ result: 'pass' });
    expect(untouched.details[0]).toMatch(
      /^smartd\.service: failed \(exit-code\); the update does not change it/,
    );
    for (const changed of ['usr/sbin/smartd', 'lib/systemd/system/smartd.service'])
      expect(verdict(outcome(failing), [changed])).toMatchObject({
        result: 'warn',
        sentence: expect.stringContaining('smartd.service') as string,
      });
  });

  it('fails in any other state, and where the target is not active', () => {
    const emergency = good.map((line) => (line.startsWith('state') ? 'state: maintenance' : line));
    expect(verdict(outcome(emergency))).toMatchObject({
      result: 'fail',
      sentence: expect.stringContaining('"maintenance"') as string,
    });
    const inactive = good.map((line) => line.replace('=active', '=inactive'));
    expect(verdict(outcome(inactive)).result).toBe('fail');
  });

  test.each([
    [
      '[    2.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100',
      /Attempted to kill init/,
    ],
    ['[    0.9] Initramfs unpacking failed: ZSTD-compressed data is truncated', /truncated/],
    ['No init found. Try passing init= bootarg.', /No init found/],
    ['[    3.0] systemd[1]: Freezing execution.', /Freezing/],
  ])('fails with the reason: %s', (line, reason) => {
    const { result, sentence } = verdict(outcome([], { ended: exited, console: ['before', line] }));
    expect(result).toBe('fail');
    expect(sentence).toMatch(reason);
  });

  it('fails at its time limit, with what it waits for at the last look', () => {
    const lines = [
      'begun:',
      'look:',
      'job: a.service running',
      'look:',
      'job: b.service running',
      'job: c.target waiting',
    ];
    const late = verdict(outcome(lines, { ended: { ...exited, status: null, ended: 'timeout' } }));
    expect(late).toMatchObject({
      result: 'fail',
      sentence:
        'It did not reach its default target within 5 minutes (41 s, software emulation): it waits for b.service.',
    });
  });

  it('fails when the machine went off by itself, or never stops to write', () => {
    expect(verdict(outcome(['begun:'], { ended: exited })).result).toBe('fail');
    expect(verdict(outcome(['begun:'], { isFlood: true })).sentence).toMatch(/without an end/);
  });

  it('says nothing of the environment where there was no machine', () => {
    expect(verdict(outcome(['refused: EPERM: mount']))).toMatchObject({
      result: 'skipped',
      details: ['EPERM: mount'],
    });
    const broken = { ...exited, status: 1, stderr: 'qemu: could not load\n' };
    expect(verdict(outcome([], { ended: broken, console: [] }))).toMatchObject({
      result: 'skipped',
      details: ['qemu: could not load'],
    });
  });
});

describe('the kept journal', () => {
  it('keeps the beginning and the end of what is too much', () => {
    const journal = new KeptJournal();
    const line = 'x'.repeat(990);
    for (let number = 0; number < 10_000; number += 1) journal.add(`${number} ${line}`);
    const lines = journal.lines();
    expect(lines[0]).toMatch(/^0 x/);
    expect(lines.at(-1)).toMatch(/^9999 x/);
    expect(lines).toContain('[…]');
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(keptBytes + 10);
    expect(journal.isFlood).toBe(false);
  });

  it('keeps all of a usual one, without what would move the cursor', () => {
    const journal = new KeptJournal();
    for (const line of ['\u001b[0;32mOK\u001b[0m\r', 'tab\tstays', 'bell\u0007']) journal.add(line);
    expect(journal.lines()).toEqual(['OK', 'tab\tstays', 'bell']);
  });
});

describe('whether to boot', () => {
  const change = (path: string, type: TreeChange['type'] = 'file'): TreeChange => ({
    path: raw(path),
    kind: 'changed',
    type,
    bytes: 1,
  });

  test.each([
    'boot/vmlinuz-6.1.0-9-amd64',
    'boot/initrd.img-6.1.0-9-amd64',
    'usr/lib/modules/6.1.0-9-amd64/modules.dep',
    'usr/lib/systemd/systemd',
    'usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so',
    'lib/systemd/systemd-udevd',
    'usr/sbin/init',
    'usr/lib/x86_64-linux-gnu/libc.so.6',
    'lib64/ld-linux-x86-64.so.2',
    'usr/lib/udev/rules.d/50-udev-default.rules',
    'usr/share/initramfs-tools/init',
    'etc/fstab',
  ])('%s decides', (path) => expect(changesTheStart([change(path)])).toBe(true));

  test.each(['usr/lib/systemd/system/ssh.service', 'usr/bin/init-tool', 'usr/lib/libcurl.so.4', 'etc/hosts'])(
    '%s does not',
    (path) => expect(changesTheStart([change(path), change('boot', 'dir')])).toBe(false),
  );

  it('follows who asked, then the settings, then the update', () => {
    const wish = {
      asked: undefined,
      setting: 'kernel',
      isRunning: true,
      changes: [change('etc/hosts')],
    } as const;
    const decisive = [change('boot/vmlinuz-6')];
    expect(reasonNotToBoot(wish)).toMatch(/nothing that decides/);
    expect(reasonNotToBoot({ ...wish, changes: decisive })).toBeUndefined();
    expect(reasonNotToBoot({ ...wish, setting: 'always' })).toBeUndefined();
    expect(reasonNotToBoot({ ...wish, setting: 'off', changes: decisive })).toMatch(/settings/);
    expect(reasonNotToBoot({ ...wish, isRunning: false, changes: decisive })).toMatch(
      /not the running system/,
    );
    expect(reasonNotToBoot({ ...wish, asked: true, setting: 'off', isRunning: false })).toBeUndefined();
    expect(reasonNotToBoot({ ...wish, asked: false, setting: 'always' })).toMatch(/asked not to/);
  });
});
