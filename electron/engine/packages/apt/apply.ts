/**
 * Performs a plan inside the rehearsal: first what an interrupted dpkg left is finished, then one apt-get run with exactly the
 * plan's versions, then the result is compared with the plan.
 *
 * Configuration files that the user changed stay as they are; dpkg puts the package's version beside them as `.dpkg-dist`
 * (dpkg(1), --force-confold). dpkg does not fsync each file (--force-unsafe-io): the clone is thrown away when the power
 * fails, and is synced once, as a whole, before it may be used.
 */
import type { PackageChange } from '../../../../shared/plan.js';
import type { Session } from '../../environments/environment.js';
import { Fault } from '../../fault.js';
import { lastLines, type RunResult } from '../../process/run.js';
import type { System } from '../../system.js';
import { ask, runnerIn, type Runner } from '../runner.js';
import { changeArguments, scriptEnvironment } from './command.js';
import { complaints } from './failure.js';
import { hookArguments } from './hooks.js';
import { applySettings } from './places.js';
import { installedInSession } from './resolve.js';
import { packageOf, parseStatusLine } from './status-fd.js';

/** Nothing is installed for longer; a script that talks without end is stopped by this. */
const timeoutMs = 6 * 3600_000;

/** The user's own choice for conffiles may stand in dpkg.cfg; in the rehearsal nobody can be asked. */
const dpkgOptions = [
  '--no-force-confnew',
  '--no-force-confdef',
  '--no-force-confask',
  '--force-confold',
  '--force-unsafe-io',
] as const;

/** apt remarks on our read-only index and cache, which it is meant to find so. */
const expectedNoise =
  /^W: (?:Not using locking for read only lock file|ch(?:own|mod) .* failed - SetupAPTPartialDirectory \(30: )/;

export async function apply(
  session: Session,
  system: System,
  changes: readonly PackageChange[],
  log: (line: string) => void,
): Promise<void> {
  await system.report.phase('rehearse', 'Installing the updates in the clone', async (step) => {
    const runner = runnerIn(session);
    const before = await installedInSession(runner, system.signal);
    const watch = new Watch(system, log, (text, percent) =>
      step({ text, done: Math.round(percent), total: 100, unit: 'percent' }),
    );
    await watch.run(runner, ['dpkg', ...dpkgOptions, '--configure', '--pending']);
    if (changes.length > 0) {
      const removesEssential = changes.some(
        ({ action, name }) =>
          action === 'remove' && before.some((entry) => entry.name === name && entry.essential),
      );
      await watch.run(runner, [
        'apt-get',
        `-c=${applySettings}`,
        ...(await hookArguments(runner, system.signal)),
        ...['--assume-yes', '--no-download', '--fix-broken', '-o', 'APT::Status-Fd=3'],
        ...dpkgOptions.flatMap((option) => ['-o', `Dpkg::Options::=${option}`]),
        ...(removesEssential ? ['--allow-remove-essential'] : []),
        ...changeArguments(changes),
      ]);
      await compareWithPlan(runner, system, changes);
      await markWanted(runner, system, changes);
    }
  });
}

/** Follows a run of dpkg: which package it is at, what it said, and what its end amounts to. */
class Watch {
  #current: string | undefined;
  #error: { readonly package: string | undefined; readonly text: string } | undefined;
  #words: string[] = [];

  constructor(
    private readonly system: System,
    private readonly log: (line: string) => void,
    private readonly step: (text: string, percent: number) => void,
  ) {}

  async run(runner: Runner, argv: readonly [string, ...string[]]): Promise<void> {
    const result = await runner(argv, {
      timeoutMs,
      idleTimeoutMs: this.system.settings.scriptIdleMs,
      signal: this.system.signal,
      environment: scriptEnvironment,
      onLine: (_stream, line) => this.#said(line),
      onStatus: (line) => this.#status(line),
    });
    const fault = this.#faultOf(result);
    if (fault) throw fault;
  }

  #said(line: string): void {
    if (expectedNoise.test(line)) return;
    this.log(line);
    this.#words = [...this.#words.slice(-39), line];
  }

  #status(text: string): void {
    const line = parseStatusLine(text);
    if (!line) return;
    if (line.kind === 'pmerror') this.#error = { package: packageOf(line), text: line.text };
    else this.#current = packageOf(line) ?? this.#current;
    if (line.kind === 'pmstatus') this.step(line.text, line.percent);
  }

  #faultOf(result: RunResult): Fault | undefined {
    if (this.system.signal.aborted) return new Fault('CANCELLED');
    if (result.ended === 'exit' && result.status === 0) return undefined;
    const words = lastLines(this.#words.join('\n'), 12);
    const at = this.#error?.package ?? this.#current ?? namedIn(words) ?? 'unknown';
    switch (result.ended) {
      case 'idle':
      case 'timeout':
        return new Fault('PACKAGE_SCRIPT_HUNG', `package ${this.#current ?? at}`, ...words);
      case 'not-found':
        return new Fault('COMMAND_FAILED', 'apt-get or dpkg: not found in the clone');
      case 'cancelled':
        return new Fault('PACKAGE_SCRIPT_FAILED', `package ${at}`, 'it ended the whole rehearsal', ...words);
      case 'exit':
        if (
          /No space left on device|Disk quota exceeded|enough free space/.test(
            words.join('\n') + result.stderr,
          )
        ) {
          return new Fault('NO_SPACE', `package ${at}`, ...words);
        }
        return new Fault('PACKAGE_SCRIPT_FAILED', `package ${at}`, ...this.#reasons(result), ...words);
    }
  }

  #reasons(result: RunResult): string[] {
    if (this.#error) return [this.#error.text];
    if (result.signal !== null) return [`the package manager was ended by ${result.signal}`];
    return complaints(result).slice(0, 3);
  }
}

