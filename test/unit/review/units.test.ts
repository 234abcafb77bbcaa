import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../electron/engine/environments/environment.js';
import type { RunResult } from '../../../electron/engine/process/run.js';
import { changedUnits } from '../../../electron/engine/review/units/changed-units.js';
import { units } from '../../../electron/engine/review/units/prove-units.js';
import { unitMessages } from '../../../electron/engine/review/units/verify-output.js';
import { changesBetween, prove, samplePair, type SampleTree } from './sample-tree.js';

const folder = 'usr/lib/systemd/system';
const unit = '[Service]\nExecStart=/usr/bin/daemon\n';

let before: SampleTree;
let after: SampleTree;
let clean: () => void;
beforeEach(() => void ({ before, after, clean } = samplePair()));
afterEach(() => clean());

/** A session that answers with what systemd-analyze was seen to print, and keeps what it was asked. */
function scripted(answer: (argv: readonly string[]) => Partial<RunResult>) {
  const asked: string[][] = [];
  const session: Session = {
    run(argv) {
      asked.push([...argv]);
      const plain = { status: 0, signal: null, stdout: '', stderr: '', ended: 'exit' } as const;
      return Promise.resolve({ ...plain, ...(argv[0] === 'systemd-analyze' ? answer(argv) : {}) });
    },
    close: () => Promise.resolve(),
  };
  return { session, asked };
}

describe('which units an update changes', () => {
  it('are unit files, drop-ins of units that exist, and links that point to nothing', () => {
    before.file(`${folder}/same.service`, unit).file(`${folder}/gone.timer`, '[Timer]\n');
    after
      .file(`${folder}/same.service`, unit)
      .file(`${folder}/new@.service`, unit)
      .file('etc/systemd/system/mine.socket', '[Socket]\n')
      .file('etc/systemd/system/same.service.d/more.conf', '[Service]\n')
      .file('etc/systemd/system/absent.service.d/more.conf', '[Service]\n')
      .file('etc/systemd/system/service.d/all.conf', '[Service]\n')
      .file(`${folder}/empty.service`, '')
      .file(`${folder}/readme.txt`, 'text')
      .file(`${folder}/x.slice`, '[Slice]\n')
      .file('usr/lib/systemd/user/user.service', unit)
      .link('etc/systemd/system/masked.service', '/dev/null')
      .link('etc/systemd/system/alias.service', '/usr/lib/systemd/system/same.service')
      .link('etc/systemd/system/lost.service', '/usr/lib/systemd/system/none.service')
      .link('etc/systemd/system/multi-user.target.wants/lost.service', '/nowhere');
    const found = changedUnits(after.view, changesBetween(before, after));
    expect(found.units.map((each) => each.argument)).toEqual([
      '/etc/systemd/system/mine.socket',
      'same.service',
      `/${folder}/new@.service`,
    ]);
    expect(found.dangling).toEqual(['etc/systemd/system/lost.service']);
  });
});

describe('what systemd-analyze verify prints', () => {
  it('is told apart by unit and weight', () => {
    const output = [
      "/etc/systemd/system/a.service:3: Unknown key 'Foo' in section [Unit], ignoring.",
      'b.service: Command /usr/bin/b is not executable: No such file or directory',
      'Unit c.service has a bad unit file setting.',
      '/etc/systemd/system/d.service.d/x.conf:2: Failed to parse mode value, ignoring: zz',
      'tpl@i.service: Command /usr/bin/t is not executable: Permission denied',
      'Unit e.service is masked.',
      '/usr/lib/systemd/system/f.service:9: Standard output type syslog is obsolete, automatically updating to journal.',
      'g.service: Failed to resolve unit specifiers in "x/%m", ignoring: No medium found',
      'Failed to connect to bus: No such file or directory',
      '',
    ].join('\n');
    expect(unitMessages(output).map(({ unit: name, weight }) => `${name} ${weight}`)).toEqual([
      'a.service remark',
      'b.service broken',
      'c.service broken',
      'd.service remark',
      'tpl@.service broken',
      'f.service remark',
    ]);
  });
});

