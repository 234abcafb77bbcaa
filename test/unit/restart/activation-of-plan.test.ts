/** Which way of activation a plan takes: the least that suffices and is open here, with what it took here before. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.js';
import { noteInterruption } from '../../../electron/engine/interruption/measured.js';
import { makePlan } from '../../../electron/engine/make-plan.js';
import type { System } from '../../../electron/engine/system.js';
import type { PackageChange, Plan } from '../../../shared/plan.js';
import { fixture, mountInfo } from '../inspect/fixture.js';

const change = (name: string, further: Partial<PackageChange> = {}): PackageChange => ({
  action: 'upgrade',
  name,
  architecture: 'amd64',
  from: '1',
  to: '2',
  downloadBytes: 0,
  installedBytes: 0,
  security: false,
  kernel: false,
  origin: 'Debian',
  ...further,
});
const kernel = change('linux-image-6.1.0-42-amd64', { action: 'install', from: null, kernel: true });

interface Options {
  readonly systemd?: number;
  readonly takesEffect?: Engine['environment']['takesEffect'];
  readonly mountsNext?: boolean;
}

function bench({ systemd = 257, takesEffect = 'at-once', mountsNext = true }: Options = {}) {
  const machine = fixture();
  machine.write(`root/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-${systemd}.so`);
  const release = machine.sources.kernelRelease();
  machine.write(`root/usr/lib/modules/${release}/modules.dep`);
  machine.write('sys/kernel/kexec_loaded', '0\n');
  mkdirSync(join(machine.root, 'var/lib/understudy'), { recursive: true });
  const kexec: [string] = [machine.program('kexec', '#!/bin/sh\n')];
  const sources = { ...machine.sources, kexec };
  const system: System = { ...machine.system(), isRunning: true, machine: sources };
  const environment = {
    takesEffect,
    support: () => ({ exchange: true }),
    ...(mountsNext ? { mountNextRoot: () => undefined } : {}),
  };
  const filesOf = (_: unknown, name: string) =>
    name === 'old' ? [`lib/modules/${release}/kernel/a.ko`] : [];
  const packages = { name: 'apt', filesOf, databaseDigest: () => 'digest' };
  const engine = { system, environment, packages, current: machine.view } as unknown as Engine;
  const activation = (...changes: PackageChange[]): Plan['activation'] =>
    makePlan(engine, { scope: 'all', selected: [] }, { changes, kept: [] }).activation;
  return { machine, system, sources, engine, release, activation };
}

it('is a soft-reboot where user space starts anew and this systemd can', () => {
  const { activation } = bench();
  expect(activation(change('libc6'))).toEqual({
    how: 'soft-reboot',
    reason: 'libc6 is used by almost every program: user space is started anew, the kernel stays.',
    interruptionSeconds: 15,
  });
  expect(activation(change('hello'))).toMatchObject({ how: 'live', interruptionSeconds: 0 });
  expect(bench({ systemd: 252 }).activation(change('libc6'))).toEqual({
    how: 'reboot',
    reason: 'libc6 is used by almost every program. This systemd knows no soft-reboot.',
    interruptionSeconds: 45,
  });
});

it('is a soft-reboot into another root where the file system has one, unless something more is in the way', () => {
  const other = { takesEffect: 'at-start' } as const;
  expect(bench(other).activation(change('hello'))).toMatchObject({
    how: 'soft-reboot',
    reason: 'The new system is a root of its own: user space is started anew, the kernel stays.',
  });
  expect(bench({ ...other, mountsNext: false }).activation(change('hello'))).toMatchObject({ how: 'reboot' });
  const { machine, activation } = bench(other);
  machine.write(
    'proc/self/mountinfo',
    mountInfo('8:1 / / rw - ext4 /dev/sda1 rw', `8:2 / ${machine.root}/usr rw - ext4 /dev/sda2 rw`),
  );
  expect(activation(change('hello'))).toMatchObject({
    how: 'reboot',
    reason: expect.stringContaining('A /usr of its own is mounted by the initramfs alone.'),
  });
});

it('is none where the kernel that goes on would have no modules', () => {
  const { activation, release } = bench({ takesEffect: 'at-start' });
  const removed = change('old', { action: 'remove', to: null, kernel: true });
  expect(activation(change('hello'), removed)).toMatchObject({
    how: 'reboot',
    reason: expect.stringContaining('removes the modules of the kernel that runs'),
  });
  const { system, engine } = bench({ takesEffect: 'at-start' });
  const gone = { ...system, machine: { ...system.machine, kernelRelease: () => `${release}-gone` } };
  const without = makePlan(
    { ...engine, system: gone } as Engine,
    { scope: 'all', selected: [] },
    { changes: [change('hello')], kept: [] },
  );
  expect(without.activation).toMatchObject({
    how: 'reboot',
    reason: expect.stringContaining('no modules for the kernel that goes on running'),
  });
});

it.each(['at-once', 'at-start'] as const)('is kexec for a kernel where that can be (%s)', (takesEffect) => {
  const { machine, activation } = bench({ takesEffect });
  expect(activation(kernel)).toMatchObject({ how: 'kexec', interruptionSeconds: 25 });
  machine.write('proc/sys/kernel/kexec_load_disabled', '1\n');
  expect(activation(kernel)).toEqual({
    how: 'reboot',
    reason:
      'A new kernel runs only after a restart. It was forbidden to load another kernel (kernel.kexec_load_disabled).',
    interruptionSeconds: 45,
  });
});

it('says what the way took on this machine, once that was measured', () => {
  const { system, activation } = bench();
  noteInterruption(system, { transaction: 'activate-1', how: 'kexec', seconds: 61.3 });
  expect(activation(kernel).interruptionSeconds).toBe(61);
  expect(activation(change('libc6')).interruptionSeconds).toBe(15);
});
