/**
 * Real Debian root trees for tests, made by mmdebstrap from the machine's mirror and kept in a cache outside the source tree, by
 * recipe. A caller gets a copy of its own. Nothing here looks at the machine's own system.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mirrors, type Mirrors } from './mirror.js';
import { copyOfRoot } from './template.js';
import { run, runOrFault } from '../../electron/engine/process/run.js';

export interface Recipe {
  readonly suite?: 'bookworm' | 'trixie';
  readonly variant?: 'apt' | 'minbase' | 'standard';
  readonly include?: readonly string[];
  /** Parts of the archive beside `main`. */
  readonly components?: readonly 'contrib'[];
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

/** A folder with a copy of the tree; `removeRoot` removes it. */
export async function debianRoot(recipe: Recipe = {}): Promise<string> {
  return copyOfRoot(await cachedRoot(recipe));
}

async function cachedRoot(recipe: Recipe): Promise<string> {
  const { suite = 'bookworm', variant = 'minbase', include = [], components = [], suites = [] } = recipe;
  const { main: mirror } = required();
  const parts = [suite, variant, [...include].sort(), [...suites].sort(), mirror];
  // As before for those of `main` alone, which are in many a cache.
  const key = components.length === 0 ? [1, ...parts] : [1, ...parts, [...components].sort()];
  return inCache(`${suite}-${variant}`, key, async (place) => {
    await bootstrap(recipe, place);
    writeFileSync(join(place, 'etc/apt/sources.list'), sourcesList(recipe));
  });
}

/** What takes long to make, kept by what it is made of; `make` puts it where nothing is yet. */
export async function inCache(
  title: string,
  recipe: unknown,
  make: (place: string) => Promise<void>,
): Promise<string> {
  const name = `${title}-${createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)}`;
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, `${name}.`));
  try {
    await make(join(work, 'made'));
    renameSync(join(work, 'made'), target);
  } catch (error) {
    if (!existsSync(target)) throw error; // else another test made the same meanwhile
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}

/** Makes a tree where nothing is yet, with what the maintainer scripts of its packages do: they may compile a kernel module. */
export async function bootstrap(
  { suite = 'bookworm', variant = 'minbase', include = [], components = [] }: Recipe,
  place: string,
): Promise<void> {
  const argv = ['mmdebstrap', '--quiet', `--variant=${variant}`, '--dpkgopt=force-unsafe-io'] as const;
  const included = include.length > 0 ? [`--include=${include.join(',')}`] : [];
  const source = `deb ${required().main} ${suite} ${['main', ...components].join(' ')}`;
  await runOrFault([...argv, ...included, suite, place, source], { timeoutMs: 2 * 60 * 60_000 });
}

function required(): Mirrors {
  const found = mirrors();
  if (!found) throw new Error('no Debian mirror among the sources of apt: see debianRootImpossible');
  return found;
}

function sourcesList({ suite = 'bookworm', components = [], suites = [] }: Recipe): string {
  const { main: mirror, security: securityMirror } = required();
  const parts = ['main', ...components].join(' ');
  return [
    `deb ${mirror} ${suite} ${parts}`,
    ...(suites.includes('updates') ? [`deb ${mirror} ${suite}-updates ${parts}`] : []),
    ...(suites.includes('security') ? [`deb ${securityMirror} ${suite}-security ${parts}`] : []),
    '',
  ].join('\n');
}
