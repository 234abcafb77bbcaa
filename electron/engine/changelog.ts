/** The verb `changelog`: what is new in a version of a package, seen from the installed one. */
import { longestChangelog, type Changelog } from '../../shared/changelog.js';
import type { Outcome } from '../../shared/errors.js';
import { engineFor, type Engine } from './engine.js';
import type { TreeView } from './environments/environment.js';
import { Fault, outcomeOf, systemErrorCode } from './fault.js';
import { stagesOf } from './records/stages.js';
import type { System } from './system.js';

export interface ChangelogOptions {
  readonly name: string;
  /** By default the one that waits or is staged. */
  readonly version?: string;
}

export function changelog(system: System, options: ChangelogOptions): Promise<Outcome<Changelog>> {
  return outcomeOf(async () => {
    const engine = engineFor(system);
    const { name } = options;
    const version = options.version ?? (await newVersionOf(engine, name));
    if (version === undefined) throw new Fault('CHANGELOG_UNAVAILABLE', `${name}: no newer version is known`);
    const found = await engine.packages.changelog?.(system, {
      name,
      version,
      staged: stagedWith(engine, name, version),
    });
    if (!found) throw new Fault('CHANGELOG_UNAVAILABLE', `${name} ${version}`);
    const cut = found.text.length > longestChangelog;
    return {
      package: name,
      from: found.from,
      to: version,
      source: found.source,
      text: cut ? found.text.slice(0, longestChangelog).replace(/[\ud800-\udbff]$/u, '') : found.text,
      cut,
    };
  });
}

/** The newest staged environment, if it brings the version. Who may not read the records goes without. */
function stagedWith(engine: Engine, name: string, version: string): TreeView | undefined {
  const { system, environment } = engine;
  const stage = readable(() => stagesOf(system, environment).at(-1));
  const brings = stage?.plan.changes.some((change) => isOf(change, name) && change.to === version);
  return stage && brings ? environment.view(environment.open(system, stage.id)) : undefined;
}

async function newVersionOf(
  { system, environment, packages }: Engine,
  name: string,
): Promise<string | undefined> {
  const staged = readable(() => stagesOf(system, environment).at(-1))?.plan.changes.find((change) =>
    isOf(change, name),
  );
  if (staged?.to !== undefined && staged.to !== null) return staged.to;
  return (await packages.pending(system)).find((update) => isOf(update, name))?.to;
}

function isOf(one: { readonly name: string; readonly architecture: string }, name: string): boolean {
  return one.name === name || `${one.name}:${one.architecture}` === name;
}

function readable<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}
