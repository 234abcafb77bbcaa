/** What the parts of the suite share: the backend at work, and how a clone is staged and looked at. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Clone,
  Environment,
  Session,
  TreeView,
} from '../../../electron/engine/environments/environment.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import { failureOf } from '../../../electron/engine/process/run.js';
import type { System } from '../../../electron/engine/system.js';
import { inTree } from '../../lab/practice-system.js';
import {
  describeScript,
  freshReport,
  readDescription,
  reportFolder,
  type Description,
} from './description.js';

export interface Fixture {
  readonly environment: Environment;
  readonly root: string;
  /** Starts the system anew, where a switch takes effect at a start: mounts what the next start takes as its root. */
  boot?(): Promise<void>;
  /** The list in a restore point's folder without which there is no return. */
  readonly list: string;
  /** What is told of the rehearsal, where the file system under test cannot keep all of it. */
  told?(lines: readonly string[]): readonly string[];
  /** Takes away what a return needs, as another program might. */
  takeAway(system: System, restorePoint: string): Promise<void> | void;
  dispose(): Promise<void> | void;
}

export interface Workbench {
  system: System;
  environment: Environment;
  fixture: Fixture;
}

/**
 * What follows a switch in the life of a system: a start, in which others may be earlier, and the first steps of Understudy in it. Answers what was
 * kept aside.
 */
export async function start(
  { system, environment, fixture }: Workbench,
  others: () => void = () => undefined,
): Promise<readonly string[]> {
  await fixture.boot?.();
  others();
  environment.attach(system, { create: false });
  const arrival = environment.arrive(system);
  if (arrival) environment.arrived(system, arrival);
  return arrival?.aside ?? [];
}

/** Folders in which the same is done: below `/usr`, in the configuration, and below `/var`. */
export const areas = ['usr/share/conformance', 'etc/conformance', 'var/lib/conformance'] as const;

let count = 0;
export function freshId(prefix: string): string {
  return `${prefix}-conformance-${process.pid}-${count++}`;
}

/** Runs a shell script in a session; throws what it complained of. */
export async function shell(session: Session, script: string, ...words: string[]): Promise<string> {
  const result = await session.run(['sh', '-c', script, 'sh', ...words], { timeoutMs: 60_000 });
  const failure = failureOf(['sh'], result);
  if (failure) throw failure;
  return result.stdout;
}

export async function withSession<T>(
  { system, environment }: Workbench,
  clone: Clone,
  body: (session: Session, report: string) => Promise<T>,
): Promise<T> {
  const report = mkdtempSync(join(tmpdir(), 'understudy-report-'));
  const session = await environment.session(system, clone, {
    network: 'none',
    binds: [{ from: raw(report), to: reportFolder as RawPath, readOnly: false }],
  });
  try {
    return await body(session, report);
  } finally {
    await session.close();
    rmSync(report, { recursive: true, force: true });
  }
}

/** A clone in which the script ran in each of the folders. */
export async function stagedClone(
  bench: Workbench,
  script: string,
  folders: readonly string[] = areas,
): Promise<Clone> {
  const clone = bench.environment.clone(bench.system, freshId('stage'));
  await withSession(bench, clone, async (session) => {
    for (const folder of folders) await shell(session, `cd "$1" && ${script}`, `/${folder}`);
  });
  return clone;
}

/** What a session on the clone sees. */
export function describeClone(bench: Workbench, clone: Clone): Promise<Description> {
  return withSession(bench, clone, async (session, report) => {
    await shell(session, describeScript);
    return readDescription(report);
  });
}

/** What the current environment's own tools see of it. */
export async function describeCurrent({ system }: Workbench): Promise<Description> {
  const folder = freshReport(join(system.root, reportFolder));
  mkdirSync(folder, { recursive: true });
  try {
    await inTree(system.root, ['sh', '-c', describeScript]);
    return readDescription(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All paths below a folder that a view lists, as bytes. */
export function walk(view: TreeView, folder: RawPath): string[] {
  return (view.list(folder) ?? []).flatMap((name) => {
    const path = `${folder}/${name}` as RawPath;
    return [path, ...walk(view, path)];
  });
}
