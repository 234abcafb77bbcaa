/** Runs the script that package managers run as well (`build/hooks/modules`), from beside this program. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../fault.js';
import { text } from '../../posix/raw-path.js';
import { runOrFault } from '../../process/run.js';
import type { System } from '../../system.js';

/** Some thousand names in a folder; a disk that takes longer is stuck. */
const limitMs = 10 * 60_000;

/** `release`: of one kernel only; else of every one that is kept. */
export async function runScript(system: System, action: 'keep' | 'restore', release?: string): Promise<void> {
  const chosen = release === undefined ? [] : ['--release', release];
  await runOrFault([scriptPath(), '--root', text(system.root), ...chosen, action], { timeoutMs: limitMs });
}

/** Sources, what is compiled from them, and what is installed lie at different depths. */
function scriptPath(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== '/') folder = dirname(folder);
  const places = ['hooks/modules', 'build/hooks/modules'].map((name) => join(folder, name));
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Fault('COMMAND_FAILED', `${places.join(' and ')}: not found`);
  return found;
}
