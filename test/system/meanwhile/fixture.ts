/**
 * A staged practice system for the tests of this folder: a template that is made and staged once a file, and a fresh copy of it for
 * each test.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Outcome, Problem } from '../../../shared/errors.js';
import type { Activated, History, RolledBack } from '../../../shared/history.js';
import { activate, type ActivateOptions } from '../../../electron/engine/activate.js';
import { history } from '../../../electron/engine/history.js';
import type { ManifestEntry } from '../../../electron/engine/manifest/entry.js';
import { runOrFault } from '../../../electron/engine/process/run.js';
import { rollback, type RollbackOptions } from '../../../electron/engine/rollback.js';
import { stage } from '../../../electron/engine/stage.js';
import { openSystem, type System } from '../../../electron/engine/system.js';
import { debianRootImpossible } from '../../lab/debian-root.js';
import { removeRoot } from '../../lab/template.js';
import { practiceSystem } from '../../lab/practice-system.js';
import { addSecondArchive, buildInto, installByHand, offerSecond, shapes } from '../../lab/second-archive.js';
import { differences, manifestOf } from '../../lab/tree-difference.js';

export const impossible = await debianRootImpossible();

let template = '';
let folder = '';
let root = '';
let system: System;

export const current = {
  /** The folder of this test, above its root. */
  get folder() {
    return folder;
  },
  get root() {
    return root;
  },
  get system() {
    return system;
  },
};

export const at = (path: string): string => join(root, path);
export const text = (path: string): string => readFileSync(at(path), 'utf8');

export function done<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}

/** What the verb refused with; the tree must be what it was. */
export async function refusal(verb: () => Promise<Outcome<unknown>>): Promise<Problem> {
  const before = await manifestOf(root);
  const outcome = await verb();
  expect(await differences(before, await manifestOf(root))).toEqual([]);
  if (outcome.ok) throw new Error(`it was not refused: ${JSON.stringify(outcome.value)}`);
  return outcome.problem;
}

/** Activates the stage; answers with the restore point it left. */
export async function activated(
  options: ActivateOptions = {},
): Promise<Activated & { restorePoint: string }> {
  const value = done(await activate(system, { how: 'live', ...options }));
  if (value.restorePoint === null) throw new Error('it was only scheduled');
  return { ...value, restorePoint: value.restorePoint };
}
export const rolledBack = async (options: RollbackOptions = {}): Promise<RolledBack> =>
  done(await rollback(system, options));
export const restorePoints = async (): Promise<History['restorePoints']> =>
  done(await history(system)).restorePoints;

/** Paths that differ, without what folders' times say. */
export async function changedPaths(before: ManifestEntry[]): Promise<string[]> {
  const lines = await differences(before, await manifestOf(root));
  return lines
    .filter((line) => !line.endsWith(' (time)') || !isFolder(line))
    .map((line) => line.replace(/ \(.*/, ''));
}

function isFolder(line: string): boolean {
  const path = at(/^\w+ \/(.*) \(time\)$/.exec(line)?.[1] ?? '');
  return existsSync(path) && statSync(path).isDirectory();
}

/** A copy of the staged system for one test. */
export async function fresh(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'understudy-meanwhile-'));
  root = join(folder, 'root');
  await runOrFault(['cp', '-a', '--reflink=auto', template, root], { timeoutMs: 120_000 });
  system = openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
}

/** To be called in the `describe` of a file. `alter` is done to the system before it is staged. */
export function withStagedSystem(alter: (root: string) => Promise<void> | void = () => undefined): void {
  beforeAll(async () => {
    template = await practiceSystem();
    addSecondArchive(template);
    await installByHand(template, shapes[0]);
    mkdirSync(join(template, 'etc/initramfs-tools'));
    offerSecond(template, [await buildInto(template, shapes[1])]);
    await alter(template);
    root = template;
    system = openSystem(root, { settings: { reserveBytes: 16 * 1024 ** 2 } });
    done(await stage(system, { scope: 'all' }));
  });
  afterAll(() => removeRoot(template));
  afterEach(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });
}
