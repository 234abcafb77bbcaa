/** snapper on a btrfs file system of its own, with three snapshots: what it costs to ask it once (`snapper --no-dbus list`). */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';
import { openDisks } from '../lab/disk-image.js';

export interface Snapper {
  readonly name: string;
  list(): void;
  /** Its peak of resident memory in MB. */
  memory(): number;
  dispose(): Promise<void>;
}

/** `undefined` where there is no snapper or no btrfs. */
export async function snapper(): Promise<Snapper | undefined> {
  if ((await run(['snapper', '--version'], { timeoutMs: 10_000 })).ended !== 'exit') return undefined;
  const disks = openDisks();
  const root = join(disks.folder, 'snapper');
  const asked = ['--no-dbus', '--root', root] as const;
  try {
    await disks.mount('btrfs', root, 300);
  } catch {
    await disks.dispose();
    return undefined;
  }
  try {
    mkdirSync(join(root, 'etc/snapper/configs'), { recursive: true });
    mkdirSync(join(root, 'etc/default'));
    writeFileSync(join(root, 'etc/default/snapper'), 'SNAPPER_CONFIGS="root"\n');
    copyFileSync('/usr/share/snapper/config-templates/default', join(root, 'etc/snapper/configs/root'));
    await runOrFault(['btrfs', 'subvolume', 'create', join(root, '.snapshots')], { timeoutMs: 30_000 });
    for (const name of ['one', 'two', 'three'])
      await runOrFault(['snapper', ...asked, 'create', '--description', name], { timeoutMs: 30_000 });
  } catch (error) {
    await disks.dispose();
    throw error;
  }
  return {
    name: 'snapper --no-dbus list',
    list: () => void execFileSync('snapper', [...asked, 'list'], { stdio: 'ignore' }),
    memory: () => peakOfCommand(['snapper', ...asked, 'list']),
    dispose: () => disks.dispose(),
  };
}

/** By getrusage(2) of the children of a process that has no other: ru_maxrss, in kB, after two times of 16 bytes. */
function peakOfCommand(argv: readonly string[]): number {
  const script = `
    const koffi = require(${JSON.stringify(createRequire(import.meta.url).resolve('koffi'))});
    const { execFileSync } = require('node:child_process');
    execFileSync(process.argv[1], process.argv.slice(2), { stdio: 'ignore' });
    const usage = Buffer.alloc(144);
    koffi.load('libc.so.6').func('int getrusage(int who, _Out_ uint8_t *usage)')(-1, usage);
    console.log(String(usage.readBigInt64LE(32)));`;
  return Number(execFileSync(process.execPath, ['-e', script, ...argv], { encoding: 'utf8' })) / 1024;
}
