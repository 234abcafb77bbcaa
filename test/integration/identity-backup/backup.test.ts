/** Accounts in the recovery place: what is kept is what was there, what is lost comes back, and nothing that is there is altered. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../../shared/errors.js';
import {
  backups,
  backUpIdentity,
  mostBackups,
  restoreIdentity,
  verifyBackup,
} from '../../../electron/engine/identity-backup.js';
import { tryLock } from '../../../electron/engine/posix/lock.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { openSystem } from '../../../electron/engine/system.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { crash } from '../../lab/crashes.js';
import { oneFile } from '../../lab/one-file.js';
import { valueOf } from '../../lab/value-of.js';

const isRoot = process.geteuid?.() === 0;
const accounts = {
  passwd:
    'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\neve:x:1001:1001::/home/eve:/bin/sh\n',
  shadow: 'root:*:20000::::::\nanna:$y$anna:20000:0:99999:7:::\neve:$y$eve:20000:0:99999:7:::\n',
  group: 'root:x:0:\nvideo:x:44:anna,eve\nanna:x:1000:\neve:x:1001:\n',
  gshadow: 'root:*::\nvideo:*::anna,eve\nanna:!::\neve:!::\n',
  subuid: 'anna:100000:65536\neve:165536:65536\n',
  subgid: 'anna:100000:65536\neve:165536:65536\n',
};
type Name = keyof typeof accounts;

describe.skipIf(!isRoot)('backups of the accounts (needs root)', () => {
  let root: string;
  const etc = (name: string): string => join(root, 'etc', name);
  const read = (name: Name): string => readFileSync(etc(name), 'utf8');
  const write = (name: string, text: string): void => writeFileSync(etc(name), text);
  const without = (name: Name, user: string): void =>
    write(
      name,
      read(name)
        .split('\n')
        .filter((line) => !line.startsWith(`${user}:`))
        .join('\n')
        .replaceAll(new RegExp(`,${user}\\b`, 'g'), ''),
    );
  const system = (other = {}) => ({ ...openSystem(root), ...other });
  const value = async <T>(outcome: Promise<Outcome<T>>): Promise<T> => valueOf(await outcome);
  const refused = async (outcome: Promise<Outcome<unknown>>, code: string): Promise<string> => {
    const answer = await outcome;
    expect(answer).toMatchObject({ ok: false, problem: { code } });
    return answer.ok ? '' : answer.problem.details.join('\n');
  };
  const keep = () => value(backUpIdentity(system()));
  const restore = (options = {}) => restoreIdentity(system(), { dryRun: false, ...options });
  const kept = (...names: string[]): string => join(root, 'var/lib/understudy/identity-backups', ...names);

  beforeEach(() => {
    root = join(mkdtempSync(join(tmpdir(), 'understudy-accounts-')), 'root');
    for (const folder of ['usr', 'etc/understudy', 'boot', 'var/lib/dpkg/info', 'var/lib/dpkg/updates'])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    for (const [name, text] of Object.entries(accounts)) write(name, text);
    for (const name of ['shadow', 'gshadow']) chmodSync(etc(name), 0o640);
  });
  afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

  test('are copies that nobody else may read, in the store where no place is named', async () => {
    const { id, place, files } = await keep();
    expect([place, files.length]).toEqual(['/var/lib/understudy/identity-backups', 6]);
    for (const [name, text] of Object.entries(accounts))
      expect(readFileSync(kept(id, name), 'utf8')).toBe(text);
    for (const path of [kept(), kept(id), ...readdirSync(kept(id)).map((name) => kept(id, name))])
      expect(statSync(path).mode & 0o077).toBe(0);
    expect(await value(verifyBackup(system(), {}))).toMatchObject({ id, problems: [], missing: [] });
    expect((await value(backups(system()))).backups).toMatchObject([{ id, reason: 'asked', problems: [] }]);
  });

  test('who was lost comes back with password, groups and ranges; who is here stays as they are', async () => {
    await keep();
    for (const name of Object.keys(accounts) as Name[]) without(name, 'eve');
    // Meanwhile: a password was changed, and an update added an account.
    write('shadow', read('shadow').replace('$y$anna', '$y$changed'));
    write('passwd', `${read('passwd')}printer:x:120:120::/:/usr/sbin/nologin\n`);
    write('shadow', `${read('shadow')}printer:!:20000::::::\n`);
    write('group', `${read('group')}printer:x:120:\n`);
    write('gshadow', `${read('gshadow')}printer:!::\n`);
    const said = { back: ['user eve', 'group eve'] };
    expect(await value(restore({ dryRun: true }))).toMatchObject({ ...said, before: null });
    expect(read('passwd')).not.toContain('eve');
    const restored = await value(restore());
    expect(restored).toMatchObject(said);
    expect(restored.written.toSorted()).toEqual(
      Object.keys(accounts)
        .map((name) => `/etc/${name}`)
        .toSorted(),
    );
    expect(read('passwd')).toContain('eve:x:1001:1001::/home/eve:/bin/sh\n');
    expect(read('passwd')).toContain('printer:x:120');
    expect(read('shadow')).toContain('eve:$y$eve:');
    expect(read('shadow')).toContain('anna:$y$changed:');
    expect([read('group'), read('gshadow')]).toEqual([
      expect.stringContaining('video:x:44:anna,eve\n'),
      expect.stringContaining('video:*::anna,eve\n'),
    ]);
    expect(read('subuid')).toContain('eve:165536:65536');
    expect(lstatSync(etc('shadow')).mode & 0o777).toBe(0o640);
    expect(await value(restore())).toMatchObject({ back: [], written: [], before: null });
    // How it was before can be looked at, and has nobody who is missing now.
    expect((await value(backups(system()))).backups.map(({ reason }) => reason)).toEqual([
      'before-restore',
      'asked',
    ]);
    for (const tool of ['pwck', 'grpck'])
      await runOrFault([tool, '--read-only', '--quiet', '--root', root], { timeoutMs: 10_000 });
  });

  test('a database that is gone, empty or cut short comes back whole, as it was', async () => {
    await keep();
    rmSync(etc('shadow'));
    write('group', '');
    write('passwd', 'root:x:0:0::/root:/bin/sh\nanna:x:10');
    await value(restore());
    expect(read('shadow')).toBe(accounts.shadow);
    expect([statSync(etc('shadow')).mode & 0o777, read('group')]).toEqual([0o640, accounts.group]);
    expect(read('passwd')).toContain('eve:x:1001:');
  });

  test('nobody gets the number of another', async () => {
    await keep();
    for (const name of Object.keys(accounts) as Name[]) without(name, 'eve');
    write('passwd', `${read('passwd')}bob:x:1001:1000::/home/bob:/bin/sh\n`);
    write('shadow', `${read('shadow')}bob:$y$bob:20000:0:99999:7:::\n`);
    const before = read('passwd');
    expect(await refused(restore(), 'ACCOUNTS_UNFIT')).toMatch(/1001|bob|eve/);
    expect(read('passwd')).toBe(before);
  });

  test.each([
    [
      'comments, the + line of NIS, a missing final newline',
      (text: string) => `# note\n${text.trimEnd()}\n+::::::`,
    ],
    ['a duplicate name', (text: string) => `${text}anna:x:1000:1000::/home/other:/bin/sh\n`],
    ['Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['lines that are none', (text: string) => `${text}:::\n\nnothing\n`],
  ])('with %s they are kept to the byte, and nothing is lost', async (_, alter) => {
    write('passwd', alter(accounts.passwd));
    const { id } = await keep();
    expect(readFileSync(kept(id, 'passwd'), 'utf8')).toBe(alter(accounts.passwd));
    expect(await value(restore())).toMatchObject({ written: [] });
    without('passwd', 'eve');
    const lines = new Set(read('passwd').split(/\r?\n/));
    await value(restore());
    expect(read('passwd')).toContain('eve:x:1001');
    for (const line of lines) expect(read('passwd').split(/\r?\n/)).toContain(line);
  });

  test.each([
    ['altered', (folder: string) => writeFileSync(join(folder, 'shadow'), 'eve:$y$other:20000::::::\n')],
    ['without a file', (folder: string) => rmSync(join(folder, 'shadow'))],
    ['without its record', (folder: string) => rmSync(join(folder, 'backup.json'))],
    ['with half a record', (folder: string) => writeFileSync(join(folder, 'backup.json'), '{"version":1')],
    [
      'with a link in place of a file',
      (folder: string) => {
        rmSync(join(folder, 'passwd'));
        symlinkSync('/etc/passwd', join(folder, 'passwd'));
      },
    ],
  ])('one that is %s is damaged, and not used', async (_, spoil) => {
    const { id } = await keep();
    spoil(kept(id));
    without('passwd', 'eve');
    await refused(restore(), 'BACKUP_DAMAGED');
    expect(read('passwd')).not.toContain('eve');
    expect((await value(verifyBackup(system(), { id }))).problems).toHaveLength(1);
    expect((await value(backups(system()))).backups).toMatchObject([{ id, created: null }]);
  });

  test('one that is not there is unknown, and none at all too', async () => {
    await refused(restore(), 'BACKUP_UNKNOWN');
    await refused(restore({ id: '../../etc' }), 'BACKUP_UNKNOWN');
    await refused(verifyBackup(system(), { id: 'identity-20260101-000000-abcdef' }), 'BACKUP_UNKNOWN');
  });

  test('the oldest go, and what was cut short is cleared away', async () => {
    const first = await keep();
    for (let count = 1; count < mostBackups; count += 1) await keep();
    mkdirSync(kept('.identity-20260101-000000-abcdef.new'));
    const last = await keep();
    expect(last.removed).toEqual([first.id]);
    expect(readdirSync(kept())).toHaveLength(mostBackups);
  });

  test('while another tool alters accounts, nothing is kept of them', async () => {
    const attempt = tryLock(raw(etc('.pwd.lock')), 0o600);
    if (!('held' in attempt)) throw new Error('it is held');
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 300);
    await refused(backUpIdentity(system({ signal: cancel.signal })), 'CANCELLED');
    expect(existsSync(kept()) ? readdirSync(kept()) : []).toEqual([]);
    attempt.held.release();
    expect((await keep()).files).toHaveLength(6);
  });

  describe('in a recovery place', () => {
    const name = (text: string): void => write('understudy/recovery-place', text);
    const place = (...names: string[]): string => join(root, 'recovery', ...names);
    const replaced = (by: () => void): void => {
      rmSync(place(), { recursive: true });
      by();
    };
    beforeEach(() => {
      mkdirSync(place(), { mode: 0o755 });
      name('/recovery/\n');
    });

    test('they lie in a folder of their own there', async () => {
      const answer = await keep();
      expect(answer.place).toBe('/recovery/understudy-identity');
      expect(statSync(place('understudy-identity')).mode & 0o777).toBe(0o700);
      expect(existsSync(place('understudy-identity', answer.id, 'shadow'))).toBe(true);
      without('passwd', 'eve');
      await value(restore());
      expect(read('passwd')).toContain('eve');
    });

    test.each([
      ['is gone', () => rmSync(place(), { recursive: true }), 'is it mounted'],
      ['is a file', () => replaced(() => writeFileSync(place(), '')), 'no folder'],
      ['is a link', () => replaced(() => symlinkSync('/tmp', place())), 'a link'],
      ['can be written to by others', () => chmodSync(place(), 0o777), 'others than root'],
      ['is named by others', () => chmodSync(etc('understudy/recovery-place'), 0o666), 'others than root'],
      ['is no absolute path', () => name('recovery\n'), 'no absolute path'],
      ['climbs', () => name('/recovery/../tmp\n'), 'no absolute path'],
      ['is two lines', () => name('/recovery\n/other\n'), 'no absolute path'],
    ])('one that %s is not used', async (_, spoil, reason) => {
      spoil();
      expect(await refused(backUpIdentity(system()), 'RECOVERY_PLACE_UNFIT')).toContain(reason);
      expect(existsSync('/tmp/understudy-identity')).toBe(false);
    });

    test('one that is full keeps nothing that is half there', async () => {
      await mounted('tmpfs', ['-o', 'size=16k,mode=755'], async () => {
        writeFileSync(place('filler'), Buffer.alloc(4096));
        write('passwd', accounts.passwd + 'x'.repeat(40_000));
        await refused(backUpIdentity(system()), 'NO_SPACE');
        expect(readdirSync(place('understudy-identity'))).toEqual([]);
      });
    });

    test('one that is read-only is not used', async () => {
      await mounted('tmpfs', ['-o', 'ro,mode=755'], async () => {
        expect(await refused(backUpIdentity(system()), 'RECOVERY_PLACE_UNFIT')).toContain('written to');
      });
    });

    async function mounted(type: string, options: string[], body: () => Promise<void>): Promise<void> {
      const limit = { timeoutMs: 10_000 };
      await runOrFault(['mount', '-t', type, ...options, 'understudy-test', place()], limit);
      try {
        await body();
      } finally {
        await runOrFault(['umount', place()], limit);
      }
    }
  });

  test(
    'a restore that is killed at any step is completed by the next one',
    { timeout: 120_000 },
    async () => {
      const { id } = await keep();
      const child = await oneFile('crash-child');
      const options = { id, dryRun: false };
      let cuts = 0;
      for (let dieAt = 1; ; dieAt += 1) {
        for (const [file, text] of Object.entries(accounts)) write(file, text);
        for (const each of Object.keys(accounts) as Name[]) without(each, 'eve');
        const { killed } = await crash(child, root, 'restore-identity', options, dieAt);
        if (killed) {
          cuts += 1;
          // Whoever is there can log in, and nobody is who has no password.
          for (const line of read('passwd').trim().split('\n'))
            expect(read('shadow')).toContain(`${line.split(':')[0]}:`);
        }
        await value(restore({ id }));
        for (const each of Object.keys(accounts) as Name[]) expect(read(each), each).toContain('eve');
        expect(readdirSync(join(root, 'etc')).filter((each) => each.includes('.understudy'))).toEqual([]);
        expect(readdirSync(kept()).filter((each) => each.startsWith('.'))).toEqual([]);
        if (!killed) break;
      }
      // The backup of how it was before, and each database.
      expect(cuts).toBe(7);
    },
  );
});
