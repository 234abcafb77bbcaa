/** The machine of a trial, described by files in a folder, and what GRUB does between two starts of it. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { health } from '../../../electron/engine/health.js';
import { history } from '../../../electron/engine/history.js';
import { recover } from '../../../electron/engine/recover.js';
import type { System } from '../../../electron/engine/system.js';
import { ourEntry } from '../../lab/boot/our-entry.js';
import { describedMachine } from '../../lab/described-machine.js';
import { valueOf } from '../../lab/value-of.js';

const patience = { totalMs: 2000, networkMs: 100, scriptMs: 500, pauseMs: 50 };

export function trialMachine(folder: string, release: () => string) {
  let starts = 0;
  symlinkSync('/proc/self', join(folder, 'self'));
  mkdirSync(join(folder, 'sys/kernel/random'), { recursive: true });
  mkdirSync(join(folder, 'sysfs/kernel'), { recursive: true });
  writeFileSync(join(folder, 'sysfs/kernel/kexec_loaded'), '0\n');
  writeFileSync(join(folder, 'asked'), '');

  /** A start of the kernel that comes first, with the words that follow. */
  const startKernel = ([, ...words]: readonly string[]): void => {
    writeFileSync(join(folder, 'cmdline'), `BOOT_IMAGE=/vmlinuz ${words.join(' ')}\n`);
    writeFileSync(join(folder, 'sys/kernel/random/boot_id'), `start-${(starts += 1)}\n`);
  };
  /** A service manager of which these units failed, and which does not restart in these ways. */
  const manager = (failed: string, refused = 'none'): void => {
    const text = `#!/bin/sh
echo "$*" >> ${folder}/asked
case "$1" in
${refused}) exit 1 ;;
reboot | kexec | soft-reboot | daemon-reload) exit 0 ;;
show) echo ActiveState=active ;;
*) echo '${failed}' ;;
esac\n`;
    writeFileSync(join(folder, 'systemctl'), text, { mode: 0o755 });
  };
  /** kexec(8), which says what it is asked for. */
  const kexec = (status = 0): void => {
    const text = `#!/bin/sh\necho "kexec $*" >> ${folder}/asked\nexit ${status}\n`;
    writeFileSync(join(folder, 'kexec'), text, { mode: 0o755 });
  };
  /** What the service manager and kexec(8) were asked for since the last time, without the questions of the health check. */
  const asked = (): string[] => {
    const lines = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
    writeFileSync(join(folder, 'asked'), '');
    return lines.filter((line) => !/^(list-units|show)/.test(line));
  };
  /** The verbs of a start. */
  const startedIn = (system: () => System) => ({
    recovered: async () => valueOf(await recover(system())),
    titles: async () => valueOf(await history(system())).entries.map(({ title }) => title),
    examined: async (failed = '') => {
      manager(failed);
      return valueOf(await health(system(), { patience }));
    },
  });
  kexec();
  return { machine: describedMachine(folder, release), startKernel, manager, kexec, asked, startedIn };
}

/** As an installation leaves it: without a health check there is no trial. */
export function enableHealthCheck(root: string): void {
  const link = join(root, 'etc/systemd/system/multi-user.target.wants/understudy-health.service');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync('/usr/lib/systemd/system/understudy-health.service', link);
}

/** `file`: where something of this name lies beside grub.cfg. */
export function grubBetweenStarts(file: (name: string) => string) {
  return {
    /** What GRUB notes before it starts a trial. */
    noteTry: (): void => {
      const text = readFileSync(file('understudy.env'), 'latin1');
      writeFileSync(file('understudy.env'), text.replace('understudy_trial=1', 'understudy_trial=2'));
    },
    /** The kernel of an entry of ours, and the words that it is given. */
    wordsOf: (id: 'trial' | 'previous'): string[] => {
      const { kernel, words } = ourEntry(readFileSync(file('custom.cfg'), 'utf8'), id);
      return [kernel, ...words];
    },
  };
}
