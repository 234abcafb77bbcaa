/** systemd as the system's own service manager. */
import { existsSync } from 'node:fs';
import { bytes, join, raw } from '../posix/raw-path.js';
import { run } from '../process/run.js';
import { machineOf, type System } from '../system.js';

/** Lets it read its units again, where there is one (sd_booted(3)). False when it could not. */
export async function reloadUnits(system: System): Promise<boolean> {
  if (!existsSync(bytes(join(system.root, raw('run/systemd/system'))))) return true;
  const { status } = await run([...machineOf(system).systemctl, 'daemon-reload'], { timeoutMs: 60_000 });
  return status === 0;
}
