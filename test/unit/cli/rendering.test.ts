import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verbs } from '../../../electron/cli/verbs/registry.js';
import { conflictLines } from '../../../electron/cli/render/conflict.js';
import type { Look } from '../../../electron/cli/text/look.js';
import type { EngineVerbs } from '../../../electron/cli/engine.js';
import { exitCodes, problem } from '../../../shared/errors.js';
import { documentSchema } from '../../../electron/cli/output/document.js';
import { bad, good, understudy, type RunOptions } from './double.js';
import { rootTree } from './root-tree.js';
import * as backup from './backup-values.js';
import * as values from './values.js';

let tree: ReturnType<typeof rootTree>;
beforeAll(() => {
  tree = rootTree({ store: false });
});
afterAll(() => tree.remove());

const on = (argv: string[], options: RunOptions = {}) => understudy(['--root', tree.path, ...argv], options);
const shown = async (argv: string[], options: RunOptions = {}) => (await on(argv, options)).stdout;

describe('what each verb shows', () => {
  test('inspect', async () => {
    const text = await shown(['inspect']);
    expect(text).toMatch(/System +Debian GNU\/Linux 12/);
    expect(text).toMatch(/Power +battery, battery at 42 %/);
    expect(text).toMatch(/Network +connected, METERED \(as NetworkManager says\)/);
    expect(text).toMatch(/Reboot +REQUIRED by linux-image-amd64/);
    expect(text).toMatch(/6\.1\.0-40-amd64 +no initramfs, no modules/);
    expect(text).toMatch(/\/media\/cd .*READ-ONLY/);
    expect(text).toMatch(/– not usable +btrfs +The root file system is ext4\./);
    expect(text).toContain('3.0.15 → 3.0.17');
    expect(text).toContain('1 update, 1 of them for security, 1.4 MB to download');
    expect(text).toContain('the lock of apt: only root may look');
  });

  test('check: signs with words, remedies, and exit 4 when something blocks', async () => {
    const { stdout, exitCode } = await on(['check']);
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^✓ passed +Room on \/ +12\.4 GB free$/m);
    expect(stdout).toMatch(/^! warning +Network/m);
    expect(stdout).toMatch(/^✗ BLOCKS +Power +12 %\n {4}The battery is low\.\n {4}Remedy: Plug it in\.$/m);
    expect(stdout).toContain('Not ready: 1 check blocks this.');
    const fine = await on(['check'], {
      engine: { check: () => good({ result: 'pass', checks: values.report.checks.slice(0, 1) }) },
    });
    expect([fine.exitCode, fine.stdout.trim().split('\n').at(-1)]).toEqual([0, 'Ready: 1 check passed.']);
    const warned = await on(['check'], {
      engine: { check: () => good({ result: 'warn', checks: values.report.checks.slice(0, 2) }) },
    });
    expect([warned.exitCode, warned.stdout.trim().split('\n').at(-1)]).toEqual([0, 'Ready, with 1 warning.']);
  });

  test('plan: removals and downgrades first, in capitals', async () => {
    const text = await shown(['plan']);
    const rows = text
      .split('\n')
      .slice(2, 7)
      .map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(' '));
    expect(rows).toEqual([
      'REMOVED exim4',
      'DOWNGRADED zlib1g',
      'new linux-image-6.1.0-56-amd64',
      'upgraded curl',
      'upgraded openssl',
    ]);
    expect(text).toContain('5 packages: 2 upgraded, 1 new, 1 DOWNGRADED, 1 REMOVED');
    expect(text).toMatch(/Switch +reboot \(A new kernel runs only after a restart\)/);
    expect(text).toMatch(/Interruption +about 45 s/);
    expect(text).toContain('firefox-esr: it is held');
    expect(text).toContain(`Next: understudy --root ${tree.path} stage ${values.plan.id}`);
    const nothing = await on(['plan'], {
      engine: { plan: () => good({ ...values.plan, changes: [], kept: [] }) },
    });
    expect(nothing.stdout).toBe('Everything in this scope is up to date.\n');
  });

  test('stage', async () => {
    const text = await shown(['stage']);
    expect(text).toContain('The running system is untouched.');
    expect(text).toMatch(/On the disk +831 MB in 10,117 entries/);
  });

  test('review', async () => {
    const text = await shown(['review']);
    expect(text).toMatch(/programs +4,200 +added +310 +changed +12 +removed +500 MB/);
    expect(text).toContain('1 configuration conflict');
    expect(text).toContain(
      '    - PermitRootLogin no\n    + PermitRootLogin prohibit-password\n      UseDNS no',
    );
    expect(text).toMatch(/ssh\.service +sshd \(812\)/);
    expect(text).toContain('✗ FAILED  A program misses a library.\n      /usr/bin/x needs libx.so.1');
    expect(text).toContain('– skipped  systemd-analyze is not there.');
    const unready = await on(['review'], {
      engine: { review: () => good({ ...values.review, ready: false }) },
    });
    expect(unready.stdout).toContain('Not ready');
    expect(unready.stdout).not.toContain('Next:');
    expect(unready.exitCode).toBe(0);
  });

  test('decide', async () => {
    const open = await on(['decide']);
    expect(open.exitCode).toBe(3);
    expect(open.stdout).toContain(
      '  /etc/ssh/sshd_config\n    changed by you and by the package openssh-server',
    );
    expect(open.stdout).toContain('    + PermitRootLogin prohibit-password');
    expect(open.stdout).toMatch(/^Next: understudy .*decide mine\|theirs FILE\.\.\.$/m);
    const { review } = values;
    const other = { ...values.conflict, kept: 'theirs', decided: true } as const;
    const done = { decide: () => good({ ...review, conflicts: [other] }) };
    const decided = await on(['decide', 'theirs', '/etc/ssh/sshd_config'], { engine: done });
    expect(decided.exitCode).toBe(0);
    expect(decided.stdout).toContain(
      "/etc/ssh/sshd_config  the package's is used, the other is kept as /etc/",
    );
    expect(decided.stdout).toMatch(/^Next: understudy .*activate stage-aaaa1111$/m);
    const none = { review: () => good({ ...review, conflicts: [] }) };
    expect(await shown(['decide', 'mine', '--all'], { engine: none })).toContain('nothing to decide');
  });

  test('a conflict is shown side by side where both texts fit', () => {
    const look: Look = { colour: false, unicode: true, width: 130, command: 'understudy' };
    const lines = conflictLines(values.conflict, look);
    expect(lines).toContain(`    ${'- PermitRootLogin no'.padEnd(61)} │ + PermitRootLogin prohibit-password`);
    expect(conflictLines({ ...values.conflict, mine: null }, look).at(-1)).toContain('not text');
    expect(conflictLines({ ...values.conflict, kept: 'theirs' }, look)[1]).toContain('yours is kept as');
    const long = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    expect(conflictLines({ ...values.conflict, mine: '', theirs: long }, look).at(-1)).toContain(
      '300 more lines',
    );
  });

  test('activate, rollback, recover, prune', async () => {
    const activated = await shown(['activate', '--yes']);
    expect(activated).toContain('the switch itself 40 ms');
    expect(activated).toContain('rollback restore-bbbb2222');
    expect(activated).toContain('/etc/hosts');
    const dry = await shown(['rollback', '--dry-run']);
    expect(dry).toContain('A rollback to restore-bbbb2222 would change this:');
    expect(dry).toContain('Packages that would go\n  htop 3.2.2');
    expect(await shown(['rollback', '--yes'])).toContain('Rolled back to restore-bbbb2222.');
    expect(await shown(['recover'])).toBe('Nothing was interrupted. The system is consistent.\n');
    expect(await shown(['recover'], { engine: { recover: () => good(values.recovered) } })).toMatch(
      /taken back +activate +tx-cccc3333/,
    );
    const arrived = { transactions: [], cleaned: [], arrival: values.arrival };
    expect(await shown(['recover'], { engine: { recover: () => good(arrived) } })).toMatch(
      /kept\/point-1, under their own\s+paths:.*\/etc\/motd\n.*anna could log in.*The system is consistent\.\n$/s,
    );
    expect(await shown(['health'])).toContain('broken.service failed, and had not before the update.');
    expect(await shown(['prune', '--dry-run'])).toContain(
      'Would remove 1 restore point, which would free 150 MB.',
    );
    expect(await shown(['prune', '--yes'])).toContain('Removed 1 restore point, which freed 150 MB.');
    expect(
      await shown(['prune', '--yes'], {
        engine: { prune: () => good({ removed: [], kept: ['restore-1'], freedBytes: 0 }) },
      }),
    ).toBe('Nothing to remove: 1 restore point kept.\n');
  });

  test('environments: what runs first, what other programs keep last, and each with what stands in its way', async () => {
    const text = await shown(['environments']);
    expect(text).toMatch(/^ {2}current +current +What runs$/m);
    expect(text).toMatch(/stage-aaaa1111 +staged .*not known +NOT USABLE +With 5 packages updated/);
    expect(text).toContain('      A program does not find its library.\n      mounted at /mnt/look\n');
    expect(text).toMatch(/restore-bbbb2222 +previous .*150 MB +Vor dem Drucker – 打印机/);
    expect(text).toMatch(/Of other programs, only listed\n {2}snapper +12 .*zypp\(zypper\)/);
    expect(await shown(['environments', 'list'])).toBe(text);
    const unseen = [{ what: 'What was done so far', why: 'only root may look' }];
    const engine = { environments: () => good({ ...values.environments, environments: [], unseen }) };
    expect(await shown(['environments'], { engine })).toContain('What was done so far: only root may look');

    const id = 'restore-bbbb2222';
    expect(await shown(['environments', 'rename', id, '  Vor dem Drucker '])).toBe(
      `${id} is called "Vor dem Drucker" now.\n`,
    );
    expect(await shown(['environments', 'mount', id, '/mnt'])).toContain(
      `${id} is mounted at /mnt, read-only.`,
    );
    expect(await shown(['environments', 'mount', id, '/mnt'])).toContain('environments unmount /mnt');
    expect(await shown(['environments', 'unmount', '/mnt'])).toBe('Nothing is mounted at /mnt any more.\n');
    expect(await shown(['environments', 'destroy', id, '--yes'])).toBe(
      `Removed ${id}, which freed 150 MB.\n  Before 5 packages\n`,
    );
    const asked = await on(['environments', 'destroy', id], { typed: 'y\n' });
    expect(asked.stderr).toContain(`Would remove ${id}, which would free 150 MB.`);
    expect(asked.stderr).toContain('Remove this environment? [y/N] ');
    expect(asked.calls).toEqual([
      ['destroyEnvironment', { id, dryRun: true }],
      ['destroyEnvironment', { id, dryRun: false }],
    ]);
  });

  test('modules: which run, whose they are, which wait to be removed, and what is missing', async () => {
    const text = await shown(['modules']);
    expect(text).toMatch(/^ {2}6\.1\.0-43-amd64 +running +4,012 modules +of no package +cannot be started$/m);
    expect(text).toMatch(
      /6\.1\.0-44-amd64 +installed +4,013 modules +linux-image-6\.1\.0-44-amd64 +can be started/,
    );
    expect(text).toMatch(/6\.1\.0-40-amd64 +put aside +1 module +of no package +cannot be started +until /);
    expect(await shown(['modules', 'status'])).toBe(text);
    const missing = { moduleTrees: () => good({ ...values.moduleTrees, complete: false }) };
    expect(await shown(['modules'], { engine: missing })).toMatch(/6\.1\.0-43-amd64\s+are\s+missing/);
    expect(await shown(['modules', 'keep'])).toContain('are kept until the next restore');
    expect(await shown(['modules', 'restore'])).toContain('What was kept is back.');
    expect(await shown(['modules', 'clean'])).toBe(
      'Put the modules of 6.1.0-42-amd64 aside.\nRemoved the modules of 6.1.0-39-amd64 for good.\n',
    );
    const dry = await on(['modules', 'clean', '--dry-run']);
    expect(dry.stdout).toContain('Would put the modules of 6.1.0-42-amd64 aside.');
    expect(dry.calls).toEqual([['cleanModules', { dryRun: true }]]);
    const held = { cleanModules: () => good({ ...values.modulesCleaned, held: 'at-work' as const }) };
    expect(await shown(['modules', 'clean'], { engine: held })).toContain('Nothing was touched');
  });

  test('livepatch: what is in memory, whether it survives a power loss and why, what is held back', async () => {
    const text = await shown(['livepatch']);
    expect(text).toContain('Live patches in the kernel 6.1.0-43-amd64');
    expect(text).toMatch(
      /^ {2}fix_net +active +by Understudy +vmlinux, nf_tables\n {4}fixes CVE-2026-1234$/m,
    );
    expect(text).toMatch(/survives a power loss: yes, Understudy loads it again at the\s+next start/);
    expect(text).toMatch(/^ {2}kpatch_fs +coming +by kpatch/m);
    expect(text).toMatch(/survives a power loss: NO, that program does not load it at a\s+start/);
    expect(text).toContain('Have yet to change over\n  412 kworker/0:1');
    expect(text).toMatch(
      /Not loaded again, since the machine went down .*\n {2}fix_usb for 6\.1\.0-43-amd64/,
    );
    expect(text).toMatch(/livepatch load NAME\s+--again" loads it/);
    expect(text).toContain('Also installed: kpatch.');
    expect(await shown(['livepatch', 'status'])).toBe(text);
    const quiet = { ...values.livepatchStatus, active: [], heldBack: [], stalled: [], providers: [] };
    const told = async (other: object): Promise<string> =>
      shown(['livepatch'], { engine: { livepatchStatus: () => good({ ...quiet, ...other }) } });
    expect(await told({})).toBe('Live patches in the kernel 6.1.0-43-amd64\n  none\n');
    expect(await told({ off: 'kernel-parameter' })).toContain('by the parameter understudy.livepatch=off');
    expect(await told({ off: 'file' })).toContain('by the file /etc/understudy/livepatch-off');
    expect(await told({ supported: false })).toContain('takes no live patches');
    expect(await told({ running: null })).toContain('No kernel of this system runs.');
    const unseen = [{ what: 'The store', why: 'Only root may look.' }];
    expect(await told({ unseen })).toContain('Not seen\n  The store: Only root may look.');
  });

  test('livepatch list, and what each word did', async () => {
    const text = await shown(['livepatch', 'list']);
    expect(text).toMatch(
      /fix_net +6\.1\.0-43-amd64 \(runs\) +active +replaces those before +signed by vendor +CVE-2026-1234$/m,
    );
    expect(text).toMatch(
      /fix_usb +6\.1\.0-44-amd64 +HELD BACK +does not return +not signed for the kernel$/m,
    );
    expect(text).toMatch(/torn +6\.1\.0-44-amd64 +DAMAGED$/m);
    const added = await on(['livepatch', 'add', '/tmp/fix_net.ko', '--fixes', ' CVE-1 ', '--no-return']);
    expect(added.stdout).toBe('fix_net is kept for 6.1.0-43-amd64.\n');
    expect(added.calls).toEqual([
      [
        'addLivepatch',
        { file: '/tmp/fix_net.ko', fixes: 'CVE-1', replaces: false, returns: false, unsigned: false },
      ],
    ]);
    const loaded = await on(['livepatch', 'load', 'fix_net', '--again']);
    expect(loaded.stdout).toContain(
      'fix_net is active: every task uses it.\nIt is on trial for five minutes',
    );
    expect(loaded.calls).toEqual([['loadLivepatch', { name: 'fix_net', again: true }]]);
    expect(await shown(['livepatch', 'unload', 'fix_net'])).toBe('fix_net is out of the kernel.\n');
    const undone = await on(['livepatch', 'undo', 'load-20261127-120000-abcdef']);
    expect(undone.stdout).toBe('What was done to fix_net was taken back.\n');
    expect(undone.calls).toEqual([['undoLivepatch', { transaction: 'load-20261127-120000-abcdef' }]]);
    expect((await on(['livepatch', 'undo'])).calls).toEqual([['undoLivepatch', {}]]);
    const removed = await on(['livepatch', 'remove', 'fix_net', '--release', '6.1.0-44-amd64']);
    expect(removed.calls).toEqual([['removeLivepatch', { name: 'fix_net', release: '6.1.0-44-amd64' }]]);
    expect(await shown(['livepatch', 'held', '--now'])).toBe('fix_net has held.\n');
  });

  test('livepatch boot: what was loaded and what was not, and exit 1 for a failure', async () => {
    expect(await on(['livepatch', 'boot'])).toMatchObject({ exitCode: 0, stdout: 'Loaded fix_net.\n' });
    const boot = { action: 'boot' as const, running: '6.1', off: null };
    const failed = [{ name: 'one', problem: problem('LIVEPATCH_ALTERED', '/x: another module') }];
    const some = { ...boot, loaded: [], heldBack: ['two'], left: ['three'], failed };
    const { exitCode, stdout } = await on(['livepatch', 'boot'], {
      engine: { bootLivepatches: () => good(some) },
    });
    expect(exitCode).toBe(exitCodes.failed);
    expect(stdout).toMatch(/Held back two: the machine went down/);
    expect(stdout).toMatch(/NOT LOADED one: The live patch in the store/);
    expect(stdout).toMatch(/Left three, which may stand on/);
    const none = { ...some, heldBack: [], left: [], failed: [] };
    expect(await shown(['livepatch', 'boot'], { engine: { bootLivepatches: () => good(none) } })).toBe(
      'There is nothing to load.\n',
    );
  });

  test('history: newest first, unusable restore points with their problems', async () => {
    const text = await shown(['history']);
    expect(text.indexOf('STILL OPEN')).toBeLessThan(text.indexOf('Staged 5 packages'));
    const entries = values.history.entries.map((entry) => ({ ...entry, arrival: values.arrival }));
    const arrived = { history: () => good({ ...values.history, entries }) };
    expect(await shown(['history'], { engine: arrived })).toMatch(
      /Switching\n {6}1 file kept aside in \/var\/lib\/understudy\/kept\/point-1\n {6}passwd: anna/,
    );
    expect(text).toMatch(
      /restore-old1 .*NOT USABLE +Before 2 packages\n {6}The modules of its kernel are missing\./,
    );
    expect(text).toContain('200 MB in all.');
    const empty = await shown(['history'], {
      engine: { history: () => good({ entries: [], restorePoints: [], staged: [], unseen: [] }) },
    });
    expect(empty).toContain('nothing yet');
    const unseen = [{ what: 'What was done so far', why: 'This needs root.' }];
    const refused = await understudy(['history'], {
      engine: { history: () => good({ entries: [], restorePoints: [], staged: [], unseen }) },
    });
    expect(refused).toMatchObject({
      exitCode: 0,
      stdout: 'Not seen\n  What was done so far: This needs root.\n',
    });
  });

  test('merge', async () => {
    const { stdout, exitCode } = await understudy(['merge', 'base', 'mine', 'theirs', 'out']);
    expect(exitCode).toBe(exitCodes.decision);
    expect(stdout).toContain('Merged into /tmp/out, with 2 conflicts.');
    expect(stdout).toContain('etc/motd: both changed the same part\n    theirs: etc/motd.dpkg-dist\n');
    expect(stdout).toContain('passwd: 999 would have the number of another (a, b).');
    const clean = { ...values.merged, counts: { ...values.merged.counts, conflict: 0 }, paths: [] };
    const engine = { merge: () => good(clean) };
    expect((await understudy(['merge', '-', 'mine', 'theirs', 'out'], { engine })).exitCode).toBe(0);
  });

  test('practice', async () => {
    const text = (await understudy(['practice', '--offline', '--folder', 'x'])).stdout;
    expect(text).toMatch(/2 +stage +12 s +Seven packages were rehearsed\./);
    expect(text).toContain('✓ After the rollback it is exactly the old one.');
  });
});

