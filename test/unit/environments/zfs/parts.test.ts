/** Which datasets below a root's belong to its tree, in the layout of Ubuntu's installer (zsys). */
import { describe, expect, it } from 'vitest';
import { parseDatasets, type Dataset } from '../../../../electron/engine/environments/zfs/datasets.js';
import { partsObstacle, partsOf } from '../../../../electron/engine/environments/zfs/parts.js';
import type { RawPath } from '../../../../electron/engine/posix/raw-path.js';
import type { System } from '../../../../electron/engine/system.js';

const system = { root: '/', isRunning: false } as System;
const top = 'rpool/ROOT/ubuntu_1a2b3c';

function dataset(name: string, properties: Record<string, [value: string, source: string]>): Dataset {
  const lines = Object.entries({ guid: ['1', '-'], type: ['filesystem', '-'], ...properties });
  const [made] = parseDatasets(lines.map(([key, value]) => [name, key, ...value].join('\t')).join('\n'));
  if (!made) throw new Error('no dataset');
  return made;
}

const root = dataset(top, { mountpoint: ['/', 'local'], canmount: ['on', 'default'] });
const below = (path: string, canmount = 'on', mountpoint = `/${path}`): Dataset =>
  dataset(`${top}/${path}`, {
    mountpoint: [mountpoint, `inherited from ${top}`],
    canmount: [canmount, 'local'],
  });
const paths = (all: Dataset[]): Record<'parts' | 'others', string[]> => {
  const { parts, others } = partsOf(system, root, [root, ...all]);
  return {
    parts: parts.map(({ dataset: { name }, mount }) => `${name.slice(top.length + 1)}: ${mount ?? '-'}`),
    others: others.map(({ name }) => name.slice(top.length + 1)),
  };
};

const installed = [
  below('srv'),
  below('usr', 'off'),
  below('usr/local'),
  below('var', 'off'),
  ...['games', 'lib', 'lib/AccountsService', 'lib/NetworkManager', 'lib/apt', 'lib/dpkg', 'log', 'mail'].map(
    (path) => below(`var/${path}`),
  ),
  ...['snap', 'spool', 'www'].map((path) => below(`var/${path}`)),
];

describe('the datasets below that of a root', () => {
  it('are parts of it where they hold the system, with what holds those', () => {
    expect(paths(installed)).toEqual({
      parts: [
        'usr: -',
        'usr/local: usr/local',
        'var: -',
        'var/lib: var/lib',
        'var/lib/AccountsService: var/lib/AccountsService',
        'var/lib/apt: var/lib/apt',
        'var/lib/dpkg: var/lib/dpkg',
      ],
      others: [
        'srv',
        'var/games',
        'var/lib/NetworkManager',
        'var/log',
        'var/mail',
        'var/snap',
        'var/spool',
        'var/www',
      ],
    });
  });

  it('are none of it where they are volumes, mounted nowhere, or hold nothing of it', () => {
    const swap = dataset(`${top}/swap`, { type: ['volume', '-'] });
    expect(paths([swap, below('data'), below('opt', 'on', 'legacy'), below('var', 'off')])).toEqual({
      parts: [],
      others: ['swap', 'data', 'opt', 'var'],
    });
  });

  it('are not those of another root whose name begins alike', () => {
    const other = dataset(`${top}-old/usr`, { mountpoint: ['/usr', 'local'], canmount: ['on', 'local'] });
    expect(paths([other])).toEqual({ parts: [], others: [] });
  });

  const obstacle = (all: Dataset[], mounted: Record<string, string> = {}): string | undefined =>
    partsObstacle(
      system,
      root,
      partsOf(system, root, [root, ...all]),
      new Map(Object.entries(mounted).map(([name, place]) => [`${top}/${name}`, place as RawPath])),
    );

  it('are in no way of another root as installed', () => {
    const mounted = ['srv', 'usr/local', 'var/lib', 'var/log', 'var/www'];
    expect(obstacle(installed, Object.fromEntries(mounted.map((path) => [path, path])))).toBeUndefined();
  });

  it.each([
    ['mounted by the system’s own fstab', [below('opt', 'on', 'legacy')], { opt: 'opt' }, 'keep it beside'],
    ['in what is someone’s', [below('data'), below('data/opt', 'on', '/opt')], {}, 'keep it beside'],
    ['someone’s, with this root alone', [below('srv', 'noauto')], { srv: 'srv' }, 'zfs set canmount=on'],
  ])('are in the way where they are %s', (_, all, mounted, why) => {
    expect(obstacle(all, mounted)).toContain(why);
  });
});
