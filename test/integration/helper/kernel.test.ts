/** The state of the kernel, for a user who may not look into the store: the helper looks, and tells. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livepatchStatusSchema } from '../../../shared/livepatch.js';
import { moduleTreesSchema } from '../../../shared/modules.js';
import { statusSchema } from '../../../shared/status.js';
import { privateFolder, startHelper, type HelperProcess } from '../../lab/helper-process.js';
import { smallRoot, type SmallRoot } from '../../lab/helper-root.js';
import { WireClient } from '../../lab/helper-wire.js';

const user = 61_001;
const release = '6.1.0-1-amd64';
const key = { release, name: 'crashes', sha256: 'ab'.repeat(32) };
const since = '2026-11-20T08:00:00.000Z';

describe.skipIf(process.getuid?.() !== 0)('the state of the kernel (needs root)', () => {
  let root: SmallRoot;
  let folder: ReturnType<typeof privateFolder>;
  let helper: HelperProcess;
  let client: WireClient;

  beforeEach(async () => {
    root = smallRoot();
    folder = privateFolder();
    mkdirSync(join(root.store, 'livepatches', release, key.name), { recursive: true, mode: 0o700 });
    inStore('state.json', { version: 1, levels: {}, trials: [], heldBack: [{ ...key, since }] });
    inStore(`${release}/${key.name}/livepatch.json`, {
      ...{ version: 1, ...key, vermagic: `${release} SMP`, srcversion: null, signed: false, signedBy: null },
      ...{ buildId: null, fixes: null, kind: 'stacks', returns: true, added: since },
    });
    helper = await startHelper({ root: root.path, runtime: join(folder.path, 'run'), forUid: user });
    client = await WireClient.greeted(helper.socket, user);
  });
  afterEach(async () => {
    client.close();
    await helper.stop();
    expect(helper.complaints()).toBe('');
    folder.remove();
    root.remove();
  });

  const inStore = (path: string, record: unknown): void =>
    writeFileSync(join(root.store, 'livepatches', path), JSON.stringify(record));
  const status = async () => statusSchema.parse(await client.value('status'));

  it('what is held back is told, as long as it is there', async () => {
    const told = [{ release, name: key.name, since }];
    expect(livepatchStatusSchema.parse(await client.value('livepatch'))).toMatchObject({
      ...{ running: null, supported: false, active: [], heldBack: told, unseen: [] },
    });
    expect((await status()).heldBack).toEqual(told);
    rmSync(join(root.store, 'livepatches', release, key.name), { recursive: true });
    expect((await status()).heldBack).toEqual([]);
  });

  it('damaged records of live patches are told to who asks for them, and stop nothing else', async () => {
    writeFileSync(join(root.store, 'livepatches/state.json'), '{"version":1,');
    expect(await client.ask('livepatch')).toBe('LIVEPATCH_RECORDS_DAMAGED');
    expect(await status()).toMatchObject({ heldBack: [], problem: null });
  });

  it('no live patch is taken back where no kernel of the system runs', async () => {
    expect(await client.ask('undo')).toBe('USAGE');
    expect(await client.ask('undo', { transaction: '../x' })).toBe('BAD_REQUEST');
  });

  it('modules are listed, or there are none', async () => {
    expect(await client.ask('modules')).toBe('NO_MODULES');
    const modules = join(root.path, 'usr/lib/modules', release);
    mkdirSync(join(modules, 'kernel'), { recursive: true });
    writeFileSync(join(modules, 'kernel/one.ko'), '');
    expect(moduleTreesSchema.parse(await client.value('modules'))).toMatchObject({
      ...{ running: null, complete: null },
      trees: [{ release, state: 'left', count: 1 }],
    });
  });
});
