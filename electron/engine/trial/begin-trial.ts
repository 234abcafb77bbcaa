/**
 * The trial of a new environment: before the switch the kernel that runs is kept, whatever the update does to it; after the switch the boot loader is
 * told to start the new environment once, and the one before from then on. Where that is not possible the switch stands all the same, and a
 * remark says so.
 */
import type { Activation } from '../../../shared/plan.js';
import type { BootEntry, BootLoader } from '../bootloader/boot-loader.js';
import { bootLoaderFor } from '../bootloader/registry.js';
import type { Engine } from '../engine.js';
import type { Switch } from '../environments/environment.js';
import { Fault, reasonOf } from '../fault.js';
import { healthNow } from '../health/before.js';
import { previousWord, trialWord, usualWords } from '../inspect/kernel-words.js';
import { bootId } from '../inspect/sources.js';
import type { RawPath } from '../posix/raw-path.js';
import { machineOf } from '../system.js';
import { bootFilesOf, type BootFiles } from './boot-files.js';
import { calmWatchdog, forgetTrial, readTrial, recordTrial } from './trial-record.js';

export interface PreparedTrial {
  readonly loader: BootLoader;
  /** The kernel that runs. */
  readonly before: BootFiles;
}

/** As systemctl(1) enables it (build/systemd/understudy-health.service). */
const healthUnit = 'etc/systemd/system/multi-user.target.wants/understudy-health.service' as RawPath;

/** Words after which a start that fails ends in another start: of the kernel, of initramfs-tools(7), of dracut.cmdline(7). */
const restarting = ['panic=30', 'rd.shell=0', 'rd.emergency=reboot'];

/** A sentence where there can be no trial, and nothing at all where none is needed. Throws `NO_SPACE`, and has then changed nothing. */
export async function prepareTrial(
  engine: Engine,
  restorePoint: string,
  how: Activation,
): Promise<PreparedTrial | string | undefined> {
  const { system, environment, current } = engine;
  if (!system.isRunning || (environment.takesEffect === 'at-once' && how === 'live')) return undefined;
  const byHand = (why: string): string => notTried(engine, why);
  const machine = machineOf(system);
  const loader = bootLoaderFor(system);
  if (!loader) return byHand('The boot loader is none that Understudy knows.');
  const obstacle = await loader.obstacle();
  if (obstacle !== undefined) return byHand(obstacle);
  // Nobody would confirm it: the start after it would return to the system before, for no reason.
  if (!current.locate(healthUnit))
    return byHand('The health check of a first start is not enabled: understudy-health.service.');
  const running = bootFilesOf(current, machine.kernelRelease(), 'same');
  if (!running) return byHand('The files of the kernel that runs are not in /boot.');
  const files = [running.kernel, ...running.initrds];
  const [kernel, ...initrds] = loader.keep(restorePoint, files);
  if (kernel === undefined) throw new Error('a kernel is a file');
  // Before the switch: whatever is cut in between, the new system is judged at its first start.
  const boot = bootId(machine);
  recordTrial(system, { version: 1, restorePoint, before: await healthNow(machine), ...(boot && { boot }) });
  return { loader, before: { release: running.release, kernel, initrds } };
}

/** A trial that the boot loader would make at the next start. */
export interface BegunTrial {
  readonly loader: BootLoader;
  readonly restorePoint: string;
  readonly previous: BootEntry;
  /** What the kernel of the trial is told. */
  readonly options: readonly string[];
}

/** A sentence where it is none. */
export async function beginTrial(
  engine: Engine,
  { loader, before }: PreparedTrial,
  treeSwitch: Switch,
): Promise<BegunTrial | string> {
  const { system } = engine;
  const { restorePoint } = treeSwitch;
  const machine = machineOf(system);
  const usual = usualWords(machine);
  const words = treeSwitch.wordsBefore(usual);
  const next = bootFilesOf(treeSwitch.viewAfter(), machine.kernelRelease(), 'newest');
  try {
    if (!next)
      throw new Fault('BOOT_LOADER_FAILED', 'The new system has no kernel with an initramfs in /boot.');
    if (!words) throw new Fault('BOOT_LOADER_FAILED', 'A start cannot choose between the systems.');
    const options = [...usual, trialWord(restorePoint), ...restarting];
    const trial = entryOf('the updated system, on trial', next, options);
    const previous = entryOf('the system before the update', before, words);
    await loader.writeTrial({ restorePoint, trial, previous });
    return { loader, restorePoint, previous, options };
  } catch (error) {
    cancelTrial(engine);
    return notTried(engine, reasonOf(error));
  }
}

