/**
 * What a rehearsal boot proves. Reaching the default target passes; not reaching it fails, whatever the reason. A unit that failed while the
 * target was reached is told: in a machine without disks, network and devices it may have to, so it never fails the boot; it is a remark
 * where the update changed the unit or its program, and else only named.
 */
import type { Proof, RehearsalBootResult } from '../../../shared/changeset.js';
import type { RunResult } from '../process/run.js';
import { lastLines } from '../process/run.js';
import type { BootReport, FailedUnit } from './report.js';

export interface BootOutcome {
  readonly ended: RunResult;
  readonly report: BootReport;
  readonly console: readonly string[];
  readonly isFlood: boolean;
  readonly limitMs: number;
}

/** `skipped`: there was no machine, and nothing was learned of the environment. */
export type Judgement = Pick<Proof, 'result' | 'sentence' | 'details'>;

/** Lines that say why a start ended, the most telling first. */
const telling: readonly RegExp[] = [
  /Kernel panic - not syncing.*/,
  /Initramfs unpacking failed.*/,
  /No init found.*/,
  /Failed to mount .* as root file system.*/,
  /ALERT!.*/,
  /systemd\[1\]: .*[Ff]reezing execution.*/,
  /You are in emergency mode.*/,
];

export function judge(
  outcome: BootOutcome,
  isChanged: (path: string) => boolean,
  facts: Pick<RehearsalBootResult, 'seconds' | 'accelerator'>,
): Judgement {
  const { ended, report, console, isFlood, limitMs } = outcome;
  const took = `${Math.round(facts.seconds)} s, ${facts.accelerator === 'kvm' ? 'KVM' : 'software emulation'}`;
  if (report.refused !== undefined)
    return { result: 'skipped', sentence: 'No machine could be started.', details: [report.refused] };
  if (report.complete) return judgeComplete(report, isChanged, took);
  const last = { details: lastLines(console.join('\n'), 8) };
  if (isFlood) return { result: 'fail', sentence: 'It writes to its console without an end.', ...last };
  const reason = reasonIn(console);
  if (reason !== undefined) return { result: 'fail', sentence: `It does not start: ${reason}`, ...last };
  if (ended.ended === 'timeout') {
    const waiting = report.waitingFor.slice(0, 8).join(', ');
    return {
      result: 'fail',
      sentence: `It did not reach its default target within ${Math.round(limitMs / 60_000)} minutes (${took})${waiting === '' ? '.' : `: it waits for ${waiting}.`}`,
      ...last,
    };
  }
  if (console.length === 0)
    return {
      result: 'skipped',
      sentence: 'QEMU could not run the machine.',
      details: lastLines(ended.stderr, 5),
    };
  return { result: 'fail', sentence: `It ended before it reached its default target (${took}).`, ...last };
}

function judgeComplete(
  { state, target = 'its default target', targetIsActive, failed }: BootReport,
  isChanged: (path: string) => boolean,
  took: string,
): Judgement {
  const details = failed.map((unit) => describe(unit, isChanged));
  const isUp = targetIsActive && (state === 'running' || state === 'degraded');
  if (!isUp)
    return {
      result: 'fail',
      sentence: `It came up in the state "${state ?? 'unknown'}" and did not reach ${target} (${took}).`,
      details,
    };
  const own = failed.filter((unit) => concerns(unit, isChanged));
  if (own.length > 0)
    return {
      result: 'warn',
      sentence: `It reached ${target} in a virtual machine (${took}), but what the update changed failed there: ${own.map(({ name }) => name).join(', ')}.`,
      details,
    };
  return { result: 'pass', sentence: `It reached ${target} in a virtual machine (${took}).`, details };
}

function concerns({ files }: FailedUnit, isChanged: (path: string) => boolean): boolean {
  return files.some((file) => isChanged(file.slice(1)));
}

function describe(unit: FailedUnit, isChanged: (path: string) => boolean): string {
  const why = unit.result === '' ? 'failed' : `failed (${unit.result})`;
  return concerns(unit, isChanged)
    ? `${unit.name}: ${why}; the update changes it.`
    : `${unit.name}: ${why}; the update does not change it, and a machine without disks, network and devices may be why.`;
}

/** What the console says of a start that can go no further. */
export function reasonIn(console: readonly string[]): string | undefined {
  for (const pattern of telling) {
    const found = console.map((line) => pattern.exec(line)?.[0]).find((text) => text !== undefined);
    if (found !== undefined) return found.trim();
  }
  return undefined;
}

/** After these nothing more will come. */
export function isLastWord(line: string): boolean {
  return /systemd\[1\]: .*[Ff]reezing execution|Kernel panic - not syncing/.test(line);
}
