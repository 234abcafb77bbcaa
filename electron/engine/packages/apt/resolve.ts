/**
 * What apt would do for a scope. The updates of `all` are those of `apt-get dist-upgrade`; the narrower scopes choose by name
 * from them and simulate exactly that choice, so that what it depends on comes along and nothing else.
 */
import { Fault } from '../../fault.js';
import { failureOf, type RunResult } from '../../process/run.js';
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import type { System } from '../../system.js';
import type { Resolution, Selection } from '../package-manager.js';
import { ask, computeTimeoutMs, runnerIn, type Runner } from '../runner.js';
import { exactly } from './command.js';
import { describe, installedFor, isKernel, keptOf, type Context, type Installed } from './describe.js';
import { fetchSettings } from './places.js';
import { bareName, parseSimulation, type Simulation } from './simulation.js';

export async function resolve(session: Session, system: System, selection: Selection): Promise<Resolution> {
  return system.report.phase('resolve', 'Computing what would change', async () => {
    const runner = runnerIn(session);
    const installed = await installedInSession(runner, system.signal);
    const context: Context = {
      runner,
      options: [`-c=${fetchSettings}`],
      environment: {},
      signal: system.signal,
      installed,
      native: installed.find(({ name }) => name === 'dpkg')?.architecture ?? '',
    };
    return resolveIn(context, selection);
  });
}

/** As `resolve`, wherever apt runs: `pending` uses it without a session. */
export async function resolveIn(context: Context, selection: Selection): Promise<Resolution> {
  const all = await simulate(context, ['dist-upgrade']);
  const kept = keptOf(context, all);
  switch (selection.scope) {
    case 'all':
      return { changes: await describe(context, all), kept };
    case 'security':
      return { changes: await narrowed(context, all, ({ security }) => security), kept };
    case 'kernel': {
      const ofKernel = kept.filter(({ name }) => isKernel(bareName(name), ''));
      return { changes: await narrowed(context, all, bringsKernelUp), kept: ofKernel };
    }
    case 'selected':
      return selected(context, all, selection.selected, kept);
  }
}

/** A kernel, and what its boot is made of. */
function bringsKernelUp(change: PackageChange): boolean {
  return (
    change.kernel ||
    /^(?:firmware-|linux-firmware|intel-microcode|amd64-microcode|initramfs-tools|dracut|mkinitcpio)/.test(
      change.name,
    )
  );
}

/** The changes that the chosen upgrades need. New packages come along where something chosen depends on them. */
async function narrowed(
  context: Context,
  all: Simulation,
  chosen: (change: PackageChange) => boolean,
): Promise<PackageChange[]> {
  const upgrades = (await describe(context, all)).filter(
    (change) => change.from !== null && change.to !== null && chosen(change),
  );
  if (upgrades.length === 0) return [];
  return describe(context, await simulateExactly(context, upgrades));
}

async function selected(
  context: Context,
  all: Simulation,
  names: readonly string[],
  kept: Resolution['kept'],
): Promise<Resolution> {
  const strange = names.filter((name) => !/^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?$/.test(name));
  if (strange.length > 0)
    throw new Fault('PACKAGES_BROKEN', ...strange.map((name) => `${name}: no package name`));
  const candidates = await candidatesOf(context, names);
  const unknown = names.filter((name) => !candidates.has(name));
  if (unknown.length > 0)
    throw new Fault('PACKAGES_BROKEN', ...unknown.map((name) => `${name}: no such package`));
  const keptNames = new Set(kept.map(({ name }) => name));
  const wanted = names.flatMap((name) => {
    if (keptNames.has(name)) return [];
    const architecture = /:(.+)$/.exec(name)?.[1];
    const version = candidates.get(name) ?? '';
    const known = installedFor(context, { name: bareName(name), architecture });
    if (known?.version === version) return [];
    return [{ name: bareName(name), architecture: architecture ?? 'all', to: version }];
  });
  const ofNames = kept.filter(({ name }) => names.includes(name));
  if (wanted.length === 0) return { changes: [], kept: ofNames };
  return { changes: await describe(context, await simulateExactly(context, wanted)), kept: ofNames };
}

