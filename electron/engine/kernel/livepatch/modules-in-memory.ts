/** Brings a module into memory and takes it out: insmod(8), rmmod(8). What the kernel says to it is what people can look up. */
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../fault.js';
import { text, type RawPath } from '../../posix/raw-path.js';
import { lastLines, run } from '../../process/run.js';
import { machineOf, type System } from '../../system.js';
import { isInMemory } from './sysfs.js';

const limit = { timeoutMs: 60_000 };
/** The kernel lets go of a module a moment after its patch is out. */
const attempts = 20;
const betweenMs = 250;

/** Throws `LIVEPATCH_REFUSED` with what insmod said. The signature is the kernel's to check (module-signing.rst). */
export async function insertModule(system: System, path: RawPath): Promise<void> {
  const { status, stderr, ended } = await run([...machineOf(system).insmod, text(path)], limit);
  if (status === 0) return;
  const said = lastLines(stderr, 3);
  throw new Fault('LIVEPATCH_REFUSED', ...(said.length > 0 ? said : [`insmod: ${ended}`]));
}

/** False where it stays in memory, which harms nothing: its patch is out. */
export async function removeModule(system: System, name: string): Promise<boolean> {
  const machine = machineOf(system);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (!isInMemory(machine, name)) return true;
    const { status } = await run([...machine.rmmod, name], limit);
    if (status === 0) return true;
    await pause(betweenMs);
  }
  return !isInMemory(machine, name);
}
