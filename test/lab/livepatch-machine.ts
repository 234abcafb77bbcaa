/**
 * A machine whose kernel takes live patches, as folders: sysfs and procfs, programs in the place of insmod, rmmod and systemctl, and something that
 * does in a test's own process what the kernel does by itself. Everything that is asked of the programs is noted.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Settings, System } from '../../electron/engine/system.js';
import { openSystem } from '../../electron/engine/system.js';
import type { MachineSources } from '../../electron/engine/inspect/sources.js';
import { describedMachine } from './described-machine.js';
import { buildModule, testRelease, type ModuleRecipe } from './livepatch-module.js';

export interface LivepatchMachine {
  readonly root: string;
  /** The system that runs on it; `other` replaces what it is opened with. */
  system(other?: Partial<System>, settings?: Partial<Settings>): System;
  /** Below the folder of the machine: `sysfs/…`, or procfs. */
  write(path: string, text: string): void;
  /** Writes a module, and answers with its path. */
  module(name: string, recipe?: ModuleRecipe): string;
  /** A path in the store of live patches. */
  stored(...names: readonly string[]): string;
  /** The names of the patches that the kernel has. */
  active(): string[];
  /** What was asked of insmod, rmmod and systemctl, a line each. */
  asked(): string[];
  /** From now on each new patch waits for a task; `back` says whether it can be taken back nevertheless. */
  stall(back: boolean): void;
  unstall(): void;
  /** A power cut and the next start: nothing of what was in memory is there. */
  restart(release?: string): void;
  dispose(): void;
}

const insmod = (folder: string): string => `#!/bin/sh
echo "insmod $(basename "$1")" >> ${folder}/asked
if [ -e ${folder}/refuse ]; then cat ${folder}/refuse >&2; exit 1; fi
if [ -e ${folder}/empty ]; then exit 0; fi
name=$(basename "$1" .ko)
patch=${folder}/sysfs/kernel/livepatch/$name
mkdir -p "$patch/vmlinux"
if [ -e ${folder}/replace ]; then for one in $(cat ${folder}/replace); do rm -r ${folder}/sysfs/kernel/livepatch/$one; done; fi
if [ -e ${folder}/stall ]; then echo 1; else echo 0; fi > "$patch/transition"
echo 1 > "$patch/enabled"
echo "$name 16384 1 - Live 0x0 (OEK)" >> ${folder}/modules
`;
const rmmod = (folder: string): string => `#!/bin/sh
echo "rmmod $1" >> ${folder}/asked
if [ -e ${folder}/sysfs/kernel/livepatch/$1 ]; then exit 1; fi
sed -i "/^$1 /d" ${folder}/modules
`;
const systemctl = (folder: string): string => `#!/bin/sh
if [ "$1" = is-system-running ]; then cat ${folder}/running; exit; fi
echo "systemctl $*" >> ${folder}/asked
`;

export function livepatchMachine(): LivepatchMachine {
  const base = mkdtempSync(join(tmpdir(), 'understudy-livepatch-'));
  const [root, folder] = [join(base, 'root'), join(base, 'machine')];
  const patches = join(folder, 'sysfs/kernel/livepatch');
  for (const name of ['usr/lib', 'etc', 'boot', 'var/lib/dpkg/info', 'var/lib/dpkg/updates'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), '');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  mkdirSync(patches, { recursive: true });
  write('modules', '');
  write('cmdline', 'root=/dev/vda quiet\n');
  write('running', 'running\n');
  write('sys/kernel/random/boot_id', 'start-1\n');
  for (const [name, text] of Object.entries({ insmod, rmmod, systemctl })) {
    write(name, text(folder));
    chmodSync(join(folder, name), 0o755);
  }
  let [release, starts] = [testRelease, 1];
  let clock = 1_000_000;
  const machine: MachineSources = {
    ...describedMachine(folder, () => release),
    hardware: () => 'x86_64',
    now: () => Date.parse('2026-11-27T12:00:00Z') + clock++,
    monotonic: () => clock,
  };
  const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
  const namesOfPatches = (): string[] => readdirSync(patches).sort();
  const live = setInterval(() => {
    for (const name of namesOfPatches()) {
      const [enabled, transition] = ['enabled', 'transition'].map((file) => join(patches, name, file));
      const isOut = textOf(enabled!) === '0';
      if (isOut && !existsSync(join(folder, 'stuck'))) rmSync(join(patches, name), { recursive: true });
      if (!isOut && textOf(transition!) === '1' && !existsSync(join(folder, 'stall')))
        writeFileSync(transition!, '0\n');
    }
  }, 10);
  return {
    root,
    system: (other = {}, settings = {}) => ({
      ...openSystem(root, { settings }),
      isRunning: true,
      machine,
      ...other,
    }),
    write,
    module(name, recipe = {}) {
      const path = join(base, `${name}.ko`);
      writeFileSync(path, buildModule({ ...recipe, values: { name, ...recipe.values } }));
      return path;
    },
    stored: (...names) => join(root, 'var/lib/understudy/livepatches', ...names),
    active: namesOfPatches,
    asked: () => textOf(join(folder, 'asked')).split('\n').filter(Boolean),
    stall(back) {
      write('stall', '');
      if (!back) write('stuck', '');
      for (const [task, name, state] of [
        ['41', 'waiter', '0'],
        ['42', 'ready', '1'],
        ['43', 'idle', '-1'],
      ] as const) {
        write(`41/task/${task}/comm`, `${name}\n`);
        write(`41/task/${task}/patch_state`, `${state}\n`);
      }
    },
    unstall() {
      for (const name of ['stall', 'stuck', '41'])
        rmSync(join(folder, name), { recursive: true, force: true });
    },
    restart(next = release) {
      release = next;
      starts += 1;
      clock = 1_000_000;
      write('sys/kernel/random/boot_id', `start-${starts}\n`);
      write('modules', '');
      for (const name of namesOfPatches()) rmSync(join(patches, name), { recursive: true });
    },
    dispose() {
      clearInterval(live);
      rmSync(base, { recursive: true, force: true });
    },
  };
}
