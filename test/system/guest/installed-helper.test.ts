/**
 * The installed helper in a whole Debian system: systemd starts it through its socket, polkit says who may do what, and a power cut is settled
 * before the system is up again. What the users do goes through the services of the app, as in the app itself.
 *
 * One disk goes through all of it: anna rehearses; others are refused; the power is cut while the switch is prepared, and again once it has begun;
 * anna takes the update back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestImpossible, makeGuest, type Guest } from '../../lab/guest/guest.js';
import type { GuestFiles } from '../../lab/guest/files-disk.js';
import { installUnderstudy } from '../../lab/guest/installed-root.js';
import type { Ended } from '../../lab/guest/machine.js';
import { usersPrograms } from '../../lab/guest/users-programs.js';

const impossible = await guestImpossible();
const inside = new URL('../../../dist/test/lab/guest/inside/', import.meta.url).pathname;
/** For a machine that is busy with other things; by itself an errand takes one to three. */
const minutes = 14;

type Line = Readonly<Record<string, unknown>>;
const names = ['account', 'capability', 'kernel', 'library', 'program', 'service', 'settings'];
const versionsOf = (version: string, kernels: readonly number[]): string[] =>
  [
    ...names.map((name) => `understudy-practice-${name} ${version} installed`),
    ...kernels.map((number) => `understudy-practice-kernel-6.1.0-${number}-practice 1 installed`),
  ].sort();

/** In every state the system is sound and what the user wrote is there. */
const sound = { audit: '', system: 'running', failed: '', edited: expect.stringContaining('colour = green') };
const old = {
  ...sound,
  versions: versionsOf('1.0-1', [1]),
  program: '1.0-1',
  settings: 'level = 1\n',
  account: false,
};
const updated = {
  ...sound,
  versions: versionsOf('1.1-1', [1, 2]),
  program: '1.1-1',
  settings: 'level = 2\n',
  account: true,
};

