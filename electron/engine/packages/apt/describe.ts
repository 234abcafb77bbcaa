/** Sizes, kind and security of what a simulation would install: from the index, through apt-cache. */
import type { PackageChange } from '../../../../shared/plan.js';
import { ask, computeTimeoutMs, type Runner } from '../runner.js';
import { exactly } from './command.js';
import { paragraphs } from './deb822.js';
import { bareName, type SimulatedChange, type Simulation } from './simulation.js';

/** What `describe` needs to know of an installed package. */
export interface Installed {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly installedKiB: number;
  readonly held: boolean;
  readonly essential: boolean;
}

export interface Context {
  readonly runner: Runner;
  /** Options for every apt command, such as another root. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly installed: readonly Installed[];
  /** dpkg's name of the tree's own architecture. */
  readonly native: string;
}

interface Offer {
  readonly downloadBytes: number;
  readonly installedKiB: number;
  readonly kernel: boolean;
  readonly sha256: string;
}

/** Names of the packages that make up a kernel: image, modules, headers and the packages that follow the newest. */
const kernelName =
  /^linux-(?:image|modules|headers|kbuild|compiler|generic|lowlatency|virtual|kvm|aws|azure|gcp|oracle|raspi|oem|amd64|signed)\b/;

export function isKernel(name: string, provides: string): boolean {
  return kernelName.test(name) || /(?:^|[\s,])linux-image(?:$|[\s,(])/.test(provides);
}

/** The changes of a simulation with everything that a plan tells about them. */
export async function describe(context: Context, simulation: Simulation): Promise<PackageChange[]> {
  const offers = await offersOf(context, simulation.changes);
  const fixes = await securityFixes(context, simulation.changes);
  return simulation.changes.map((change) => {
    const before = installedFor(context, change);
    const architecture = change.architecture ?? before?.architecture ?? context.native;
    const offer =
      change.to === undefined ? undefined : offers.get(offerKey(change.name, architecture, change.to));
    const grown = (offer?.installedKiB ?? 0) - (before?.installedKiB ?? 0);
    return {
      action: actionOf(change, simulation),
      name: change.name,
      architecture,
      from: change.from ?? null,
      to: change.to ?? null,
      downloadBytes: offer?.downloadBytes ?? 0,
      installedBytes: grown * 1024,
      security:
        change.to !== undefined && (isSecurity(change.origin) || fixes.has(fullName(context, change))),
      kernel: offer?.kernel ?? isKernel(change.name, ''),
      origin: change.origin,
    };
  });
}

function actionOf(change: SimulatedChange, simulation: Simulation): PackageChange['action'] {
  if (change.kind === 'remove') return 'remove';
  if (change.from === undefined) return 'install';
  if (change.from === change.to) return 'reinstall';
  const names = [change.name, `${change.name}:${change.architecture ?? ''}`];
  return names.some((name) => simulation.downgraded.has(name)) ? 'downgrade' : 'upgrade';
}

/** What is installed in place of a change: for `all` and the native architecture it is the same package. */
export function installedFor(
  context: Pick<Context, 'installed' | 'native'>,
  change: { readonly name: string; readonly architecture: string | undefined },
): Installed | undefined {
  const wanted = change.architecture ?? context.native;
  const ofName = context.installed.filter(({ name }) => name === change.name);
  const isNative = (architecture: string): boolean =>
    architecture === 'all' || architecture === context.native;
  return (
    ofName.find(({ architecture }) => architecture === wanted) ??
    (isNative(wanted) ? ofName.find(({ architecture }) => isNative(architecture)) : undefined)
  );
}

const offerFields = new Set([
  'package',
  'version',
  'architecture',
  'size',
  'installed-size',
  'provides',
  'sha256',
]);

/** The index entry of every exact version, by `offerKey`. */
export async function offersOf(
  context: Pick<Context, 'runner' | 'options' | 'environment' | 'signal'>,
  changes: readonly {
    readonly name: string;
    readonly architecture?: string | undefined;
    readonly to?: string | null | undefined;
  }[],
): Promise<Map<string, Offer>> {
  const versions = changes.flatMap(({ name, architecture, to }) =>
    to === undefined || to === null ? [] : [exactly(name, architecture ?? 'all', to)],
  );
  const offers = new Map<string, Offer>();
  if (versions.length === 0) return offers;
  const { stdout } = await ask(context.runner, ['apt-cache', ...context.options, 'show', ...versions], {
    timeoutMs: computeTimeoutMs,
    signal: context.signal,
    environment: context.environment,
    keepBytes: 256 * 1024 * 1024,
  });
  for (const paragraph of paragraphs(stdout, offerFields)) {
    const name = paragraph.get('package') ?? '';
    const key = offerKey(name, paragraph.get('architecture') ?? '', paragraph.get('version') ?? '');
    // The first is the one that apt takes where several sources offer a version. One without a file is the installed one.
    if (offers.has(key) || !paragraph.has('size')) continue;
    offers.set(key, {
      downloadBytes: Number(paragraph.get('size')) || 0,
      installedKiB: Number(paragraph.get('installed-size') ?? 0) || 0,
      kernel: isKernel(name, paragraph.get('provides') ?? ''),
      sha256: paragraph.get('sha256') ?? '',
    });
  }
  return offers;
}

export function offerKey(name: string, architecture: string, version: string): string {
  return `${name}:${architecture}=${version}`;
}

/** True when one of the sources (`Label:Version/Archive, …`) is one for security updates. */
export function isSecurity(origin: string): boolean {
  return origin.split(', ').some((source) => /-security(?:$|[:/])/i.test(source));
}

/**
 * Packages whose update jumps over a version from a security source: a point release that contains the fix of last week is a
 * security update for whoever skipped last week. apt-cache lists the versions from the newest to the oldest.
 */
async function securityFixes(
  context: Context,
  changes: readonly SimulatedChange[],
): Promise<ReadonlySet<string>> {
  const upgraded = changes.filter(({ from, to }) => from !== undefined && to !== undefined);
  if (upgraded.length === 0) return new Set();
  const { stdout } = await ask(
    context.runner,
    ['apt-cache', ...context.options, 'policy', ...upgraded.map((change) => fullName(context, change))],
    { timeoutMs: computeTimeoutMs, signal: context.signal, environment: context.environment },
  );
  return parseSecurityFixes(stdout);
}

/** The name as apt prints it: with the architecture only where it is a foreign one. */
function fullName(context: Pick<Context, 'native'>, { name, architecture }: SimulatedChange): string {
  return architecture === undefined || architecture === 'all' || architecture === context.native
    ? name
    : `${name}:${architecture}`;
}

export function parseSecurityFixes(policy: string): Set<string> {
  const fixes = new Set<string>();
  let name = '';
  let candidate = '';
  let between = false;
  for (const line of policy.split('\n')) {
    const header = /^(\S+):$/.exec(line);
    const version = /^ (\*{3}| {3}) (\S+) -?\d+/.exec(line);
    if (header) {
      name = header[1] ?? '';
      between = false;
    } else if (line.startsWith('  Candidate: ')) {
      candidate = line.slice('  Candidate: '.length);
    } else if (version) {
      if (version[1] === '***') between = false;
      else if (version[2] === candidate) between = true;
    } else if (between && /^ +-?\d+ \S+ [^ /]+-security\//.test(line)) {
      fixes.add(name);
    }
  }
  return fixes;
}

/** What is left alone, with the reason in words. */
export function keptOf(
  context: Pick<Context, 'installed' | 'native'>,
  simulation: Simulation,
): { name: string; reason: string }[] {
  const isHeld = (name: string): boolean => {
    const architecture = /:(.+)$/.exec(name)?.[1];
    return installedFor(context, { name: bareName(name), architecture })?.held === true;
  };
  const kept = simulation.keptBack.map((name) => ({
    name,
    reason: isHeld(name)
      ? 'It is held at its version (apt-mark hold).'
      : 'Its new version does not fit the other packages yet.',
  }));
  const phased = simulation.phased.map((name) => ({
    name,
    reason: 'Its update is being released in phases and has not come to this machine yet.',
  }));
  return [...kept, ...phased];
}
