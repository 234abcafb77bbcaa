/** Which init runs the system, or would run a tree. */
import type { TreeView } from '../environments/environment.js';
import { namesIn } from '../environments/plain-view.js';
import { display, join, nameOf, raw, type RawPath } from '../posix/raw-path.js';
import type { System } from '../system.js';
import { textAt } from './read.js';
import type { MachineSources } from './sources.js';

export function initOf(system: System, view: TreeView, sources: MachineSources): string | null {
  if (!system.isRunning) return installedInit(view);
  // sd_booted(3): this folder, not process 1's name, is what systemd promises.
  if (view.resolve(raw('run/systemd/system')) !== undefined) return 'systemd';
  const name = textAt(join(sources.proc, '1/comm'));
  return name === undefined || name === 'init' ? installedInit(view) : name;
}

function installedInit(view: TreeView): string | null {
  const found = view.resolve(raw('sbin/init')) ?? view.resolve(raw('usr/sbin/init'));
  if (found === undefined) return null;
  const name = display(nameOf(found) as typeof found);
  if (name !== 'init') return name;
  return view.resolve(raw('etc/inittab')) === undefined ? 'init' : 'sysvinit';
}

/** Of the tree at `root`, from the name of its own library, which Debian and its relatives keep in a folder by architecture. 0 where it cannot be told. */
export function systemdVersion(root: RawPath): number {
  const architectures = (namesIn(join(root, 'usr/lib')) ?? []).filter((name) => /-linux-/.test(name));
  const places = ['', ...architectures.map((name) => `/${name}`)].map((name) => `usr/lib${name}/systemd`);
  for (const place of [...places, 'usr/lib64/systemd', 'lib/systemd'])
    for (const name of namesIn(join(root, place)) ?? []) {
      const version = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
      if (version !== undefined) return Number(version);
    }
  return 0;
}
