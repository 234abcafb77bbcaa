/** Which init runs the system, or would run a tree. */
import type { TreeView } from '../environments/environment.js';
import { display, join, nameOf, raw } from '../posix/raw-path.js';
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