/** dpkg's own words for the package at which it stopped. */
function namedIn(words: readonly string[]): string | undefined {
  for (const line of words) {
    const match = /error processing (?:package|archive) (?:\S*\/)?([^\s_:]+)/.exec(line);
    if (match) return match[1];
  }
  return undefined;
}

/** apt can succeed and yet leave a package as it was, for example when a script put it on hold. */
async function compareWithPlan(
  runner: Runner,
  system: System,
  changes: readonly PackageChange[],
): Promise<void> {
  const after = await installedInSession(runner, system.signal);
  const problems = changes.flatMap((change) => {
    const found = after.find(
      ({ name, architecture }) => name === change.name && architecture === change.architecture,
    );
    if (change.to === null) return found ? [`${change.name}: is still there`] : [];
    if (!found) return [`${change.name}: is not installed`];
    if (found.version !== change.to)
      return [`${change.name}: is at ${found.version} instead of ${change.to}`];
    return found.status.endsWith(' ok installed') ? [] : [`${change.name}: is "${found.status}"`];
  });
  if (problems.length > 0) throw new Fault('PACKAGE_SCRIPT_FAILED', ...problems);
}

/**
 * New packages were marked as brought in by others (--mark-auto). One that no other package asks for was named by the user
 * and is marked so, or the next `apt autoremove` would take it away.
 */
async function markWanted(runner: Runner, system: System, changes: readonly PackageChange[]): Promise<void> {
  const added = changes.filter(({ action }) => action === 'install');
  if (added.length === 0) return;
  const format = ['Depends', 'Pre-Depends', 'Recommends', 'Suggests']
    .map((field) => `\${${field}}`)
    .join(',');
  const options = { timeoutMs: 60_000, signal: system.signal };
  const { stdout } = await ask(runner, ['dpkg-query', '--show', `--showformat=${format}\\n`], options);
  const needed = new Set([...stdout.matchAll(/[a-z0-9][a-z0-9+.-]+/g)].map(([name]) => name));
  const wanted = added
    .filter(({ name }) => !needed.has(name))
    .map(({ name, architecture }) => (architecture === 'all' ? name : `${name}:${architecture}`));
  if (wanted.length > 0) await ask(runner, ['apt-mark', 'manual', ...wanted], options);
}
