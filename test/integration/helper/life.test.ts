/** From the helper's start to its end, and what it takes over from who starts it: as little as can be. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, runOrFault } from '../../../electron/engine/process/run.js';
import { leftovers } from '../../lab/leftovers.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const isRoot = process.getuid?.() === 0;
const main = new URL('../../../dist/program/helper.js', import.meta.url).pathname;
const canCompile = (await run(['cc', '--version'], { timeoutMs: 10_000 })).status === 0;

describe.skipIf(!isRoot)('a helper (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  const helpers: HelperProcess[] = [];

  beforeEach(() => {
    root = smallRoot();
    folder = privateFolder();
  });
  afterEach(async () => {
    for (const helper of helpers.splice(0)) await helper.kill();
    folder.remove();
    root.remove();
  });

  const start = async (options: Partial<Parameters<typeof startHelper>[0]> = {}): Promise<HelperProcess> => {
    const helper = await startHelper({
      root: root.path,
      runtime: join(folder.path, 'run'),
      forUid: user,
      ...options,
    });
    helpers.push(helper);
    return helper;
  };

  it(
    'ends itself when nobody needs it, not before, and takes its socket away',
    { timeout: 30_000 },
    async () => {
      const helper = await start({ idleSeconds: 1 });
      const client = await WireClient.greeted(helper.socket, user);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(await client.ask('status')).toBe('ok');
      client.close();
      expect(await helper.ended).toBe(0);
      expect(existsSync(helper.socket)).toBe(false);
    },
  );

  it('is one: a second one finds the first and says where it is', async () => {
    const first = await start();
    const second = await start();
    expect(second.socket).toBe(first.socket);
    expect(await second.ended).toBe(0);
    const client = await WireClient.greeted(first.socket, user);
    expect(await client.ask('status')).toBe('ok');
    client.close();
  });

  it('that was killed leaves a socket, which the next one replaces', async () => {
    const first = await start();
    await first.kill();
    expect(existsSync(first.socket)).toBe(true);
    const second = await start();
    const client = await WireClient.greeted(second.socket, user);
    expect(await client.ask('status')).toBe('ok');
    client.close();
  });

  it('that is told to end says so to its clients', async () => {
    const helper = await start();
    const client = await WireClient.greeted(helper.socket, user);
    expect(await helper.stop()).toBe(0);
    expect(await client.refusal()).toBe('HELPER_STOPPING');
  });

  it('that is told to end while it looks at the system leaves no process behind', async () => {
    const helper = await start();
    const client = await WireClient.greeted(helper.socket, user);
    /** Stopped so, apt never ends by itself; false where none is at work. */
    const holdsApt = (): boolean =>
      leftovers(root.path).some((line) => {
        const [, pid] = /^process (\d+): apt-get /.exec(line) ?? [];
        try {
          return pid !== undefined && process.kill(Number(pid), 'SIGSTOP');
        } catch {
          return false; // it has ended meanwhile
        }
      });
    let isAnswered = true;
    const onAnswer = (): void => void (isAnswered = true);
    while (!holdsApt()) {
      if (isAnswered) {
        isAnswered = false;
        client.ask('inspect').then(onAnswer, onAnswer);
      }
      await delay(2);
    }
    expect(await helper.stop()).toBe(0);
    expect(leftovers(root.path)).toEqual([]);
  });

  it('opens no debugger when it is asked to by a signal', async () => {
    const helper = await start();
    helper.child.kill('SIGUSR1');
    const client = await WireClient.greeted(helper.socket, user);
    expect(await client.ask('status')).toBe('ok');
    expect(helper.complaints()).toBe('');
    client.close();
  });

  it('says why it cannot start, in one line', async () => {
    const { status, stdout, stderr } = await run([process.execPath, main, '--socket', 'somewhere'], {
      timeoutMs: 20_000,
    });
    expect([status, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ problem: { code: 'USAGE' } });
    const unasked = await run([process.execPath, main, '--socket', 'activation', '--root', root.path], {
      timeoutMs: 20_000,
      environment: { LISTEN_FDS: '1', LISTEN_PID: '1' },
    });
    expect(unasked.status).toBe(1);
    expect(JSON.parse(unasked.stdout)).toMatchObject({ problem: { code: 'UNSAFE_PLACE' } });
  });

  it('detached, outlives the command that started it', { timeout: 30_000 }, async () => {
    const { stdout } = await runOrFault(
      [
        ...[process.execPath, main, '--detach', '--for-uid', String(user), '--root', root.path],
        ...['--runtime', join(folder.path, 'run'), '--idle-seconds', '1'],
      ] as [string, ...string[]],
      { timeoutMs: 20_000 },
    );
    const { socket } = JSON.parse(stdout) as { socket: string };
    const client = await WireClient.greeted(socket, user);
    const { helper } = await client.value<{ helper: { pid: number } }>('status');
    expect(readFileSync(`/proc/${helper.pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')[1]).toBe('1');
    client.close();
    await expect.poll(() => existsSync(`/proc/${helper.pid}`), { timeout: 10_000 }).toBe(false);
  });

  it(
    'serves on a socket that was handed over by systemd, when it is for this very process',
    { timeout: 30_000 },
    async () => {
      const path = join(folder.path, 'handed');
      const made = join(folder.path, 'made');
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(made, resolve));
      const descriptor = (server as unknown as { _handle: { fd: number } })._handle.fd;
      // LISTEN_PID is known only to the process itself: a shell that becomes it.
      const child = spawn(
        '/bin/sh',
        [
          '-c',
          'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"',
          'sh',
          process.execPath,
          main,
          '--socket',
          'activation',
          '--root',
          root.path,
          '--idle-seconds',
          '600',
        ],
        { stdio: ['ignore', 'inherit', 'inherit', descriptor], cwd: '/' },
      );
      renameSync(made, path); // Node removes the name that it made when it closes its own end
      server.close();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      try {
        const client = await WireClient.greeted(path, 0);
        expect(await client.ask('status')).toBe('ok');
        client.close();
      } finally {
        child.kill('SIGKILL');
        await gone;
      }
    },
  );

  describe.skipIf(!canCompile)('in surroundings full of traps (needs a C compiler)', () => {
    let marker = '';
    let environment: NodeJS.ProcessEnv = {};

    beforeEach(async () => {
      marker = join(folder.path, 'marker');
      writeFileSync(marker, '');
      chmodSync(marker, 0o666);
      const bin = join(folder.path, 'bin');
      mkdirSync(bin);
      chmodSync(bin, 0o755);
      const programs = [
        'apt-get',
        'apt',
        'dpkg',
        'dpkg-query',
        'sh',
        'mount',
        'umount',
        'unshare',
        'findmnt',
        'systemctl',
        'systemd-inhibit',
        'pkcheck',
        'ldd',
        'cat',
        'uname',
      ];
      for (const name of programs) {
        writeFileSync(join(bin, name), `#!/bin/sh\necho "program ${name}" >> ${marker}\nexit 1\n`);
        chmodSync(join(bin, name), 0o755);
      }
      const source = join(folder.path, 'trap.c');
      writeFileSync(
        source,
        `#include <stdio.h>
         #include <unistd.h>
         __attribute__((constructor)) static void trap(void) {
           FILE *file = fopen("${marker}", "a");
           if (file) { fprintf(file, "library %d\\n", (int)getpid()); fclose(file); }
         }`,
      );
      await runOrFault(['cc', '-shared', '-fPIC', '-o', join(folder.path, 'trap.so'), source], {
        timeoutMs: 60_000,
      });
      writeFileSync(
        join(folder.path, 'trap.cjs'),
        `require('fs').appendFileSync(${JSON.stringify(marker)}, 'module ' + process.pid + '\\n');`,
      );
      environment = {
        PATH: `${bin}:${process.env['PATH']}`,
        LD_PRELOAD: join(folder.path, 'trap.so'),
        LD_LIBRARY_PATH: folder.path,
        NODE_OPTIONS: `--require=${join(folder.path, 'trap.cjs')}`,
        NODE_PATH: folder.path,
        APT_CONFIG: join(folder.path, 'trap.so'),
        BASH_ENV: join(bin, 'cat'),
        ENV: join(bin, 'cat'),
        IFS: '/',
        XDG_RUNTIME_DIR: folder.path,
        HOME: folder.path,
        TMPDIR: folder.path,
        DPKG_ROOT: folder.path,
      };
    });

    /** Who ran into a trap, but for the process that a test itself started with them. */
    const caught = (except: number | undefined): string[] =>
      readFileSync(marker, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.endsWith(` ${except}`));

    it('nothing that it runs sees them', { timeout: 60_000 }, async () => {
      const helper = await start({ environment });
      expect(caught(undefined)).toContain(`library ${helper.pid}`); // the traps work
      const client = await WireClient.greeted(helper.socket, user);
      for (const verb of ['inspect', 'check', 'plan', 'stage', 'settings']) {
        const params =
          verb === 'check'
            ? { moment: 'before-stage' }
            : verb === 'plan' || verb === 'stage'
              ? { scope: 'all' }
              : {};
        await client.outcome(client.request(verb, params));
      }
      client.close();
      expect(caught(helper.pid)).toEqual([]);
    });

    it(
      'neither does the helper itself, detached from the process that was started with them',
      { timeout: 60_000 },
      async () => {
        const starter = spawn(
          process.execPath,
          [
            main,
            '--detach',
            '--for-uid',
            String(user),
            '--root',
            root.path,
            '--runtime',
            join(folder.path, 'run'),
            '--idle-seconds',
            '1',
          ],
          { env: environment, stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' },
        );
        const line = await new Promise<string>((resolve) =>
          starter.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
        );
        const client = await WireClient.greeted((JSON.parse(line) as { socket: string }).socket, user);
        const { helper } = await client.value<{ helper: { pid: number } }>('status');
        const inherited = readFileSync(`/proc/${helper.pid}/environ`, 'latin1')
          .split('\0')
          .filter((text) => text !== '')
          .sort();
        expect(inherited).toEqual([
          'HOME=/root',
          'LANG=C.UTF-8',
          'LC_ALL=C.UTF-8',
          expect.stringMatching(/^PATH=\/usr\/local\/sbin/),
        ]);
        expect(readFileSync(`/proc/${helper.pid}/status`, 'latin1')).toMatch(/^Umask:\t0077$/m);
        client.close();
        expect(caught(starter.pid)).toEqual([]);
      },
    );
  });
});
