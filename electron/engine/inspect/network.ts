/**
 * Whether there is a network and whether it is paid for by volume. NetworkManager knows both; without it the kernel's
 * routes tell at least the first. Nothing is sent.
 */
import type { Network } from '../../../shared/machine.js';
import { join, type RawPath } from '../posix/raw-path.js';
import { run } from '../process/run.js';
import { textAt } from './read.js';
import type { MachineSources } from './sources.js';

export const untoldNetwork: Network = { connected: null, metered: null, source: 'unknown' };

/** A bus that does not answer must not hold an inspection up. */
const limitMs = 3000;

export async function networkOf(sources: MachineSources, signal: AbortSignal): Promise<Network> {
  const route = defaultRoute(sources.proc);
  const told = await askNetworkManager(sources, route?.device, signal);
  if (told === undefined) {
    if (route === undefined) return untoldNetwork;
    return { connected: route.device !== null, metered: null, source: 'kernel' };
  }
  // NetworkManager leaves some interfaces to others; a default route over one of them is a connection all the same.
  return {
    ...told,
    connected: told.connected === true || typeof route?.device === 'string' ? true : told.connected,
  };
}

async function askNetworkManager(
  sources: MachineSources,
  device: string | null | undefined,
  signal: AbortSignal,
): Promise<Network | undefined> {
  const [state, metered] = await Promise.all([
    property(sources, 'State', signal),
    property(sources, 'Metered', signal),
  ]);
  if (state === 'no busctl') return askCommand(sources, device, signal);
  if (typeof state !== 'number') return undefined;
  // NMState: 60 and 70 reach beyond the local network; 0 is "unknown".
  const connected = state === 0 ? null : state >= 60;
  return {
    connected,
    metered: typeof metered === 'number' ? isMetered(metered) : null,
    source: 'NetworkManager',
  };
}

/** NMMetered: 1 yes, 2 no, 3 guessed yes, 4 guessed no. */
function isMetered(value: number): boolean | null {
  if (value === 1 || value === 3) return true;
  return value === 2 || value === 4 ? false : null;
}

async function property(
  sources: MachineSources,
  name: string,
  signal: AbortSignal,
): Promise<number | 'no busctl' | undefined> {
  const service = 'org.freedesktop.NetworkManager';
  const result = await run(
    [
      ...sources.busctl,
      ...['--auto-start=no', '--timeout=2', 'get-property'],
      ...[service, '/org/freedesktop/NetworkManager', service, name],
    ],
    { timeoutMs: limitMs, signal },
  );
  if (result.ended === 'not-found') return 'no busctl';
  const value = /^u (\d+)\s*$/.exec(result.stdout)?.[1];
  return result.status === 0 && value !== undefined ? Number(value) : undefined;
}

/** nmcli(1), terse mode; the guess is in words: `yes (guessed)`. */
async function askCommand(
  sources: MachineSources,
  device: string | null | undefined,
  signal: AbortSignal,
): Promise<Network | undefined> {
  const options = { timeoutMs: limitMs, signal };
  const general = await run([...sources.nmcli, '-t', '-f', 'STATE', 'general'], options);
  if (general.ended !== 'exit' || general.status !== 0) return undefined;
  const connected = /^connected( \(site only\))?$/.test(general.stdout.trim());
  if (typeof device !== 'string') return { connected, metered: null, source: 'NetworkManager' };
  const shown = await run(
    [...sources.nmcli, '-t', '-f', 'GENERAL.METERED', 'device', 'show', device],
    options,
  );
  const word = /^GENERAL\.METERED:(yes|no)\b/.exec(shown.stdout)?.[1];
  return { connected, metered: word === undefined ? null : word === 'yes', source: 'NetworkManager' };
}

const routeUp = 0x1;
const routeReject = 0x200;

/**
 * The device of the default route; its `device` is null when there is no such route, and the answer `undefined` when the
 * kernel's tables cannot be read.
 */
function defaultRoute(proc: RawPath): { readonly device: string | null } | undefined {
  const four = rows(join(proc, 'net/route'));
  const six = rows(join(proc, 'net/ipv6_route'));
  if (four === undefined && six === undefined) return undefined;
  const usable = (flags: string | undefined): boolean => {
    const value = parseInt(flags ?? '0', 16);
    return (value & routeUp) !== 0 && (value & routeReject) === 0;
  };
  // Interface, destination, gateway, flags, …, mask: all in hexadecimal.
  const found =
    four?.find((row) => row[1] === '00000000' && row[7] === '00000000' && usable(row[3]))?.[0] ??
    six?.find(
      (row) => /^0{32}$/.test(row[0] ?? '') && row[1] === '00' && usable(row[8]) && row[9] !== 'lo',
    )?.[9];
  return { device: found ?? null };
}

function rows(path: RawPath): string[][] | undefined {
  return textAt(path)
    ?.split('\n')
    .map((line) => line.trim().split(/\s+/));
}
