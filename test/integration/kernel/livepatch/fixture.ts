/** What the tests of live patches share: a machine that is described anew for each, and the verbs as they ask for them. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Outcome } from '../../../../shared/errors.js';
import {
  addLivepatch,
  bootLivepatches,
  livepatchesHeld,
  livepatchStatus,
  loadLivepatch,
  unloadLivepatch,
} from '../../../../electron/engine/livepatch.js';
import type { Settings } from '../../../../electron/engine/system.js';
import { livepatchMachine, type LivepatchMachine } from '../../../lab/livepatch-machine.js';
import { testRelease } from '../../../lab/livepatch-module.js';
import { valueOf } from '../../../lab/value-of.js';

export const isRoot = process.geteuid?.() === 0;

/** That of the test that runs. */
export let machine: LivepatchMachine;

/** For each test of the group: a machine whose unit for live patches is enabled. */
export function describeMachine(): void {
  beforeEach(() => {
    machine = livepatchMachine();
    const wants = join(machine.root, 'etc/systemd/system/sysinit.target.wants');
    mkdirSync(wants, { recursive: true });
    symlinkSync(
      '/usr/lib/systemd/system/understudy-livepatch.service',
      join(wants, 'understudy-livepatch.service'),
    );
  });
  afterEach(() => machine.dispose());
}

export const system = (settings: Partial<Settings> = {}) =>
  machine.system({}, { transitionMs: 500, ...settings });
export const plain = { fixes: null, replaces: false, returns: true, unsigned: false };
export const add = (name: string, options: Partial<Parameters<typeof addLivepatch>[1]> = {}) =>
  addLivepatch(system(), { ...plain, ...options, file: options.file ?? machine.module(name) });
export const load = (name: string, again = false) => loadLivepatch(system(), { name, again });
export const unload = (name: string) => unloadLivepatch(system(), { name });
export const held = () => livepatchesHeld(system(), { now: true });
export const boot = (settings: Partial<Settings> = {}) => bootLivepatches(system(settings));
export const value = async <T>(outcome: Promise<Outcome<T>>): Promise<T> => valueOf(await outcome);
export const refused = async (outcome: Promise<Outcome<unknown>>, code: string): Promise<string> => {
  const answer = await outcome;
  expect(answer).toMatchObject({ ok: false, problem: { code } });
  return answer.ok ? '' : answer.problem.details.join('\n');
};
export const status = (settings: Partial<Settings> = {}) => value(livepatchStatus(system(settings)));
export const why = async (name: string, settings: Partial<Settings> = {}) => {
  const found = (await status(settings)).active.find((one) => one.name === name);
  return found && [found.source, found.returns, found.why];
};
/** Names, and bytes of files, of everything that is kept. */
export const kept = (): string[] =>
  existsSync(machine.stored())
    ? readdirSync(machine.stored(), { recursive: true, encoding: 'utf8' }).sort()
    : [];
export const done = { release: testRelease, already: false, replaced: [] };
