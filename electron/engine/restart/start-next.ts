/**
 * The restart that a switch ends with, in the way that was chosen. Where that way turns out closed the machine restarts through its firmware, and a
 * remark says why. A new environment that is on trial stays so: the boot loader, which is not asked on these ways, is told beforehand to take the one
 * before at every start, until the health check confirms the new one.
 */
import type { Activated } from '../../../shared/history.js';
import type { Engine } from '../engine.js';
import type { Switch } from '../environments/environment.js';
import { Fault, reasonOf } from '../fault.js';
import { beginMeasure, forgetMeasure } from '../interruption/measure.js';
import { usualWords } from '../inspect/kernel-words.js';
import { withStoreLock } from '../journal/lock.js';
import { run } from '../process/run.js';
import { machineOf, type System } from '../system.js';
import { cancelTrial, notTried, type BegunTrial } from '../trial/begin-trial.js';
import { bootFilesOf } from '../trial/boot-files.js';
import { alertWatchdog, readTrial, recordTrial } from '../trial/trial-record.js';
import { loadKernel, unloadKernel } from './load-kernel.js';
import { offerNextRoot, softRebootObstacle, withdrawNextRoot } from './next-root.js';

export type Restart = 'soft-reboot' | 'kexec' | 'reboot';
type Direct = Exclude<Restart, 'reboot'>;

export interface Restarting {
  readonly transaction: string;
  readonly restorePoint: string;
  readonly switch: Pick<Switch, 'viewAfter'>;
  readonly trial: BegunTrial | undefined;
}

const limit = { timeoutMs: 60_000 };

/** Answers which way it went after all, and what is to be said of it. */
export async function startNext(
  engine: Engine,
  wanted: Restart,
  restarting: Restarting,
): Promise<Pick<Activated, 'how' | 'remarks'>> {
  const { system } = engine;
  const remarks: string[] = [];
  let how = wanted;
  if (wanted !== 'reboot') {
    const closed = await prepareLocked(engine, wanted, restarting);
    if (closed !== undefined) {
      remarks.push(`No ${wanted}, but an ordinary restart: ${closed}`);
      how = 'reboot';
    }
  }
  const { transaction, restorePoint } = restarting;
  beginMeasure(system, { transaction, restorePoint, how });
  if (how === 'reboot' ? await restartThroughFirmware(system) : await asked(system, how))
    return { how, remarks };
  forgetMeasure(system);
  remarks.push(`The restart (${how}) could not be started; restart the machine when it suits you.`);
  if (how !== 'reboot') {
    await withdraw(system, how);
    if (restarting.trial) {
      await withStoreLock(system, () => {
        cancelTrial(engine);
        return Promise.resolve();
      });
      remarks.push(notTried(engine, 'Its trial was prepared for another kind of restart.'));
    }
  }
  return { how, remarks };
}

/** What was made ready for the other ways is not taken instead: systemctl(1), SYSTEMCTL_SKIP_AUTO_… (systemd's ENVIRONMENT.md). */
export async function restartThroughFirmware(system: System): Promise<boolean> {
  const environment = { SYSTEMCTL_SKIP_AUTO_KEXEC: '1', SYSTEMCTL_SKIP_AUTO_SOFT_REBOOT: '1' };
  const { status } = await run([...machineOf(system).systemctl, 'reboot'], { ...limit, environment });
  return status === 0;
}

async function asked(system: System, how: Direct): Promise<boolean> {
  return (await run([...machineOf(system).systemctl, how], limit)).status === 0;
}

/** The switch stands, whatever is in the way here. */
async function prepareLocked(
  engine: Engine,
  how: Direct,
  restarting: Restarting,
): Promise<string | undefined> {
  try {
    return await withStoreLock(engine.system, () => prepare(engine, how, restarting));
  } catch (error) {
    return reasonOf(error);
  }
}

/** Answers why the way is closed; then nothing of it is left. */
async function prepare(engine: Engine, how: Direct, restarting: Restarting): Promise<string | undefined> {
  const { system } = engine;
  const closed =
    how === 'kexec' ? await loadNewKernel(engine, restarting) : offerNewRoot(engine, restarting.switch);
  if (closed !== undefined || !restarting.trial) return closed;
  try {
    await withoutBootLoader(system, how, restarting.trial);
    return undefined;
  } catch (error) {
    const reason = reasonOf(error);
    await withdraw(system, how);
    cancelTrial(engine);
    return `${reason} ${notTried(engine, '')}`.trim();
  }
}

/** The one that a start through the boot loader would take, with its initramfs. */
function loadNewKernel({ system }: Engine, { switch: made, trial }: Restarting): Promise<string | undefined> {
  const machine = machineOf(system);
  const next = bootFilesOf(made.viewAfter(), machine.kernelRelease(), 'newest');
  if (!next) return Promise.resolve('The new system has no kernel with an initramfs in /boot.');
  return loadKernel(system, next, trial?.options ?? usualWords(machine));
}

function offerNewRoot(engine: Engine, made: Restarting['switch']): string | undefined {
  return softRebootObstacle(engine, made.viewAfter()) ?? offerNextRoot(engine);
}

async function withdraw(system: System, how: Direct): Promise<void> {
  if (how === 'kexec') await unloadKernel(machineOf(system));
  else withdrawNextRoot(system);
}

/** From here on whatever starts through the boot loader is the environment before. Throws `BOOT_LOADER_FAILED`, `NO_SPACE`. */
async function withoutBootLoader(
  system: System,
  how: Direct,
  { loader, restorePoint, previous }: BegunTrial,
): Promise<void> {
  const record = readTrial(system);
  if (record?.boot === undefined)
    throw new Fault('BOOT_LOADER_FAILED', 'It cannot be told which start of the kernel this is.');
  // First: until the restart nothing may be taken for a trial that failed.
  recordTrial(system, { ...record, direct: how });
  await loader.returnTo(restorePoint, previous);
  // With kexec the new kernel's own words tell the watchdog.
  if (how === 'soft-reboot') alertWatchdog(system);
}