/** After a process was killed between the switch and its trial, as long as the start is yet to come. Repeatable. */
export async function resumeTrial(engine: Engine, treeSwitch: Switch): Promise<void> {
  const { system } = engine;
  const { restorePoint } = treeSwitch;
  if (!system.isRunning || !isToCome(engine)) return;
  if (bootLoaderFor(system)?.state()?.restorePoint === restorePoint) return;
  try {
    const prepared = await prepareTrial(engine, restorePoint, 'reboot');
    const begun = typeof prepared === 'object' ? await beginTrial(engine, prepared, treeSwitch) : prepared;
    if (typeof begun === 'string') system.report.log('switch', begun);
  } catch (error) {
    system.report.log('switch', notTried(engine, reasonOf(error)));
  }
}

/** Whether the start that a trial is recorded for is yet to come. */
export function isToCome({ system, environment }: Engine): boolean {
  if (environment.takesEffect === 'at-start') return environment.pending(system) !== undefined;
  const trial = readTrial(system);
  // After a soft-reboot it is the same start of the kernel.
  return (
    trial?.boot !== undefined && trial.direct !== 'soft-reboot' && trial.boot === bootId(machineOf(system))
  );
}

/**
 * Throws `RESTART_PENDING` as long as a switch in place is on trial, or is to be: there is one at a time. One that failed, and could not be taken back,
 * is no more: another update may be what helps.
 */
export function requireJudged({ system, environment }: Engine): void {
  const trial = system.isRunning && environment.takesEffect === 'at-once' ? readTrial(system) : undefined;
  if (!trial || !environment.hasSwitch(system, trial.restorePoint)) return;
  if (!environment.readSwitch(system, trial.restorePoint).isFallenBack())
    throw new Fault('RESTART_PENDING', trial.restorePoint);
}

/** Nothing is tried any more, or not this: the system's own menu says what starts. Repeatable. */
export function cancelTrial({ system }: Pick<Engine, 'system'>, only?: string): void {
  if (!system.isRunning) return;
  const loader = bootLoaderFor(system);
  const trial = readTrial(system);
  const tried = trial?.restorePoint ?? loader?.state()?.restorePoint;
  if (only !== undefined && tried !== undefined && tried !== only) return;
  loader?.clear();
  if (trial) forgetTrial(system);
  calmWatchdog(system);
}

/**
 * A way back waits for its start: that takes the kernel that was kept, or the one that goes with the tree. Where that cannot be, nothing of an
 * earlier trial may stand in the way of the system's own menu.
 */
export async function startReturn(
  engine: Engine,
  restorePoint: string,
  files: BootFiles | undefined,
): Promise<void> {
  const { system, environment } = engine;
  if (!system.isRunning || environment.takesEffect === 'at-once') return;
  const loader = bootLoaderFor(system);
  if (!loader) return;
  try {
    if (!files || (await loader.obstacle()) !== undefined) {
      cancelTrial(engine);
      return;
    }
    const [kernel, ...initrds] = loader.keep(restorePoint, [files.kernel, ...files.initrds]);
    if (kernel === undefined) throw new Error('a kernel is a file');
    const words = [...usualWords(machineOf(system)), previousWord(restorePoint)];
    await loader.returnTo(
      restorePoint,
      entryOf('the system before the update', { ...files, kernel, initrds }, words),
    );
  } catch (error) {
    cancelTrial(engine);
    system.report.log('switch', `The next start may take the kernel of the update: ${reasonOf(error)}`);
  }
}

function entryOf(what: string, files: BootFiles, options: readonly string[]): BootEntry {
  const { release, kernel, initrds } = files;
  return { title: `Understudy: ${what} (Linux ${release})`, kernel, initrds, options };
}

/** What it means that there is no trial, and why. */
export function notTried({ environment }: Pick<Engine, 'environment'>, why: string): string {
  const byHand =
    environment.takesEffect === 'at-once'
      ? 'brought back with "understudy rollback", from a rescue system with --root'
      : 'chosen by hand in the boot menu or with "understudy rollback"';
  return `If the new system does not come up, the one before has to be ${byHand}. ${why}`;
}
