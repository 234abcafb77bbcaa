/** Private trees for the tests: one as it was before an update and one as it is staged, and what differs between them. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { plainView } from '../../../electron/engine/environments/plain-view.js';
import type { Session } from '../../../electron/engine/environments/environment.js';
import { raw, type RawPath } from '../../../electron/engine/posix/raw-path.js';
import type { ProofMaker, ReviewedPackages, StageUnderTest } from '../../../electron/engine/review/proof.js';
import type { TreeChange } from '../../../electron/engine/review/tree-change.js';
import type { Proof } from '../../../shared/changeset.js';

export class SampleTree {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
  }

  file(path: string, content: string | Buffer = '', mode = 0o644): this {
    const place = this.at(path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
    chmodSync(place, mode);
    return this;
  }

  link(path: string, target: string): this {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    symlinkSync(target, this.at(path));
    return this;
  }

  remove(path: string): this {
    rmSync(this.at(path), { recursive: true });
    return this;
  }

  at(path: string): string {
    return join(this.root, path);
  }

  get view() {
    return plainView(raw(this.root));
  }
}

/** Two empty trees in a private folder, which is removed by `clean`. */
export function samplePair(): { before: SampleTree; after: SampleTree; folder: string; clean: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-review-'));
  return {
    folder,
    before: new SampleTree(join(folder, 'before')),
    after: new SampleTree(join(folder, 'after')),
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What differs between two trees, by content. */
export function changesBetween(before: SampleTree, after: SampleTree): TreeChange[] {
  const [old, now] = [entriesOf(before.root), entriesOf(after.root)];
  const changes: TreeChange[] = [];
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(path), now.get(path)];
    if (was?.content === is?.content) continue;
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    const { type, bytes } = (is ?? was)!;
    changes.push({ path, kind, type, bytes });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Entry {
  readonly type: TreeChange['type'];
  readonly bytes: number;
  readonly content: string;
}

function entriesOf(root: string, folder = '', entries = new Map<RawPath, Entry>()): Map<RawPath, Entry> {
  for (const name of readdirSync(Buffer.from(join(raw(root), folder), 'latin1'), { encoding: 'latin1' })) {
    const path = join(folder, name) as RawPath;
    const place = Buffer.from(join(raw(root), path), 'latin1');
    const stat = lstatSync(place);
    if (stat.isDirectory()) {
      entries.set(path, { type: 'dir', bytes: 0, content: 'dir' });
      entriesOf(root, path, entries);
    } else if (stat.isSymbolicLink())
      entries.set(path, { type: 'link', bytes: 0, content: readlinkSync(place, 'latin1') });
    else entries.set(path, { type: 'file', bytes: stat.size, content: readFileSync(place, 'latin1') });
  }
  return entries;
}

/** A package manager in order, with nothing installed but one package; a test gives what it needs. */
export function samplePackages(parts: Partial<ReviewedPackages> = {}): ReviewedPackages {
  return {
    database: ['var/lib/dpkg', 'var/lib/apt/extended_states'] as RawPath[],
    installed: () => [{ name: 'base', architecture: 'all', version: '1', complete: true, held: false }],
    interrupted: () => false,
    audit: () => Promise.resolve([]),
    conflicts: () => [],
    ...parts,
  };
}

const refused = (): never => {
  throw new Error('not part of this test');
};

export const noSession: Session = { run: refused, close: () => Promise.resolve() };

export function prove(
  maker: ProofMaker,
  before: SampleTree,
  after: SampleTree,
  parts: Partial<StageUnderTest> = {},
): Promise<Proof> {
  return maker.prove(stageOf(before, after, parts));
}

export function stageOf(
  before: SampleTree,
  after: SampleTree,
  parts: Partial<StageUnderTest> = {},
): StageUnderTest {
  return {
    view: after.view,
    before: before.view,
    changes: changesBetween(before, after),
    session: noSession,
    packages: samplePackages(),
    plan: samplePlan,
    runningKernel: null,
    signal: new AbortController().signal,
    step: () => undefined,
    ...parts,
  };
}

export const samplePlan: StageUnderTest['plan'] = {
  version: 1,
  id: 'sample-plan',
  scope: 'all',
  selected: [],
  created: '2026-01-01T00:00:00Z',
  packageManager: 'apt',
  changes: [],
  kept: [],
  downloadBytes: 0,
  installedBytes: 0,
  services: [],
  activation: { how: 'live', reason: 'Nothing that runs is replaced.', interruptionSeconds: 0 },
  restorePoint: { holds: [], bytes: 0 },
  needs: { download: 0, staging: 0, boot: 0 },
  databaseDigest: 'none',
};
