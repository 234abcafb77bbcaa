/**
 * The end of a trial. A unit of systemd waits for some minutes, or for an orderly end of the system, and then has `understudy livepatch held` run
 * (build/systemd/understudy-livepatch-held.service). Each load begins the wait anew; what was loaded before is judged by its own age.
 */
import type { LivepatchHeld } from '../../../../shared/livepatch.js';
import { run } from '../../process/run.js';
import { machineOf, type System } from '../../system.js';
import { readState, writeState } from './state.js';

const unit = 'understudy-livepatch-held.service';
/** Somewhat less than the unit waits. */
const holdMs = 280_000;

/** Without systemd, or without the unit, patches stay on trial until someone says that they held. */
export async function startHolding(system: System): Promise<void> {
  await run([...machineOf(system).systemctl, '--no-block', 'restart', unit], { timeoutMs: 10_000 });
}

/** Ends the trials of this start of the kernel that are old enough; all of them where `now` says so, or where the system is ended in order. */
export async function endTrials(system: System, now: boolean): Promise<LivepatchHeld> {
  const state = readState(system);
  const { monotonic } = machineOf(system);
  const all = now || (state.trials.length > 0 && (await isStopping(system)));
  const isOver = (trial: (typeof state.trials)[number]): boolean =>
    all || monotonic() - trial.monotonic >= holdMs;
  const over = state.trials.filter(isOver);
  const left = state.trials.filter((trial) => !over.includes(trial));
  writeState(system, { ...state, trials: left });
  const names = (trials: readonly { name: string }[]): string[] => trials.map(({ name }) => name);
  return { action: 'held', held: names(over), onTrial: names(left) };
}

/** systemctl(1), is-system-running: `stopping` while the manager shuts down. */
async function isStopping(system: System): Promise<boolean> {
  const { stdout } = await run([...machineOf(system).systemctl, 'is-system-running'], { timeoutMs: 10_000 });
  return stdout.trim() === 'stopping';
}