/** Every string that a verb's answer holds, turned into an attack. */
const attack = '\u001b]0;owned\u0007\u001b[2J\u009b1A\r\u202e\n✓ forged line';
function poisoned<T>(value: T): T {
  if (typeof value === 'string') return `${value}${attack}` as T;
  if (Array.isArray(value)) return value.map(poisoned) as T;
  if (typeof value !== 'object' || value === null) return value;
  const closed = new Set([
    'action',
    'how',
    'scope',
    'kind',
    'type',
    'area',
    'result',
    'outcome',
    'kept',
    'bootLoader',
    'source',
    'name',
    'state',
    'tool',
  ]);
  const keep = (key: string, item: unknown): boolean =>
    closed.has(key) && typeof item === 'string' && !['curl', 'sshd'].includes(item);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, keep(key, item) ? item : poisoned(item)]),
  ) as T;
}

test.each([
  [['inspect'], { inspect: () => good(poisoned(values.machine)) }],
  [['check'], { check: () => good(poisoned(values.report)) }],
  [['plan'], { plan: () => good(poisoned(values.plan)) }],
  [['stage'], { stage: () => good(poisoned(values.staged)) }],
  [['review'], { review: () => good(poisoned(values.review)) }],
  [['decide'], { review: () => good(poisoned(values.review)) }],
  [['activate', '--yes'], { activate: () => good(poisoned(values.activated)) }],
  [['rollback', '--yes'], { rollback: () => good(poisoned(values.rolledBack)) }],
  [['history'], { history: () => good(poisoned(values.history)) }],
  [['environments'], { environments: () => good(poisoned(values.environments)) }],
  [
    ['environments', 'destroy', 'restore-1', '--yes'],
    { destroyEnvironment: () => good(poisoned(values.destroyed)) },
  ],
  [['modules'], { moduleTrees: () => good(poisoned(values.moduleTrees)) }],
  [['modules', 'clean'], { cleanModules: () => good(poisoned(values.modulesCleaned)) }],
  [['livepatch'], { livepatchStatus: () => good(poisoned(values.livepatchStatus)) }],
  [['backup'], { backups: () => good(poisoned(backup.backups)) }],
  [['backup', 'restore'], { restoreIdentity: () => good(poisoned(backup.identityRestored)) }],
  [['livepatch', 'list'], { livepatches: () => good(poisoned(values.livepatches)) }],
  [['recover'], { recover: () => good(poisoned(values.recovered)) }],
  [
    ['recover'],
    { recover: () => good(poisoned({ transactions: [], cleaned: [], arrival: values.arrival })) },
  ],
  [['health'], { health: () => good(poisoned(values.examined)) }],
  [['merge', 'a', 'b', 'c', 'd'], { merge: () => good(poisoned(values.merged)) }],
  [['prune', '--yes'], { prune: () => good(poisoned(values.pruned)) }],
  [['stage'], { stage: () => bad('PACKAGE_SCRIPT_FAILED', `libc6${attack}`) }],
] satisfies [string[], Partial<EngineVerbs>][])(
  'nothing hostile reaches the terminal from %j',
  async (argv, engine) => {
    const { stdout, stderr } = await on(argv, { engine });
    // eslint-disable-next-line no-control-regex -- the very characters that must be gone
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout + stderr).not.toMatch(/^✓ forged/m);
  },
);