/** The version that apt would install for each name that it knows. */
async function candidatesOf(context: Context, names: readonly string[]): Promise<Map<string, string>> {
  const { stdout } = await ask(context.runner, ['apt-cache', ...context.options, 'policy', ...names], {
    timeoutMs: computeTimeoutMs,
    signal: context.signal,
    environment: context.environment,
  });
  const candidates = new Map<string, string>();
  let printed = '';
  for (const line of stdout.split('\n')) {
    printed = /^(\S+):$/.exec(line)?.[1] ?? printed;
    const version = /^ {2}Candidate: (\S+)$/.exec(line)?.[1];
    if (version === undefined || version === '(none)') continue;
    for (const name of names) {
      if (name === printed || name === `${printed}:${context.native}`) candidates.set(name, version);
    }
  }
  return candidates;
}

async function simulateExactly(
  context: Context,
  wanted: readonly { readonly name: string; readonly architecture: string; readonly to: string | null }[],
): Promise<Simulation> {
  const versions = wanted.map(({ name, architecture, to }) => exactly(name, architecture, to ?? ''));
  const simulation = await simulate(context, ['install', ...versions]);
  const missing = wanted.filter(
    ({ name, to }) => !simulation.changes.some((change) => change.name === name && change.to === to),
  );
  if (missing.length === 0) return simulation;
  throw new Fault('PACKAGES_BROKEN', ...missing.map(({ name, to }) => `${name} ${to} cannot be installed`));
}

async function simulate(context: Context, what: readonly string[]): Promise<Simulation> {
  const attempt = (...flags: readonly string[]): Promise<RunResult> =>
    context.runner(['apt-get', ...context.options, '--simulate', ...flags, ...what], {
      timeoutMs: computeTimeoutMs,
      signal: context.signal,
      environment: context.environment,
    });
  let result = await attempt();
  // Dependencies that are broken already are put right by the update, as `apt-get -f` would; the plan shows how.
  if (
    result.ended === 'exit' &&
    result.status !== 0 &&
    /fix-broken|-f install/.test(result.stderr + result.stdout)
  ) {
    result = await attempt('--fix-broken');
  }
  const failure = failureOf(['apt-get', 'simulate'], result);
  if (!failure) return parseSimulation(result.stdout);
  if (result.ended !== 'exit') throw failure;
  throw new Fault('PACKAGES_BROKEN', ...reasons(result));
}

/** The unmet dependencies, one a line, and then apt's errors. */
function reasons(result: RunResult): string[] {
  const lines = result.stdout.split('\n');
  const start = lines.findIndex((line) => line.includes('unmet dependencies'));
  const unmet = start < 0 ? [] : lines.slice(start + 1).filter((line) => line.startsWith(' '));
  const errors = result.stderr.split('\n').filter((line) => line.startsWith('E: '));
  return [
    ...unmet.map((line) => line.trim().replace(/\s+/g, ' ')),
    ...errors.map((line) => line.slice(3)),
  ].slice(0, 20);
}

/** As `statusEntries`, asked of the session's own dpkg. */
export async function installedInSession(
  runner: Runner,
  signal: AbortSignal,
): Promise<(Installed & { readonly status: string })[]> {
  const fields = ['Package', 'Architecture', 'Version', 'Installed-Size', 'Essential', 'Protected', 'Status'];
  const format = `${fields.map((field) => `\${${field}}`).join('\\t')}\\n`;
  const { stdout } = await ask(runner, ['dpkg-query', '--show', `--showformat=${format}`], {
    timeoutMs: 60_000,
    signal,
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', architecture = '', version = '', size = '', essential, isProtected, status = ''] =
        line.split('\t');
      return {
        name,
        architecture,
        version,
        installedKiB: Number(size) || 0,
        essential: essential === 'yes' || isProtected === 'yes',
        held: status.startsWith('hold '),
        status,
      };
    })
    .filter(({ version, status }) => version !== '' && !/ (?:config-files|not-installed)$/.test(status));
}
