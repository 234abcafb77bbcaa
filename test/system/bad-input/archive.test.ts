/** An archive that cannot be reached, does not fit together, or cannot be trusted: a clear code, and the system as it was. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../lab/bad-input-command.js';
import { badInputSystem, type BadInputSystem } from '../../lab/bad-input-system.js';
import { leftovers } from '../../lab/leftovers.js';
import type { ServerFault } from '../../lab/archive-server.js';
import { debianRootImpossible } from '../../lab/debian-root.js';

const impossible = await debianRootImpossible();

/** Same length, another content. */
function flipped(original: Buffer): Buffer {
  const copy = Buffer.from(original);
  const middle = Math.floor(copy.length / 2);
  copy.writeUInt8(copy.readUInt8(middle) ^ 0xff, middle);
  return copy;
}

describe.skipIf(impossible)(`a bad archive (${impossible ?? 'runs'})`, { timeout: 60_000 }, () => {
  let system: BadInputSystem;

  beforeAll(async () => {
    system = await badInputSystem();
  });
  afterEach(() => {
    system.setFaults();
    system.forget();
  });
  afterAll(async () => {
    await (system as BadInputSystem | undefined)?.dispose();
  });

  const settings = 'understudy-practice-settings';

  async function refused(summary: string, ...names: string[]): Promise<void> {
    const answer = await command(system.root, 'stage', '--scope', 'all');
    expect(answer.summary, JSON.stringify(answer.problem)).toBe(summary);
    for (const name of names) expect(answer.problem?.details.join('\n')).toContain(name);
    expect(await system.changed()).toEqual([]);
    expect(leftovers(system.root)).toEqual([]);
    expect((await command(system.root, 'history')).value).toMatchObject({ entries: [], restorePoints: [] });
  }

  const faults: readonly (readonly [name: string, summary: string, fault: ServerFault])[] = [
    ['drops every connection', 'ARCHIVE_UNREACHABLE, exit 1', { path: /./, kind: 'drop', afterBytes: 0 }],
    ['has nothing there', 'ARCHIVE_UNREACHABLE, exit 1', { path: /./, kind: 'missing' }],
    [
      'is the login page of a hotel’s network',
      'ARCHIVE_UNREACHABLE, exit 1',
      { path: /./, kind: 'replace', content: () => Buffer.from('<html><body>Please log in</body></html>') },
    ],
    [
      'is half synchronised: its index is not the one that was signed',
      'ARCHIVE_INCONSISTENT, exit 1',
      { path: /Packages/, kind: 'replace', content: flipped },
    ],
    [
      'is half synchronised: its index is not there yet',
      'ARCHIVE_INCONSISTENT, exit 1',
      { path: /Packages/, kind: 'missing' },
    ],
    [
      'is half synchronised: a package is another one than the index says',
      'ARCHIVE_INCONSISTENT, exit 1',
      { path: /\.deb$/, kind: 'replace', content: flipped },
    ],
    [
      'is half synchronised: a package has another size than the index says',
      'ARCHIVE_INCONSISTENT, exit 1',
      { path: /\.deb$/, kind: 'replace', content: (original) => Buffer.concat([original, original]) },
    ],
    [
      'is half synchronised: a package is not there any more',
      'ARCHIVE_INCONSISTENT, exit 1',
      { path: /\.deb$/, kind: 'missing' },
    ],
    [
      'was altered after it was signed',
      'ARCHIVE_UNTRUSTED, exit 1',
      {
        path: /InRelease$/,
        kind: 'replace',
        content: (original) => Buffer.from(original.toString().replace('Label: Bad', 'Label: Mad')),
      },
    ],
    [
      'has lost its signature',
      'ARCHIVE_UNTRUSTED, exit 1',
      { path: /InRelease$|Release\.gpg$/, kind: 'missing' },
    ],
  ];
  it.each(faults)('that %s', async (_name, summary, fault) => {
    system.offer([settings]);
    system.setFaults(fault);
    await refused(summary, '127.0.0.1');
  });

  it('that is signed with a key nobody knows', async () => {
    system.offer([settings], { byStranger: true });
    await refused('ARCHIVE_UNTRUSTED, exit 1', '127.0.0.1');
  });

  it('whose index has expired', async () => {
    system.offer([settings], { expired: true });
    await refused('ARCHIVE_EXPIRED, exit 1', '127.0.0.1');
  });

  it('that ends a download in the middle keeps what was fetched, and the next run goes on with it', async () => {
    system.offer([settings]);
    system.setFaults({ path: /\.deb$/, kind: 'drop', afterBytes: 200 });
    const answer = await command(system.root, 'stage', '--scope', 'all');
    expect(answer.summary).toBe('ARCHIVE_UNREACHABLE, exit 1');
    expect(await system.changed()).toEqual([]);
    system.setFaults();
    expect((await command(system.root, 'stage')).summary).toBe('ok, exit 0');
    expect(await system.changed()).toEqual([]);
  });

  it('that changed since the plan was made: the plan is refused and a new one says what is offered now', async () => {
    system.offer([settings]);
    const { value } = await command(system.root, 'plan');
    const { id } = value as { id: string };
    system.offer([settings, 'understudy-practice-service']);
    const answer = await command(system.root, 'stage', id);
    expect(answer.summary).toBe('PLAN_STALE, exit 1');
    expect(await system.changed()).toEqual([]);
    const again = (await command(system.root, 'plan')).value as { id: string };
    expect(again.id).not.toBe(id);
    expect((await command(system.root, 'stage', again.id)).summary).toBe('ok, exit 0');
  });

  it('that offers what it offered, signed anew, makes no plan stale', async () => {
    system.offer([settings]);
    const { id } = (await command(system.root, 'plan')).value as { id: string };
    system.offer([settings]);
    expect((await command(system.root, 'stage', id)).summary).toBe('ok, exit 0');
  });
});
