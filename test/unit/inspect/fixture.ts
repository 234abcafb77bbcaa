/** A root tree and a machine (`/proc`, `/sys`) as folders in a private temp folder. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import type { TreeView } from '../../../electron/engine/environments/environment.js';
import type { MachineSources } from '../../../electron/engine/inspect/sources.js';
import { raw } from '../../../electron/engine/posix/raw-path.js';
import { openSystem, type System, type SystemOptions } from '../../../electron/engine/system.js';

export const isRoot = process.geteuid?.() === 0;

export interface Fixture {
  readonly base: string;
  readonly root: string;
  readonly view: TreeView;
  readonly sources: MachineSources;
  readonly system: (options?: SystemOptions) => System;
  /** Writes a file below the base: `root/…`, `proc/…` or `sys/…`. Answers with its path. */
  readonly write: (path: string, text?: string | Buffer) => string;
  readonly link: (path: string, target: string) => void;
  /** A power supply with its attributes. */
  readonly supply: (name: string, values: Readonly<Record<string, string | number>>) => void;
  /** A program below the base. */
  readonly program: (path: string, text: string) => string;
  /** Mounts something on a folder below the base, made when missing; unmounted after the test. */
  readonly mount: (path: string, ...options: string[]) => string;
}

const undo: (() => void)[] = [];

afterEach(() => {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) {
    try {
      step();
    } catch (error) {
      failures.push(error); // the other steps still clean up
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
});

/** Undone after the test, last one first. */
export function afterwards(step: () => void): void {
  undo.push(step);
}

/** A root tree with merged `/usr` on a machine with one ext4 disk, a kernel that knows overlays, and no network. */
export function fixture(): Fixture {
  const base = mkdtempSync(join(tmpdir(), 'understudy-inspect-'));
  afterwards(() => rmSync(base, { recursive: true, force: true }));
  const root = join(base, 'root');
  const write = (path: string, text: string | Buffer = ''): string => {
    const file = join(base, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    symlinkSync(target, join(base, path));
  };
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib', 'etc', 'var/lib', 'boot']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of ['bin', 'sbin', 'lib']) link(`root/${name}`, `usr/${name}`);
  write('proc/self/mountinfo', mountInfo('8:1 / / rw - ext4 /dev/sda1 rw'));
  write('proc/filesystems', 'nodev\tsysfs\nnodev\toverlay\n\text4\n');
  return {
    base,
    root,
    view: plainView(raw(root)),
    sources: {
      proc: raw(join(base, 'proc')),
      sys: raw(join(base, 'sys')),
      now: () => Date.UTC(2026, 10, 20, 12),
      kernelRelease: () => '6.1.0-41-amd64',
      hardware: () => 'x86_64',
      busctl: ['busctl', `--address=unix:path=${base}/no-bus`],
      nmcli: [`${base}/no-nmcli`],
      systemctl: [`${base}/no-systemctl`],
      kexec: [`${base}/no-kexec`],
      insmod: [`${base}/no-insmod`],
      rmmod: [`${base}/no-rmmod`],
      monotonic: () => 90_000,
    },
    system: (options) => openSystem(root, options),
    write,
    link,
    supply(name, values) {
      for (const [attribute, value] of Object.entries(values)) {
        write(`sys/class/power_supply/${name}/${attribute}`, `${value}\n`);
      }
    },
    program(path, text) {
      const file = write(path, text);
      chmodSync(file, 0o755);
      return file;
    },
    mount(path, ...options) {
      const target = join(base, path);
      mkdirSync(target, { recursive: true });
      execFileSync('mount', [...options, target]);
      afterwards(() => execFileSync('umount', [target]));
      return target;
    },
  };
}

/** Lines of mountinfo, each without its two leading ids: every mount but the first is on the first. */
export function mountInfo(...lines: string[]): string {
  return lines.map((line, index) => `${20 + index} ${index === 0 ? 1 : 20} ${line}\n`).join('');
}