describe('the proof that changed units are valid', () => {
  const proof = (session: Session) => prove(units, before, after, { session });
  const analyze = () => after.file('usr/bin/systemd-analyze', '', 0o755);

  it('passes without a changed unit, and asks nothing', async () => {
    const { session, asked } = scripted(() => ({}));
    expect(await proof(session)).toMatchObject({ result: 'pass', sentence: 'The update changes no unit.' });
    expect(asked).toEqual([]);
  });

  it('is skipped where the tree has no systemd-analyze', async () => {
    after.file(`${folder}/a.service`, unit);
    const { session } = scripted(() => ({}));
    expect(await proof(session)).toMatchObject({
      result: 'skipped',
      sentence: expect.stringContaining('no systemd-analyze') as string,
    });
  });

  it('asks once for all units, again without an option that old versions lack', async () => {
    analyze().file(`${folder}/a.service`, unit).file(`${folder}/b.timer`, unit);
    const { session, asked } = scripted((argv) =>
      argv.includes('--recursive-errors=no')
        ? { status: 1, stderr: "systemd-analyze: unrecognized option '--recursive-errors=no'\n" }
        : { status: 0 },
    );
    expect(await proof(session)).toMatchObject({
      result: 'pass',
      sentence: '2 changed units verified by systemd-analyze.',
    });
    const files = [`/${folder}/a.service`, `/${folder}/b.timer`];
    expect(asked).toEqual([
      ['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', ...files],
      ['systemd-analyze', 'verify', '--man=no', ...files],
    ]);
  });

  it('takes messages about other units for noise, and masked units for intended', async () => {
    analyze().file(`${folder}/a.service`, unit);
    const stderr = 'other.service: Command /x is not executable: No such file or directory\n';
    expect((await proof(scripted(() => ({ status: 1, stderr })).session)).result).toBe('pass');
    expect(
      (await proof(scripted(() => ({ status: 1, stderr: 'Unit a.service is masked.\n' })).session)).result,
    ).toBe('pass');
  });

  it('warns when systemd-analyze fails without a word about units, or hangs', async () => {
    analyze().file(`${folder}/a.service`, unit);
    const failed = scripted(() => ({
      status: 1,
      stderr: 'Failed to initialize manager: Permission denied\n',
    }));
    expect(await proof(failed.session)).toMatchObject({
      result: 'warn',
      details: ['Failed to initialize manager: Permission denied'],
    });
    const hung = scripted(() => ({ status: null, ended: 'timeout' }));
    expect(await proof(hung.session)).toMatchObject({
      result: 'warn',
      details: ['It was stopped (timeout).'],
    });
  });

  it('fails for a command that could be run before, or that the update itself names first', async () => {
    const stderr = 'a.service: Command /usr/bin/daemon is not executable: No such file or directory\n';
    const { session } = scripted(() => ({ status: 1, stderr }));
    analyze().file(`${folder}/a.service`, unit);
    expect(await proof(session)).toMatchObject({ result: 'fail', details: [stderr.trim()] });
    before.file(`${folder}/a.service`, `# old\n${unit}`).file('usr/bin/daemon', '', 0o755);
    expect((await proof(session)).result, 'the program went').toBe('fail');
    before.file('usr/bin/daemon', '', 0o644);
    expect((await proof(session)).result, 'it could not be run before either').toBe('warn');
  });

  it('only warns for a command that was missing before, and passes for one that the unit can do without', async () => {
    const stderr = 'a.service: Command /usr/bin/daemon is not executable: No such file or directory\n';
    const { session } = scripted(() => ({ status: 1, stderr }));
    analyze().file(`${folder}/a.service`, `[Unit]\nConditionFileIsExecutable=/usr/bin/daemon\n${unit}`);
    expect((await proof(session)).result).toBe('pass');
    after.file(`${folder}/a.service`, unit);
    before.file(`${folder}/a.service`, `# old\n${unit}`);
    expect(await proof(session)).toMatchObject({
      result: 'warn',
      details: [expect.stringContaining('as before the update')],
    });
  });

  it('fails for a socket whose service went, not for one that a generator may make', async () => {
    const { session } = scripted(() => ({
      status: 1,
      stderr: 'a.socket: service b.service not loaded, socket cannot be started.\n',
    }));
    analyze().file(`${folder}/a.socket`, '[Socket]\n');
    expect((await proof(session)).result).toBe('pass');
    before.file(`${folder}/b.service`, unit);
    expect((await proof(session)).result).toBe('fail');
  });

  it('asks about the unit as it was before a refusal counts', async () => {
    analyze().file(`${folder}/a.service`, '[Service]\n');
    before.file(`${folder}/a.service`, '[Service]\n# old\n');
    const stderr = 'a.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.\n';
    const always = scripted(() => ({ status: 1, stderr }));
    expect((await proof(always.session)).result).toBe('warn');
    expect(always.asked.map((argv) => argv[0])).toEqual([
      'systemd-analyze',
      'mkdir',
      'tee',
      'systemd-analyze',
      'rm',
    ]);
    const newly = scripted((argv) => (argv.at(-1)?.startsWith('/run/') ? {} : { status: 1, stderr }));
    expect((await proof(newly.session)).result).toBe('fail');
  });

  it('stops when it is cancelled', async () => {
    analyze().file(`${folder}/a.service`, unit);
    const { session } = scripted(() => ({ status: null, ended: 'cancelled' }));
    await expect(prove(units, before, after, { session, signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'CANCELLED' },
    );
  });
});
