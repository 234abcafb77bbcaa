/** Where a socket may be made: nowhere that another user could have prepared. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownPlace, placeForUser, type SocketPlace } from '../../../electron/helper/start/socket-place.js';

const user = 61_001;
const other = 61_002;
const isRoot = process.getuid?.() === 0;

let folder = '';
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-place-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(place: SocketPlace): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(place.path, resolve));
  place.open();
}

describe.skipIf(!isRoot)('a socket for one user (needs root)', () => {
  const inBase = (): SocketPlace => placeForUser(join(folder, 'run'), user, 'helper.socket');

  it("lies in folders of root's and belongs to that user alone", async () => {
    const place = inBase();
    await listen(place);
    expect(place.path).toBe(join(folder, 'run', String(user), 'helper.socket'));
    expect(lstatSync(place.path)).toMatchObject({ uid: user, gid: 0 });
    expect(lstatSync(place.path).mode & 0o777).toBe(0o600);
    for (const name of ['run', `run/${user}`]) {
      const { uid, mode } = lstatSync(join(folder, name));
      expect([uid, mode & 0o777]).toEqual([0, 0o711]);
    }
  });

  it.each<[string, () => void]>([
    ['the base is a link', () => symlinkSync('/tmp', join(folder, 'run'))],
    [
      'the base belongs to another',
      () => {
        mkdirSync(join(folder, 'run'));
        chownSync(join(folder, 'run'), other, other);
      },
    ],
    [
      'the base can be written to by others',
      () => {
        mkdirSync(join(folder, 'run'));
        chmodSync(join(folder, 'run'), 0o777);
      },
    ],
    [
      'the base can be written to by a group',
      () => {
        mkdirSync(join(folder, 'run'));
        chmodSync(join(folder, 'run'), 0o770);
      },
    ],
    [
      'the base is open and sticky',
      () => {
        mkdirSync(join(folder, 'run'));
        chmodSync(join(folder, 'run'), 0o1777);
      },
    ],
    ['the base is a file', () => writeFileSync(join(folder, 'run'), '')],
    ['a folder above belongs to another', () => chownSync(folder, other, other)],
    ['a folder above can be written to by others', () => chmodSync(folder, 0o777)],
    [
      "the user's folder is a link",
      () => {
        mkdirSync(join(folder, 'run'));
        symlinkSync('/tmp', join(folder, 'run', String(user)));
      },
    ],
    [
      "the user's folder belongs to the user",
      () => {
        mkdirSync(join(folder, 'run', String(user)), { recursive: true });
        chownSync(join(folder, 'run', String(user)), user, user);
      },
    ],
    [
      'the name is a link',
      () => {
        mkdirSync(join(folder, 'run', String(user)), { recursive: true });
        symlinkSync('/etc/passwd', join(folder, 'run', String(user), 'helper.socket'));
      },
    ],
    [
      'the name is a file',
      () => {
        mkdirSync(join(folder, 'run', String(user)), { recursive: true });
        writeFileSync(join(folder, 'run', String(user), 'helper.socket'), '');
      },
    ],
  ])('is refused where %s', (_, plant) => {
    plant();
    expect(inBase).toThrow(expect.objectContaining({ code: 'UNSAFE_PLACE' }));
  });

  it('may lie below a sticky folder of root, such as /tmp', () => {
    chmodSync(folder, 0o1777);
    expect(inBase().path).toContain(folder);
  });

  it('is refused where its name would be cut by the kernel', () => {
    const base = join(folder, 'a'.repeat(100));
    expect(() => placeForUser(base, user, 'helper.socket')).toThrow(
      expect.objectContaining({ code: 'UNSAFE_PLACE' }),
    );
  });

  it('takes the place of one that was left behind, and never removes that of another helper', async () => {
    await listen(inBase()); // left behind: nobody removes it
    const [first, second] = [inBase(), inBase()];
    first.clear();
    expect(existsSync(first.path)).toBe(false);
    await listen(first);
    second.clear();
    await listen(second);
    first.clear();
    expect(existsSync(second.path)).toBe(true);
    second.clear();
    expect(existsSync(second.path)).toBe(false);
  });
});

describe("a user's own socket", () => {
  it('lies in a folder that nobody else may enter', async () => {
    const place = ownPlace(join(folder, 'own'), 'reader.socket');
    await listen(place);
    expect(lstatSync(join(folder, 'own')).mode & 0o777).toBe(0o700);
    expect(lstatSync(place.path).mode & 0o777).toBe(0o600);
  });

  it.each<[string, () => void]>([
    ['the folder is a link', () => symlinkSync('/tmp', join(folder, 'own'))],
    [
      'others may write to the folder',
      () => {
        mkdirSync(join(folder, 'own'));
        chmodSync(join(folder, 'own'), 0o777);
      },
    ],
    [
      'the name is a link',
      () => {
        mkdirSync(join(folder, 'own'));
        symlinkSync('/etc/passwd', join(folder, 'own/reader.socket'));
      },
    ],
  ])('is refused where %s', (_, plant) => {
    plant();
    expect(() => ownPlace(join(folder, 'own'), 'reader.socket')).toThrow(
      expect.objectContaining({ code: 'UNSAFE_PLACE' }),
    );
  });

  it.skipIf(!isRoot)('is refused in a folder that another user prepared (needs root)', () => {
    mkdirSync(join(folder, 'own'));
    chownSync(join(folder, 'own'), other, other);
    expect(() => ownPlace(join(folder, 'own'), 'reader.socket')).toThrow(
      expect.objectContaining({ code: 'UNSAFE_PLACE' }),
    );
  });
});
