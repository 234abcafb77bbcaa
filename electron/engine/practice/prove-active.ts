/** Proves that the active system is the rehearsed one, by what was computed in another way before the switch. */
import { rmSync } from 'node:fs';
import type { Plan } from '../../../shared/plan.js';
import type { Engine } from '../engine.js';
import { outsideEnvironment } from '../environments/areas.js';
import type { Session } from '../environments/environment.js';
import { readClone } from '../environments/tree/clone.js';
import { readManifest } from '../manifest/read.js';
import { scanTree } from '../manifest/scan.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { newId } from '../records/ids.js';
import { storeFolder, type System } from '../system.js';
import { expectTree } from './expected-tree.js';
import type { BuiltUpdates, PracticeFamily } from './family.js';
import { differencesOf, requireNone } from './proof.js';
import { count } from './sentences.js';

/** Writes the expected manifest (see `expected-tree.ts`) and answers with its place. */
export async function expectActive(system: System, stage: string): Promise<RawPath> {
  const { folder, layers } = readClone(system, stage);
  const [layer, second] = layers;
  if (layer?.kind !== 'overlay' || second) throw new Error('a practice root is one file system');
  const work = storeFolder(system, 'expected');
  const to = join(system.store, 'expected.mtree');
  await expectTree(
    { lower: system.root, upper: layer.upper, at: join(folder, 'root'), work, to },
    system.signal,
  );
  rmSync(bytes(work), { recursive: true, force: true });
  return to;
}

interface Activity {
  readonly plan: Plan;
  readonly built: BuiltUpdates | undefined;
  readonly family: PracticeFamily;
  readonly expected: RawPath;
  /** Files that differed from their packages' before: the machine's own matter. */
  readonly altered: readonly string[];
}

/** Sentences of what was proved. Throws `PRACTICE_DIFFERS`. */
export async function proveActive(engine: Engine, activity: Activity): Promise<string[]> {
  const { plan, built, family, expected, altered } = activity;
  const { system, packages } = engine;
  const now = scanTree(system.root, { hash: true, exclude: outsideEnvironment, signal: system.signal });
  // The time of a folder is not merged by an overlay; locks stay the ones that are held during the switch.
  const except = (path: RawPath): boolean => packages.locks.includes(path);
  const differences = await differencesOf(readManifest(expected), now, {
    ignoreDirectoryTimes: true,
    except,
  });
  requireNone('The system is not the rehearsed one:', differences);

  const installed = versionsOf(engine);
  const wrong = plan.changes.filter(
    ({ name, architecture, to }) => (installed.get(`${name}:${architecture}`) ?? null) !== to,
  );
  requireNone(
    'Versions are not the planned ones:',
    wrong.map(({ name, to }) => `${name}: should be ${to ?? 'removed'}`),
  );

  const findings = await inClone(engine, (session) => packages.audit(session));
  requireNone(
    'The package database is not in order:',
    findings.map(({ package: name, sentence }) => `${name ?? ''}: ${sentence}`),
  );
  const nowAltered = await alteredFiles(engine, family);
  requireNone(
    'Files differ from those of their packages:',
    nowAltered.filter((path) => !altered.includes(path)),
  );

  const traces = built?.prove();
  requireNone('The updates did not bring what they must:', traces?.missing ?? []);
  return [
    'After the switch every entry is the rehearsed one: content, mode, owner, time and attributes.',
    `${count(plan.changes.length, 'package')} at the planned versions; the package manager finds its database and all files in order.`,
    ...(traces ? [`The updates brought: ${traces.seen.join('; ')}.`] : []),
  ];
}

export function alteredFiles(engine: Engine, family: PracticeFamily): Promise<readonly string[]> {
  return inClone(engine, (session) => family.alteredFiles(session, engine.system.signal));
}

/** Asks inside a throwaway clone, so that asking leaves no trace. */
async function inClone<T>(engine: Engine, body: (session: Session) => Promise<T>): Promise<T> {
  const { system, environment, packages } = engine;
  const id = newId('fetch');
  const clone = environment.clone(system, id);
  try {
    const binds = packages.binds(system, 'rehearse');
    const session = await environment.session(system, clone, { network: 'none', binds });
    try {
      return await body(session);
    } finally {
      await session.close();
    }
  } finally {
    environment.destroy(system, id);
  }
}

/** `name:architecture` with the version. */
export function versionsOf({ packages, current }: Engine): ReadonlyMap<string, string> {
  return new Map(
    packages
      .installed(current)
      .map(({ name, architecture, version }) => [`${name}:${architecture}`, version]),
  );
}

export function changedVersions(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${after.get(name) ?? 'missing'} instead of ${before.get(name) ?? 'nothing'}`);
}
