/**
 * systemd-boot. A trial is an entry that may be tried once and comes first, and behind it the previous one, which is not counted. On a FAT file
 * system nothing takes the place of a file in one step, so each file gets a name of its own, and what it replaces goes after it.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { Fault, systemErrorCode } from '../../fault.js';
import { namesIn } from '../../environments/plain-view.js';
import { writeFileDurably } from '../../files/durable.js';
import { removeTree } from '../../files/remove-tree.js';
import { readMountTable } from '../../inspect/mount-table.js';
import { nameInTree, realRoot } from '../../inspect/mounts.js';
import { readStart } from '../../inspect/read.js';
import type { MachineSources } from '../../inspect/sources.js';
import { bytes, display, isWithin, join, type RawPath } from '../../posix/raw-path.js';
import { syncDirectory, syncFileSystem } from '../../posix/sync.js';
import type { System } from '../../system.js';
import type { BootEntry, BootLoader, TrialState } from '../boot-loader.js';
import { forgetKept, keepFiles, keptOn } from '../kept-files.js';
import { entryFile, entryName, parseEntryName, type EntryName } from './entry-file.js';

/** Boot Loader Interface: what `bootctl set-default` sets, above loader.conf. */
const chosenDefault = 'firmware/efi/efivars/LoaderEntryDefault-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

/** `top`: where the partition with `loader` is mounted, absolute. */
export function systemdBoot(system: System, sources: MachineSources, top: RawPath): BootLoader {
  const entries = join(top, 'loader/entries');
  const mount = readMountTable(sources).holding(top);

  const own = (): (EntryName & { readonly file: RawPath })[] =>
    (namesIn(entries) ?? []).flatMap((name) => {
      const parsed = parseEntryName(name);
      return parsed ? [{ ...parsed, file: join(entries, name) }] : [];
    });
  const remove = (files: readonly RawPath[]): void => {
    for (const file of files) removeTree(file);
    if (files.length > 0) syncDirectory(entries);
  };
  /** On the partition itself, since systemd-boot reads nothing else. */
  const within = (restorePoint: string, { kernel, initrds }: BootEntry) => {
    const files = [kernel, ...initrds];
    const there = files.every((file) => isWithin(file, top))
      ? files
      : keepFiles(keptOn(top), restorePoint, files);
    const [first = '', ...others] = there.map((path) => path.slice(top.length));
    return { kernel: first, initrds: others };
  };
  /** Under a name that the boot loader does not look at until all of it is on the disk. */
  const write = (name: EntryName, entry: BootEntry): void => {
    const file = join(entries, entryName(name));
    const text = entryFile(name.role, name.restorePoint, entry, within(name.restorePoint, entry));
    mkdirSync(bytes(entries), { recursive: true });
    const beside = `${file}.understudy` as RawPath;
    if (textOf(file) === text) return;
    try {
      writeFileDurably(beside, Buffer.from(text, 'latin1'));
      renameSync(bytes(beside), bytes(file));
    } catch (error) {
      removeTree(beside);
      throw asFault(error, top);
    }
    syncFileSystem(top);
  };

  return {
    name: 'systemd-boot',
    obstacle() {
      const why = ((): string | undefined => {
        const named = display(top);
        if (!mount || nameInTree(realRoot(system), mount.mountPoint) === '/')
          return `${named} is not a mounted partition: nothing could be written where systemd-boot reads.`;
        if (mount.readOnly) return `${named} is mounted read-only.`;
        const fixed = /^default[ \t]+(.+)$/m.exec(textOf(join(top, 'loader/loader.conf')))?.[1];
        if (fixed !== undefined)
          return `loader.conf fixes which entry is started (default ${fixed}): without that line the newest one is.`;
        return system.isRunning && has(join(sources.sys, chosenDefault))
          ? 'An entry was fixed as the default in the firmware: "bootctl set-default \'\'" takes that back.'
          : undefined;
      })();
      return Promise.resolve(why);
    },
    keep: (restorePoint, files) => keepFiles(keptOn(top), restorePoint, files),
    writeTrial({ restorePoint, trial, previous }) {
      return settled(() => {
        const before = own();
        write({ role: 'previous', restorePoint, left: null }, previous);
        write({ role: 'trial', restorePoint, left: 1 }, trial);
        remove(
          before.flatMap((one) => (one.restorePoint === restorePoint && !isTried(one) ? [] : [one.file])),
        );
      });
    },
    returnTo(restorePoint, entry) {
      return settled(() => {
        write({ role: 'return', restorePoint, left: null }, entry);
        remove(own().flatMap(({ role, file }) => (role === 'return' ? [] : [file])));
      });
    },
    clear() {
      // A cut in between leaves what is wanted: a trial that waits is not started any more, one that came up is not left for the previous one.
      const [trials, others] = [own().filter(isTrial), own().filter((one) => !isTrial(one))];
      const isWaiting = trials.some((one) => !isTried(one));
      for (const half of isWaiting ? [trials, others] : [others, trials])
        remove(half.map(({ file }) => file));
      forgetKept(keptOn(top));
    },
    state(): TrialState | undefined {
      const found = own();
      const waiting = found.find((one) => isTrial(one) && !isTried(one));
      const { restorePoint } = waiting ?? found[0] ?? {};
      return restorePoint === undefined ? undefined : { restorePoint, state: waiting ? 'waiting' : 'tried' };
    },
  };
}

const isTrial = ({ role }: EntryName): boolean => role === 'trial';
const isTried = ({ role, left }: EntryName): boolean => role === 'trial' && left !== 1;

function settled(body: () => void): Promise<void> {
  return new Promise((resolve) => {
    body();
    resolve();
  });
}

function asFault(error: unknown, top: RawPath): unknown {
  return systemErrorCode(error) === 'ENOSPC'
    ? new Fault('NO_SPACE', `${display(top)}: no room for another entry.`)
    : error;
}

function textOf(file: RawPath): string {
  try {
    return readFileSync(bytes(file), 'latin1');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** An EFI variable holds four bytes of attributes, then its value. */
function has(variable: RawPath): boolean {
  try {
    return readStart(variable, 64).length > 6;
  } catch {
    return false;
  }
}
