/** Who may do what: by the kernel's word on who connected, and by polkit's on what that process may do. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { connect } from '../../../electron/helper/client/connect.js';
import { privateFolder, startHelper, startProgram, type HelperProcess } from '../../lab/helper-process.js';
import type { Recycled, Recycling } from '../../lab/helper-recycled-pid.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import type { Status } from '../../../shared/status.js';
import { asUser, WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const other = 61_002;
const isRoot = process.getuid?.() === 0;
const main = new URL('../../../dist/program/helper.js', import.meta.url).pathname;
const lab = new URL('../../../dist/test/lab/', import.meta.url).pathname;

const runs: readonly (readonly [string, unknown])[] = [
  ['plan', { scope: 'all' }],
  ['stage', { scope: 'all' }],
  ['decide', { stage: 'stage-1', decisions: [{ conflict: 'aaaa', choice: 'mine' }] }],
  ['activate', {}],
  ['unschedule', {}],
  ['rollback', {}],
  ['prune', {}],
  ['recover', {}],
  ['change', { settings: { keepRestorePoints: 5 } }],
];
const queries: readonly (readonly [string, unknown])[] = [
  ['status', {}],
  ['inspect', {}],
  ['livepatch', {}],
  ['modules', {}],
  ['check', { moment: 'before-stage' }],
  ['history', {}],
  ['review', {}],
  ['planned', {}],
  ['changelog', { name: 'no-such-package', version: '1' }],
  ['log', {}],
  ['preview', {}],
  ['settings', {}],
];

describe.skipIf(!isRoot)('who may do what (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess | undefined;
  let pkcheck = '';

  beforeAll(() => {
    root = smallRoot();
  });
  beforeEach(() => {
    folder = privateFolder();
    pkcheck = join(folder.path, 'pkcheck');
  });
  afterEach(async () => {
    expect(helper?.complaints() ?? '').toBe('');
    await helper?.stop();
    helper = undefined;
    folder.remove();
    // Nothing of all this may have had any effect.
    expect(existsSync(root.store)).toBe(false);
    expect(existsSync(join(root.path, 'etc/understudy'))).toBe(false);
  });
  afterAll(() => root.remove());

  /** A program in place of pkcheck, which notes what it is asked. */
  const polkitSays = (script: string): void => {
    writeFileSync(pkcheck, `#!/bin/sh\necho "$@" >> "$0.asked"\n${script}\n`);
    chmodSync(pkcheck, 0o755);
  };
  const asked = (): string =>
    existsSync(`${pkcheck}.asked`) ? readFileSync(`${pkcheck}.asked`, 'utf8') : '';
  const withPolkit = async (): Promise<HelperProcess> =>
    (helper = await startProgram({ root: root.path, socket: join(folder.path, 'socket'), pkcheck }));

  describe('of a helper for one user', () => {
    beforeEach(async () => {
      helper = await startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: user });
    });

    it('another user cannot even connect', async () => {
      await expect(WireClient.connect(helper!.socket, other)).rejects.toThrow('EACCES');
    });

    it('another user is refused by the word of the kernel, if the socket were open to all', async () => {
      chmodSync(helper!.socket, 0o666);
      const client = await WireClient.connect(helper!.socket, other);
      client.say({ type: 'hello', protocol: 1 });
      client.request('status');
      client.say({ type: 'subscribe' });
      expect(await client.refusal()).toBe('NOT_AUTHORISED');
      expect(client.messages.map(({ type }) => type)).toEqual(['refused']);
    });

    it('another user learns why, however late it speaks', async () => {
      chmodSync(helper!.socket, 0o666);
      const client = await WireClient.connect(helper!.socket, other);
      await new Promise((resolve) => setTimeout(resolve, 6_000)); // more than an ended connection is kept
      client.say({ type: 'hello', protocol: 1 });
      client.request('status');
      expect(await client.refusal()).toBe('NOT_AUTHORISED');
    });

    it('another user that says nothing is let go all the same', { timeout: 30_000 }, async () => {
      chmodSync(helper!.socket, 0o666);
      const client = await WireClient.connect(helper!.socket, other);
      expect(await client.refusal()).toBe('NOT_AUTHORISED');
      await client.closed;
    });

    it('the user and root are served', async () => {
      for (const uid of [user, 0]) {
        const client = await WireClient.greeted(helper!.socket, uid);
        expect(await client.ask('status')).toBe('ok');
        client.close();
      }
    });
  });

  it('a helper without the right of root alters nothing, and says what it cannot see', async (context) => {
    const own = privateFolder();
    chownSync(own.path, user, user);
    try {
      mkdirSync(join(root.store, 'journal'), { recursive: true, mode: 0o700 });
      chmodSync(root.store, 0o700);
      const asItself = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'] as const;
      const probe = await run([...asItself, process.execPath, main, '--socket', 'x'], {
        timeoutMs: 20_000,
      });
      context.skip(!probe.stdout.includes('USAGE'), 'needs a checkout that every user may read');
      helper = await startHelper({
        prefix: asItself,
        socketKind: 'self',
        root: root.path,
        runtime: join(own.path, 'own'),
        forUid: user,
      });
      const client = await WireClient.greeted(helper.socket, user);
      for (const [verb, params] of runs)
        expect([verb, await client.ask(verb, params)]).toEqual([verb, 'NOT_ROOT']);
      const status = await client.value<Status>('status');
      expect(status).toMatchObject({ helper: { privileged: false }, problem: null });
      expect(status.unseen).toHaveLength(1);
      client.close();
      await helper.stop();
      helper = undefined;
    } finally {
      rmSync(root.store, { recursive: true });
      own.remove();
    }
  });

  describe('by polkit', () => {
    it('that says no: nothing is done, whatever the verb', async () => {
      polkitSays('exit 1');
      const { socket } = await withPolkit();
      const client = await WireClient.ofProcess(socket, user);
      for (const [verb, params] of [...runs, ...queries])
        expect([verb, await client.ask(verb, params)]).toEqual([verb, 'NOT_AUTHORISED']);
      const startTime = readFileSync(`/proc/${client.pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[19];
      for (const line of asked().trim().split('\n'))
        expect(line).toContain(`--process ${client.pid},${startTime},${user}`);
      client.say({ type: 'subscribe' });
      expect(await client.refusal()).toBe('NOT_AUTHORISED');
      expect(client.messages.filter(({ type }) => type === 'event')).toEqual([]);
    });

    it('without an agent, dismissed, broken or missing: each has its own code', async () => {
      polkitSays('exit "$(cat "$0.answer")"');
      const { socket } = await withPolkit();
      const client = await WireClient.ofProcess(socket, user);
      const codes = [];
      for (const answer of ['2', '3', '127']) {
        writeFileSync(`${pkcheck}.answer`, answer);
        codes.push(await client.ask('activate'));
      }
      rmSync(pkcheck);
      codes.push(await client.ask('activate'));
      expect(codes).toEqual(['NO_POLKIT_AGENT', 'AUTHORISATION_DISMISSED', 'NO_POLKIT', 'NO_POLKIT']);
    });

    it('that allows looking alone: every look is allowed and nothing else', async () => {
      polkitSays('case "$*" in *org.understudy.inspect*) exit 0;; esac; exit 1');
      const { socket } = await withPolkit();
      const client = await WireClient.ofProcess(socket, user);
      for (const [verb, params] of runs)
        expect([verb, await client.ask(verb, params)]).toEqual([verb, 'NOT_AUTHORISED']);
      for (const [verb, params] of queries)
        expect([verb, await client.ask(verb, params)]).not.toEqual([verb, 'NOT_AUTHORISED']);
    });

    it('is asked for each action by its own name', async () => {
      polkitSays('exit 1');
      const { socket } = await withPolkit();
      const client = await WireClient.ofProcess(socket, user);
      const names: string[] = [];
      for (const [verb, params] of runs) {
        await client.ask(verb, params);
        names.push(/org\.understudy\.(\w+)/.exec(asked().trim().split('\n').at(-1)!)![1]!);
      }
      expect(names).toEqual([
        'stage',
        'stage',
        'stage',
        'activate',
        'activate',
        'rollback',
        'rollback',
        'rollback',
        'settings',
      ]);
    });

    it('is not asked when the request itself is wrong', async () => {
      polkitSays('exit 0');
      const { socket } = await withPolkit();
      const client = await WireClient.ofProcess(socket, user);
      expect(await client.ask('activate', { stage: '../../etc' })).toBe('BAD_REQUEST');
      expect(asked()).toBe('');
    });

    it(
      'takes its question back when the client dies while a password is typed',
      { timeout: 60_000 },
      async () => {
        polkitSays('echo $$ > "$0.pid"; exec sleep 600');
        const { socket } = await withPolkit();
        const client = await WireClient.ofProcess(socket, user);
        client.request('activate');
        await expect.poll(() => existsSync(`${pkcheck}.pid`), { timeout: 10_000 }).toBe(true);
        // However long somebody types: the client is told that the helper lives.
        await client.next(({ type }) => type === 'alive');
        client.close();
        const pid = readFileSync(`${pkcheck}.pid`, 'utf8').trim();
        await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
      },
    );

    it('is asked who may stop a run: whoever may begin it, not whoever knows its id', async () => {
      polkitSays(`case "$*" in *org.understudy.inspect*) exit 0;; *,${user}*) exit 0;; esac; exit 1`);
      helper = await startProgram({
        root: root.path,
        socket: join(folder.path, 'socket'),
        pkcheck,
        lines: 1e9,
      });
      const owner = await WireClient.ofProcess(helper.socket, user);
      const stranger = await WireClient.ofProcess(helper.socket, other);
      const renewing = owner.request('renew');
      await expect
        .poll(async () => (await stranger.value<Status>('status')).run?.kind, { timeout: 10_000 })
        .toBe('practice');
      const { run: current } = await stranger.value<Status>('status');
      expect(await stranger.ask('cancel', { run: current!.id })).toBe('NOT_AUTHORISED');
      expect((await owner.value<Status>('status')).run).toMatchObject({ id: current!.id, cancelling: false });
      expect(await owner.ask('cancel', { run: current!.id })).toBe('ok');
      expect(await owner.outcome(renewing)).toMatchObject({ ok: false });
    });

    it('opens few windows, however much one user asks', async () => {
      polkitSays('exec sleep 600');
      const { socket } = await withPolkit();
      const clients = await Promise.all(Array.from({ length: 6 }, () => WireClient.ofProcess(socket, user)));
      for (const client of clients) for (let count = 0; count < 16; count += 1) client.request('activate');
      await expect.poll(() => asked().split('\n').length - 1, { timeout: 10_000 }).toBe(4);
      // An administrator is not kept waiting by them.
      const administrator = await WireClient.greeted(socket, 0);
      expect(await administrator.ask('status')).toBe('ok');
      expect(asked().split('\n').length - 1).toBe(4);
      for (const client of [...clients, administrator]) client.close();
    });
  });

  it('a client says nothing to a socket that is not of root', async () => {
    const own = privateFolder();
    chmodSync(own.path, 0o777);
    const path = join(own.path, 'socket');
    const listener = spawn(
      process.execPath,
      [
        '-e',
        'require("net").createServer(s => s.on("data", d => console.log("heard", d.length))).listen(process.argv[1], () => { require("fs").chmodSync(process.argv[1], 0o777); console.log("ready") })',
        path,
      ],
      {
        uid: other,
        gid: other,
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: '/',
      },
    );
    let said = '';
    listener.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      await expect.poll(() => said, { timeout: 10_000 }).toContain('ready');
      for (const trust of ['root', 'root-or-self'] as const)
        expect(await connect({ path, trust })).toMatchObject({
          ok: false,
          problem: { code: 'HELPER_NOT_TRUSTED' },
        });
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(said.trim()).toBe('ready');
    } finally {
      listener.kill();
      own.remove();
    }
  });

  describe('a process id that is used again', () => {
    async function recycle(wanted: Partial<Recycling> & { peerDescriptor: boolean }): Promise<Recycled> {
      polkitSays('exit 0'); // it would allow everything
      const { peerDescriptor, ...rest } = wanted;
      const recycling: Recycling = {
        program: { root: root.path, socket: join(folder.path, 'socket'), pkcheck, peerDescriptor },
        client: user,
        successor: user,
        accepted: true,
        ...rest,
      };
      const namespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--'] as const;
      const { stdout } = await runOrFault(
        [...namespace, process.execPath, join(lab, 'helper-recycled-pid.js'), JSON.stringify(recycling)],
        { timeoutMs: 60_000 },
      );
      return JSON.parse(stdout) as Recycled;
    }

    describe.each([
      ['with SO_PEERPIDFD', true],
      ['without it', false],
    ])('%s', (_, peerDescriptor) => {
      it.each([
        ['the same user', user],
        ['another user', other],
        ['root', 0],
      ])(
        'by a process of %s after the connection was taken: nothing is asked, nothing done',
        async (_name, successor) => {
          const { sameNumber, answer, asked: question } = await recycle({ peerDescriptor, successor });
          expect(sameNumber).toBe(true);
          expect(answer).toBe('NOT_AUTHORISED');
          expect(question).toBe('');
        },
      );

      it.each([
        ['another user', other],
        ['root', 0],
      ])('by a process of %s before the connection was taken: likewise', async (_name, successor) => {
        const {
          sameNumber,
          answer,
          asked: question,
        } = await recycle({ peerDescriptor, successor, accepted: false });
        expect(sameNumber).toBe(true);
        expect(['NOT_AUTHORISED', 'closed']).toContain(answer);
        expect(question).toBe('');
      });

      it('or by nobody: the process has ended, and so has its right', async () => {
        const { answer, asked: question } = await recycle({ peerDescriptor, successor: null });
        expect([answer, question]).toEqual(['NOT_AUTHORISED', '']);
      });
    });

    it('by a process of the same user before the connection was taken is noticed with SO_PEERPIDFD', async () => {
      const {
        sameNumber,
        answer,
        asked: question,
      } = await recycle({ peerDescriptor: true, accepted: false });
      expect(sameNumber).toBe(true);
      expect(['NOT_AUTHORISED', 'closed']).toContain(answer);
      expect(question).toBe('');
    });
  });

  it('the users of this test are nobody else', () => {
    expect(asUser(user, () => process.geteuid?.())).toBe(user);
    expect(process.geteuid?.()).toBe(0);
  });
});
