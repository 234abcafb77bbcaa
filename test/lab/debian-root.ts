/**
 * Real Debian root trees for tests, made by mmdebstrap from the machine's mirror and kept in a cache outside the source tree, by
 * recipe. A caller gets a copy of its own. Nothing here looks at the machine's own system.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mirrors, type Mirrors } from './mirror.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';

export interface Recipe {
  readonly suite?: 'bookworm' | 'trixie';
  readonly variant?: 'apt' | 'minbase' | 'standard';
  readonly include?: readonly string[];
  /** Suites that are switched on only after the tree was made, so that their updates are pending. */
  readonly suites?: readonly ('security' | 'updates')[];
}

const cache = process.env['UNDERSTUDY_TEST_CACHE'] ?? '/var/tmp/understudy-lab';

/** Why no tree can be made here, or `undefined`. For `describe.skipIf`. */
export async function debianRootImpossible(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'needs root';
  const probe = await run(['mmdebstrap', '--version'], { timeoutMs: 10_000 });
  if (probe.ended !== 'exit') return 'needs mmdebstrap';
  return mirrors() ? undefined : 'needs a Debian mirror among the sources of apt';
}

/** A folder with a copy of the tree, to be removed by the caller. */
export async function debianRoot(recipe: Recipe = {}): Promise<string> {
  const made = await cachedRoot(recipe);
  const folder = mkdtempSync(join(tmpdir(), 'understudy-root-'));
  const root = join(folder, 'root');
  await runOrFault(['cp', '-a', '--reflink=auto', made, root], { timeoutMs: 120_000 });
  return root;
}

/** Removes a tree that `debianRoot` gave. */
export function removeRoot(root: string): void {
  rmSync(join(root, '..'), { recursive: true, force: true });
}

async function cachedRoot(recipe: Recipe): Promise<string> {
  const { suite = 'bookworm', variant = 'minbase', include = [], suites = [] } = recipe;
  const { main: mirror } = required();
  const key = JSON.stringify([1, suite, variant, [...include].sort(), [...suites].sort(), mirror]);
  const name = `${suite}-${variant}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, `${name}.`));
  try {
    await runOrFault(
      [
        'mmdebstrap',
        '--quiet',
        `--variant=${variant}`,
        ...(include.length > 0 ? [`--include=${include.join(',')}`] : []),
        '--dpkgopt=force-unsafe-io',
        suite,
        join(work, 'root'),
        `deb ${mirror} ${suite} main`,
      ],
      { timeoutMs: 600_000 },
    );
    writeFileSync(join(work, 'root/etc/apt/sources.list'), sourcesList(suite, suites));
    renameSync(join(work, 'root'), target);
  } catch (error) {
    if (!existsSync(target)) throw error; // else another test made the same tree meanwhile
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}

function required(): Mirrors {
  const found = mirrors();
  if (!found) throw new Error('no Debian mirror among the sources of apt: see debianRootImpossible');
  return found;
}

function sourcesList(suite: string, suites: NonNullable<Recipe['suites']>): string {
  const { main: mirror, security: securityMirror } = required();
  return [
    `deb ${mirror} ${suite} main`,
    ...(suites.includes('updates') ? [`deb ${mirror} ${suite}-updates main`] : []),
    ...(suites.includes('security') ? [`deb ${securityMirror} ${suite}-security main`] : []),
    '',
  ].join('\n');
}
