/**
 * What is left to do once the new environment is in place: tell the running service manager, redo the boot menu, and
 * restart as far as the chosen activation says. None of it can undo the switch, so a failure is a remark.
 */
import type { Activated } from '../../shared/history.js';
import type { Engine } from './engine.js';
import { noteAtShutdown } from './interruption/measure.js';
import { renewBootMenu } from './restart/boot-menu.js';
import { reloadUnits } from './restart/service-manager.js';
import { startNext, type Restarting } from './restart/start-next.js';

export async function followActivation(
  engine: Engine,
  result: Activated,
  restarting: Restarting,
): Promise<Activated> {
  const { system, environment } = engine;
  if (!system.isRunning) return result;
  const remarks = [...result.remarks];
  const isInEffect = environment.pending(system) === undefined;
  if (isInEffect && !(await reloadUnits(system)))
    remarks.push('The service manager could not read its units again; it will at the next start.');
  if (isInEffect) remarks.push(...(await renewBootMenu(system)));
  const { how, seconds } = result;
  switch (how) {
    case 'live':
      return { ...result, remarks };
    case 'shutdown':
      noteAtShutdown(system, restarting.transaction, seconds);
      return { ...result, remarks };
    case 'soft-reboot':
    case 'kexec':
    case 'reboot': {
      const started = await startNext(engine, how, restarting);
      return { ...result, how: started.how, remarks: [...remarks, ...started.remarks] };
    }
  }
}
