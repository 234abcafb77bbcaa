/**
 * The practice archive in a folder: at first it offers what is to be installed, then the updates of it, some of them from
 * a suite for security updates. Its key is made for it, lives in memory only, and signs nothing else.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeView } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { nativeArchitecture, statusEntries } from '../../packages/apt/database.js';
import { buildArchive, sourceEntry } from './archive.js';
import { makeSigningKey } from './openpgp.js';
import { buildPackage, type BuiltPackage } from './package.js';
import { practiceUpdates } from './practice-updates.js';

const suites = ['practice', 'practice-security'] as const;
const validForMs = 30 * 24 * 3600_000;

export interface PracticeArchive {
  /** The binary keyring to be written where `sources` says. */
  readonly keyring: Buffer;
  /** The packages of version 1, in the archive's pool. */
  readonly installed: readonly BuiltPackage[];
  readonly updates: readonly BuiltPackage[];
  /** Offers version 1, or the updates too. */
  offer(what: 'installed' | 'updates'): void;
  /** The text of a `.sources` file, for an archive that is reached at `uri` and whose keyring lies at `keyringPath`. */
  sources(uri: string, keyringPath: string): string;
}

/** Builds all packages into `folder`. Faults `PRACTICE_IMPOSSIBLE` without dpkg-deb or a tree that dpkg manages. */
export async function makePracticeArchive(
  folder: string,
  view: TreeView,
  expires = true,
): Promise<PracticeArchive> {
  const architecture = nativeArchitecture(statusEntries(view));
  if (architecture === undefined) throw new Fault('PRACTICE_IMPOSSIBLE', 'the tree holds no dpkg');
  const { installed, updates, security } = practiceUpdates(view, architecture);
  const pool = join(folder, 'pool');
  mkdirSync(pool, { recursive: true });
  const build = async (specs: typeof installed): Promise<BuiltPackage[]> => {
    const built: BuiltPackage[] = [];
    for (const spec of specs) built.push(await buildPackage(spec, pool));
    return built;
  };
  const first = await build(installed);
  const later = await build(updates);
  // A little in the past: a clock that is set back meanwhile must not make the key "not yet valid".
  const key = makeSigningKey(
    'Understudy practice <understudy@localhost>',
    Math.floor(Date.now() / 1000) - 3600,
  );
  const isSecurity = ({ spec }: BuiltPackage): boolean => security.includes(spec.name);
  return {
    keyring: key.keyring,
    installed: first,
    updates: later,
    offer(what) {
      const added = what === 'updates' ? later : [];
      const contents = {
        practice: [...first, ...added.filter((built) => !isSecurity(built))],
        'practice-security': added.filter(isSecurity),
      };
      for (const suite of suites) {
        buildArchive(folder, contents[suite], {
          key,
          suite,
          architecture,
          origin: 'Understudy Practice',
          label: suite === 'practice' ? 'Understudy-Practice' : 'Understudy-Practice-Security',
          ...(expires ? { validUntil: new Date(Date.now() + validForMs) } : {}),
        });
      }
    },
    sources: (uri, keyringPath) => sourceEntry(uri, suites, keyringPath),
  };
}
