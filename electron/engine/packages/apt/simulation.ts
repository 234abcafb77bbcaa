/**
 * Reads what `apt-get --simulate` says it would do: its `Inst`, `Remv` and `Purg` lines (apt-get(8), option -s) and the
 * lists of what it leaves alone. apt-get keeps this form for scripts; the locale is fixed by the caller.
 */

export interface SimulatedChange {
  readonly kind: 'install' | 'remove';
  readonly name: string;
  /** Of the new version for an installation; for a removal only where it is not the native one. */
  readonly architecture: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** `Label:Version/Archive` of every source that offers the new version, separated by commas. */
  readonly origin: string;
}

export interface Simulation {
  readonly changes: readonly SimulatedChange[];
  readonly downgraded: ReadonlySet<string>;
  readonly keptBack: readonly string[];
  readonly phased: readonly string[];
}

const instLine = /^Inst (\S+)(?: \[([^\]]+)\])? \((\S+)(?: (.*))? \[([^\]]+)\]\)/;
const removeLine = /^(?:Remv|Purg) (\S+) \[([^\]]+)\]/;

export function parseSimulation(text: string): Simulation {
  const changes = new Map<string, SimulatedChange>();
  const lists = { downgraded: [] as string[], keptBack: [] as string[], phased: [] as string[] };
  let list: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('  ') && list) {
      list.push(...line.trim().split(/\s+/));
      continue;
    }
    list = listUnder(line, lists);
    const change = changeOf(line);
    if (change) changes.set(`${change.name}:${change.architecture ?? ''}`, change);
  }
  return {
    changes: [...changes.values()],
    downgraded: new Set(lists.downgraded),
    keptBack: lists.keptBack,
    phased: lists.phased,
  };
}

function changeOf(line: string): SimulatedChange | undefined {
  const installed = instLine.exec(line);
  if (installed) {
    const [, name = '', from, to, origin = '', architecture] = installed;
    return { kind: 'install', name: bareName(name), architecture, from, to, origin: origin.trim() };
  }
  const removed = removeLine.exec(line);
  if (removed) {
    const [, name = '', from] = removed;
    const architecture = /:(.+)$/.exec(name)?.[1];
    return { kind: 'remove', name: bareName(name), architecture, from, to: undefined, origin: '' };
  }
  return undefined;
}

function listUnder(
  line: string,
  lists: Record<'downgraded' | 'keptBack' | 'phased', string[]>,
): string[] | undefined {
  if (/packages will be DOWNGRADED:$/.test(line)) return lists.downgraded;
  if (/packages have been kept back:$/.test(line)) return lists.keptBack;
  if (/deferred due to phasing:$/.test(line)) return lists.phased;
  return undefined;
}

/** A package's name without `:architecture`. */
export function bareName(name: string): string {
  return name.replace(/:.*$/, '');
}
