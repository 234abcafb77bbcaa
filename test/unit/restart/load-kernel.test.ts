/** What kexec(8) is asked to load, and where it is not asked at all. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { kexecObstacle, loadKernel } from '../../../electron/engine/restart/load-kernel.js';
import type { System } from '../../../electron/engine/system.js';
import { fixture } from '../inspect/fixture.js';

/** Writes its words, one a line, and keeps the initramfs that it was given. */
const recording = `#!/bin/sh
for word; do
  echo "$word" >> "$0.words"
  case "$word" in --initrd=*) cp "\${word#--initrd=}" "$0.initrd" ;; esac
done
`;

function bench(program = recording) {
  const machine = fixture();
  mkdirSync(join(machine.root, 'var/lib/understudy'), { recursive: true });
  machine.write('sys/kernel/kexec_loaded', '0\n');
  const kexec = machine.program('kexec', program);
  const sources = { ...machine.sources, kexec: [kexec] as [string] };
  const system: System = { ...machine.system(), machine: sources };
  const file = (name: string, text: string): RawPath => raw(machine.write(`root/boot/${name}`, text));
  const words = (): string[] => readFileSync(`${kexec}.words`, 'utf8').trim().split('\n');
  return { machine, kexec, sources, system, file, words };
}

it('loads kernel and initramfs by the call that checks signatures, with the words as the kernel reads them', async () => {
  const { system, file, words } = bench();
  const [kernel, initrd] = [file('vmlinuz-2', 'kernel'), file('initrd.img-2', 'initramfs')];
  const asked = ['root=UUID=0', 'rootflags=subvol=@', 'note=two words', 'quiet'];
  expect(await loadKernel(system, { kernel, initrds: [initrd] }, asked)).toBeUndefined();
  expect(words()).toEqual([
    '--kexec-file-syscall',
    '--load',
    kernel,
    `--initrd=${initrd}`,
    '--command-line=root=UUID=0 rootflags=subvol=@ "note=two words" quiet',
  ]);
});

it('makes one initramfs of several, each at a multiple of four bytes, and leaves nothing of it', async () => {
  const { system, file, kexec } = bench();
  const initrds = [file('amd-ucode.img', '12345'), file('initrd.img-2', 'rest')];
  expect(await loadKernel(system, { kernel: file('vmlinuz-2', ''), initrds }, [])).toBeUndefined();
  expect(readFileSync(`${kexec}.initrd`, 'latin1')).toBe('12345\0\0\0rest');
  expect(existsSync(join(system.store, 'kexec-initramfs'))).toBe(false);
});

it('says what was in the way, and unloads what may be loaded', async () => {
  const failing = `#!/bin/sh\necho "$1 $2" >> "$0.words"\ncase "$2" in --load) echo 'Permission denied' >&2; exit 1 ;; esac\n`;
  const { system, file, words } = bench(failing);
  const files = { kernel: file('vmlinuz-2', ''), initrds: [file('initrd.img-2', '')] };
  expect(await loadKernel(system, files, [])).toBe('The new kernel could not be loaded: Permission denied.');
  expect(words()).toEqual(['--kexec-file-syscall --load', '--kexec-file-syscall --unload']);
});

it('is not tried where it cannot work', async () => {
  const { machine, system, sources, kexec } = bench();
  expect(kexecObstacle(sources)).toBeUndefined();
  const nothing = { kernel: raw('/none'), initrds: [] };
  expect(await loadKernel(system, nothing, [])).toBe('The new kernel has no initramfs.');
  expect(kexecObstacle({ ...sources, kexec: ['/none/kexec'] })).toBe('kexec-tools is not installed.');
  machine.write('proc/sys/kernel/kexec_load_disabled', '1\n');
  expect(kexecObstacle(sources)).toContain('kernel.kexec_load_disabled');
  expect(await loadKernel(system, nothing, [])).toContain('kernel.kexec_load_disabled');
  expect(kexecObstacle({ ...sources, sys: raw('/none') })).toContain('cannot start another one');
  expect(existsSync(`${kexec}.words`)).toBe(false);
});
