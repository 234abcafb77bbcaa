import { describe, expect, it } from 'vitest';
import { networkOf } from '../../../electron/engine/inspect/network.js';
import type { MachineSources } from '../../../electron/engine/inspect/sources.js';
import { fixture, type Fixture } from './fixture.js';

const never = new AbortController().signal;
const header = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const defaultRoute = 'eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n';
const localRoute = 'eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';

/** Answers as busctl(1) does for NetworkManager's properties. */
function withBus(machine: Fixture, state: string, metered: string): MachineSources {
  const busctl = machine.program(
    'busctl',
    `#!/bin/sh\ncase "$*" in\n*" State") echo "${state}";;\n*" Metered") echo "${metered}";;\n*) exit 1;;\nesac\n`,
  );
  return { ...machine.sources, busctl: [busctl] };
}

describe('network', () => {
  it('knows nothing where neither NetworkManager nor the kernel tells', async () => {
    expect(await networkOf(fixture().sources, never)).toEqual({
      connected: null,
      metered: null,
      source: 'unknown',
    });
  });

  it.each([
    ['a default route', header + localRoute + defaultRoute, true],
    ['only a local route', header + localRoute, false],
    ['an unreachable default', header + defaultRoute.replace('0003', '0203'), false],
  ])('reads %s from the kernel', async (_, table, connected) => {
    const machine = fixture();
    machine.write('proc/net/route', table);
    expect(await networkOf(machine.sources, never)).toEqual({ connected, metered: null, source: 'kernel' });
  });

  it('reads a default route of IPv6, and not the one that rejects', async () => {
    const machine = fixture();
    const zero = '0'.repeat(32);
    const line = (flags: string, device: string): string =>
      `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 ${flags} ${device}\n`;
    machine.write('proc/net/ipv6_route', line('00200200', 'lo'));
    expect((await networkOf(machine.sources, never)).connected).toBe(false);
    machine.write('proc/net/ipv6_route', line('00200200', 'lo') + line('00450003', 'wlan0'));
    expect((await networkOf(machine.sources, never)).connected).toBe(true);
  });

  it.each([
    ['u 70', 'u 1', true, true],
    ['u 70', 'u 3', true, true],
    ['u 70', 'u 4', true, false],
    ['u 60', 'u 2', true, false],
    ['u 20', 'u 0', false, null],
    ['u 0', 'u 0', null, null],
  ])('asks NetworkManager: state %s, metered %s', async (state, told, connected, metered) => {
    const sources = withBus(fixture(), state, told);
    expect(await networkOf(sources, never)).toEqual({ connected, metered, source: 'NetworkManager' });
  });

  it('counts a route that NetworkManager leaves to others', async () => {
    const machine = fixture();
    machine.write('proc/net/route', header + defaultRoute);
    expect((await networkOf(withBus(machine, 'u 20', 'u 0'), never)).connected).toBe(true);
  });

  it('asks nmcli where there is no busctl', async () => {
    const machine = fixture();
    machine.write('proc/net/route', header + defaultRoute);
    const nmcli = machine.program(
      'nmcli',
      '#!/bin/sh\ncase "$*" in\n*STATE*) echo connected;;\n*"show eth0") echo "GENERAL.METERED:yes (guessed)";;\nesac\n',
    );
    const sources: MachineSources = {
      ...machine.sources,
      busctl: [`${machine.base}/no-busctl`],
      nmcli: [nmcli],
    };
    expect(await networkOf(sources, never)).toEqual({
      connected: true,
      metered: true,
      source: 'NetworkManager',
    });
  });
});