test('hostile text in JSON is escaped, not lost', async () => {
  const { stdout } = await on(['plan', '--json'], { engine: { plan: () => good(poisoned(values.plan)) } });
  // eslint-disable-next-line no-control-regex -- as above
  expect(stdout.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(documentSchema.parse(JSON.parse(stdout))).toMatchObject({ value: poisoned(values.plan) });
});

describe('help', () => {
  test.each(verbs.map((verb) => [verb.name, verb] as const))(
    'of %s tells all there is to know',
    async (name, verb) => {
      const { stdout, exitCode } = await understudy(['help', name]);
      expect(exitCode).toBe(0);
      for (const part of [
        'Usage',
        'What it does',
        'What it does not do',
        'Examples',
        'Exit codes',
        'Global options',
      ]) {
        expect(stdout).toContain(`\n${part}\n`);
      }
      for (const option of Object.keys(verb.options)) {
        expect(stdout).toContain(`--${option}`);
        expect(verb.help.synopsis.join(' ') + verb.help.summary).toContain(`--${option}`);
      }
      for (const [kind] of verb.help.exits) expect(stdout).toMatch(new RegExp(`^  ${exitCodes[kind]} `, 'm'));
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
      expect((await understudy([name, '--help'])).stdout).toBe(stdout);
    },
  );

  test('every example is a command line that is understood', async () => {
    const { readCommand } = await import('../../../electron/cli/command-line.js');
    for (const verb of verbs) {
      for (const [command] of verb.help.examples) {
        const argv = (command.split(/ \| | && /)[0] ?? '').split(' ').slice(1);
        const read = readCommand(argv, verbs);
        expect(() => read.verb.read(read.given)).not.toThrow();
      }
    }
  });

  test('the overview names every verb and every exit code', async () => {
    const { stdout } = await understudy(['help']);
    for (const { name } of verbs) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const code of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^  ${code} `, 'm'));
  });
});
