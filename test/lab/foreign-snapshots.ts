/** Snapshots of other programs on a btrfs system of the lab: by snapper itself, and by hand in the layout of timeshift, which needs a desktop. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runOrFault } from '../../electron/engine/process/run.js';

const limit = { timeoutMs: 60_000 };

/** Why snapper cannot be used here, or `undefined`. */
export async function snapperImpossible(): Promise<string | undefined> {
  const { ended } = await run(['snapper', '--version'], limit);
  return ended === 'exit' ? undefined : 'snapper is missing';
}

export interface Snapper {
  /** Makes a snapshot; its number. */
  create(description: string): Promise<string>;
  /** The numbers of its snapshots, as snapper lists them. */
  numbers(): Promise<string[]>;
  dispose(): void;
}

/** snapper with a configuration of its own for the subvolume mounted at `root`, seen by nobody else. */
export async function snapperFor(root: string): Promise<Snapper> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-snapper-'));
  mkdirSync(join(folder, 'configs'));
  writeFileSync(join(folder, 'default'), 'SNAPPER_CONFIGS=""\n');
  const script =
    'mount --bind "$1" /etc/snapper; mount --bind "$1/default" /etc/default/snapper; shift; exec "$@"';
  const snapper = async (...words: string[]): Promise<string> => {
    const argv = ['snapper', '--no-dbus', '--config', 'root', ...words];
    const { stdout } = await runOrFault(
      ['unshare', '--mount', 'sh', '-e', '-c', script, 'sh', folder, ...argv],
      limit,
    );
    return stdout.trim();
  };
  await snapper('create-config', root);
  return {
    create: (description) => snapper('create', '--print-number', '--description', description),
    numbers: async () =>
      (await snapper('list', '--columns', 'number')).match(/^ *[1-9]\d*/gm)?.map((one) => one.trim()) ?? [],
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As timeshift makes one: `top` is the top level, `name` what the root's subvolume is called. */
export async function timeshiftSnapshot(
  top: string,
  { name, date, seconds, comments }: { name: string; date: string; seconds: number; comments: string },
): Promise<void> {
  const folder = join(top, 'timeshift-btrfs/snapshots', date);
  mkdirSync(folder, { recursive: true });
  await runOrFault(['btrfs', 'subvolume', 'snapshot', join(top, name), join(folder, name)], limit);
  const record = {
    created: String(seconds),
    'sys-uuid': '6f6b3c6a-0f2b-4f0e-9d5e-2f1f4f1f0001',
    'sys-distro': 'Debian 12',
    'app-version': '24.06.6',
    file_count: '0',
    tags: 'ondemand',
    comments,
    live: 'false',
    type: 'btrfs',
  };
  writeFileSync(join(folder, 'info.json'), JSON.stringify(record, undefined, 2));
}
