/** What the moment is like: power and network as the helper's `inspect` tells, load and presence as this machine tells anyone. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Outcome } from '../../../shared/errors.js';
import type { Machine } from '../../../shared/machine.js';

/** Null is what the machine does not tell; then it stands in nobody's way. */
export interface Conditions {
  readonly onMains: boolean | null;
  readonly connected: boolean | null;
  readonly metered: boolean | null;
  /** Processes that were ready to run, on average over the last minute (proc_loadavg(5)). */
  readonly load: number | null;
  readonly processors: number;
  /** Nobody is at the machine (`IdleHint` of org.freedesktop.login1(5)). */
  readonly unattended: boolean | null;
}

export function conditionsOf(
  { power, network }: Pick<Machine, 'power' | 'network'>,
  presence: Pick<Conditions, 'load' | 'processors' | 'unattended'>,
): Conditions {
  return { onMains: power.onMains, connected: network.connected, metered: network.metered, ...presence };
}

export interface PresenceSources {
  readonly loadFile: string;
  /** The command that asks the bus, up to its own options. */
  readonly busctl: readonly [string, ...string[]];
}

const thisMachine: PresenceSources = { loadFile: '/proc/loadavg', busctl: ['busctl', '--system'] };

/** A bus that does not answer must not hold anything up. */
const limitMs = 3_000;

export async function presence(
  sources: PresenceSources = thisMachine,
): Promise<Pick<Conditions, 'load' | 'processors' | 'unattended'>> {
  return {
    load: loadIn(sources.loadFile),
    processors: availableParallelism(),
    unattended: await isUnattended(sources.busctl),
  };
}

function loadIn(file: string): number | null {
  try {
    const load = Number.parseFloat(readFileSync(file, 'utf8'));
    return Number.isFinite(load) && load >= 0 ? load : null;
  } catch {
    return null;
  }
}

async function isUnattended([program, ...words]: readonly [string, ...string[]]): Promise<boolean | null> {
  const logind = 'org.freedesktop.login1';
  const property = ['/org/freedesktop/login1', `${logind}.Manager`, 'IdleHint'];
  const options = ['--auto-start=no', '--timeout=2', 'get-property', logind, ...property];
  try {
    const { stdout } = await promisify(execFile)(program, [...words, ...options], { timeout: limitMs });
    const said = /^b (true|false)\s*$/.exec(stdout)?.[1];
    return said === undefined ? null : said === 'true';
  } catch {
    return null; // no busctl, no bus, no logind
  }
}

/** What the helper says of power and network, or nothing where it does not answer. */
export async function currentConditions(
  inspect: () => Promise<Outcome<Machine>>,
  look = presence,
): Promise<Conditions | null> {
  const [machine, present] = await Promise.all([inspect(), look()]);
  return machine.ok ? conditionsOf(machine.value, present) : null;
}