describe.skipIf(impossible)(`the installed helper in a guest (${impossible ?? 'runs'})`, () => {
  let guest: Guest;
  let scripts: GuestFiles;
  beforeAll(async () => {
    scripts = {
      'guest-system.js': { from: `${inside}guest-system.js` },
      ...(await usersPrograms('through-services', 'through-client')),
    };
    guest = await makeGuest({ prepare: installUnderstudy });
  });
  afterAll(() => guest.dispose());

  /** Of the lines that the errand said, the one that has the key, or the key with this value. */
  const line = ({ lines, story }: Ended, key: string, value?: string): Line => {
    const found = (lines as Line[]).find((one) => key in one && (value === undefined || one[key] === value));
    if (!found) throw new Error(`nothing was said about ${key} ${value ?? ''}:\n${story}`);
    return sorted(found);
  };
  const switching = (task: string, cutAt?: string): Promise<Ended> =>
    guest.run({
      script: `${inside}anna-switches.js`,
      files: { ...scripts, task: { text: task } },
      minutes,
      keep: true,
      onLine: (said, { cut }) => {
        if (cutAt !== undefined && (said as Line)['step'] === cutAt) cut();
      },
    });

  describe('with the power on', () => {
    let errand: Ended;
    beforeAll(async () => {
      errand = await guest.run({ script: `${inside}users-ask.js`, files: scripts, minutes, keep: true });
      console.log(`the first errand took ${errand.seconds.toFixed(0)} s`);
    });

    it('is there with its units and its policy, and starts only when someone asks', () => {
      expect(errand.status, errand.story).toBe(0);
      expect(line(errand, 'began')).toMatchObject({ ...old, began: 'running' });
      expect(line(errand, 'units')['units']).toEqual(['active', 'inactive', 'active']);
      expect(line(errand, 'units')['cycles']).not.toContain('cycle');
      expect(line(errand, 'policy')['policy']).toMatch(
        /implicit any: +no\n.*inactive: +no\n.*active: +auth_admin_keep/s,
      );
    });

    it('rehearses for an ordinary user, with progress, and the system stays as it is', () => {
      expect(line(errand, 'connection')).toMatchObject({
        connection: { state: 'connected', problem: null },
        helper: { privileged: true, practice: false },
      });
      expect(line(errand, 'did', 'plan')).toMatchObject({
        value: { changes: 8 },
        states: ['idle', 'planning', 'planned'],
      });
      expect(line(errand, 'did', 'inspect')).toMatchObject({
        value: {
          pendingUpdates: expect.arrayContaining([
            expect.objectContaining({ name: 'understudy-practice-settings' }),
          ]),
        },
      });
      expect(line(errand, 'did', 'stage')).toMatchObject({
        value: { ready: true },
        phases: expect.arrayContaining(['check', 'clone', 'rehearse', 'verify']),
        states: ['planned', 'staging', 'needs-decision'],
      });
      expect(line(errand, 'did', 'review')).toMatchObject({
        value: {
          ready: true,
          proofs: [],
          conflicts: [{ path: 'etc/understudy-practice/settings.conf', kept: 'mine' }],
        },
      });
      expect(line(errand, 'after', 'stage')).toMatchObject(old);
    });

    it('is root, sees the mounts of the system, and is held by what its unit says', () => {
      expect(line(errand, 'confinement')['confinement']).toMatchObject({
        user: '0',
        umask: '0077',
        filtersCalls: true,
        loadsModules: false,
        seesTheMounts: true,
        readsTheDisk: true,
        writesTheDisk: false,
      });
      const { variables } = line(errand, 'confinement')['confinement'] as { variables: string[] };
      expect(variables).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(NODE|LD)_/)]));
      console.log(String(line(errand, 'exposure')['exposure']));
    });

    it('ends when nobody needs it, and is started anew for the next', () => {
      expect(line(errand, 'over')).toMatchObject({ over: true, result: 'success' });
      const { pid } = line(errand, 'confinement')['confinement'] as { pid: number };
      expect(line(errand, 'anew')['anew']).not.toBe(pid);
      expect(line(errand, 'anew')['anew']).toBeGreaterThan(0);
    });

    it('refuses whom polkit refuses, says why, and nothing of it leaves a trace', () => {
      const answers = (errand.lines as Line[]).filter((one) => 'who' in one);
      const ofEach = ['ben', 'carl', 'dora', 'seated'].flatMap((user) =>
        answers.filter(({ who }) => who === user).map(({ who, did, code }) => [who, did, code].join(' ')),
      );
      expect(ofEach).toEqual([
        'ben inspect ok',
        ...['stage', 'activate', 'rollback', 'change'].map((verb) => `ben ${verb} NOT_AUTHORISED`),
        'carl inspect ok',
        'carl stage NO_POLKIT_AGENT',
        // Without a rule the policy itself holds: nothing for who is not at the machine …
        'dora inspect NOT_AUTHORISED',
        'dora stage NOT_AUTHORISED',
        // … and for who is, looking, and the rest with a password.
        'seated inspect ok',
        'seated stage NO_POLKIT_AGENT',
      ]);
      expect(answers.length).toBe(ofEach.length);
      expect(line(errand, 'untouched')['untouched']).toBe(true);
      expect(line(errand, 'after', 'refusals')).toMatchObject(old);
    });

    it('stages nothing by itself when something is staged', () => {
      expect(line(errand, 'automatic')).toMatchObject({ automatic: 'success', rehearsed: false });
    });
  });

  it('holds off shutdown and sleep while it switches, until the power is cut before the switch', async () => {
    const cut = await switching('activate', 'prepare');
    expect(cut.how, cut.story).toBe('cut');
    expect(line(cut, 'began')).toMatchObject({ ...old, began: 'running' });
    expect(line(cut, 'lock')['lock']).toMatch(/^Understudy .* shutdown:sleep .* block$/);
  });

  it('is all old at the next start, until the power is cut in the middle of the switch', async () => {
    const cut = await switching('activate', 'settle');
    expect(cut.how, cut.story).toBe('cut');
    expect(line(cut, 'began')).toMatchObject({ ...old, began: 'running' });
    expect(line(cut, 'recovery')).toMatchObject({ recovery: 'success', wasFirst: true, open: [] });
    console.log(`the second errand took ${cut.seconds.toFixed(0)} s`);
  });

  it('is all new at the next start, and takes the update back', async () => {
    const errand = await switching('rollback');
    expect(errand.status, errand.story).toBe(0);
    expect(line(errand, 'began')).toMatchObject({ ...updated, began: 'running' });
    expect(line(errand, 'recovery')).toMatchObject({ recovery: 'success', wasFirst: true, open: [] });
    expect(line(errand, 'did', 'rollback')).toMatchObject({
      states: expect.arrayContaining(['rolling-back', 'rolled-back']),
    });
    expect(line(errand, 'did', 'history')).toMatchObject({
      value: [
        { kind: 'rollback', how: 'done' },
        { kind: 'activate', how: 'rolled-forward' },
        { kind: 'activate', how: 'rolled-back' },
        { kind: 'stage', how: 'done' },
      ],
    });
    expect(line(errand, 'after', 'rollback')).toMatchObject(old);
    expect(line(errand, 'lockLeft')).toMatchObject({ lockLeft: null, complaints: '' });
  });
});

/** dpkg-query's own order is not the alphabet's. */
function sorted(found: Line): Line {
  const { versions } = found;
  return Array.isArray(versions) ? { ...found, versions: [...(versions as string[])].sort() } : found;
}
