/**
 * The one switch that is scheduled, in `schedule.json`: for the next shutdown, or for a moment. A rehearsed newer stage replaces it. It is
 * written durably before anyone counts on it, so that a restart or a power cut neither loses it nor carries it out twice: a switch at a
 * moment is attempted once, which is recorded before it begins, and when the moment passes without it, it is missed.
 */
import { existsSync, rmSync } from 'node:fs';
import { uptime } from 'node:os';
import { z } from 'zod';
import { problemSchema, type Problem } from '../../../shared/errors.js';
import { activations, idSchema, type Activation } from '../../../shared/plan.js';
import type { Status } from '../../../shared/status.js';
import { bytes, join, type RawPath } from '../posix/raw-path.js';
import { syncDirectory } from '../posix/sync.js';
import { makeStore, type System } from '../system.js';
import { readRecord, writeRecord } from './record-file.js';

const scheduleSchema = z.strictObject({
  version: z.literal(1),
  stage: idSchema,
  /** Null: at the next shutdown. */
  hour: z
    .strictObject({
      at: z.iso.datetime(),
      how: z.enum(activations),
      /** Set before the switch is begun; `problem` once it is known why it came to nothing. */
      attempt: z.strictObject({ problem: problemSchema.nullable() }).nullable(),
    })
    .nullable(),
});

export interface ScheduledHour {
  readonly stage: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly how: Activation;
}

/** How late a switch may begin: what takes longer, such as a night in which the machine slept, is missed. Milliseconds. */
export const latestMs = 3 * 60_000;

export function scheduleAtShutdown(system: System, stage: string): void {
  makeStore(system);
  writeRecord(scheduleFile(system), { version: 1, stage, hour: null });
}

export function scheduleAtHour(system: System, { stage, at, how }: ScheduledHour): void {
  makeStore(system);
  writeRecord(scheduleFile(system), { version: 1, stage, hour: { at, how, attempt: null } });
}

/** The stage that is scheduled for the shutdown, or `undefined`. A record that cannot be read schedules nothing. */
export function scheduledStage(system: System): string | undefined {
  const record = read(system);
  return record?.hour === null ? record.stage : undefined;
}

/** The moment that is still to come or has just come, and was not attempted. */
export function scheduledHour(system: System, now: Date): ScheduledHour | undefined {
  const record = read(system);
  if (!record?.hour || record.hour.attempt || isPast(system, record.hour.at, now)) return undefined;
  const { stage, hour } = record;
  return { stage, at: hour.at, how: hour.how };
}

/** From now on it counts as attempted, whatever comes. `problem`: why it came to nothing, once that is known. */
export function noteAttemptAtHour(system: System, hour: ScheduledHour, problem: Problem | null): void {
  const { stage, at, how } = hour;
  writeRecord(scheduleFile(system), { version: 1, stage, hour: { at, how, attempt: { problem } } });
}

/** The moment that was attempted last, if nothing was scheduled since. */
export function attemptedHour(system: System): ScheduledHour | undefined {
  const record = read(system);
  if (!record?.hour?.attempt) return undefined;
  return { stage: record.stage, at: record.hour.at, how: record.hour.how };
}

/** The stage that anything was scheduled or missed for. */
export function scheduledAtAll(system: System): string | undefined {
  return read(system)?.stage;
}

export type ScheduleFacts = Pick<NonNullable<Status['staged']>, 'scheduled' | 'scheduledAt' | 'missed'>;

/** What is scheduled for this stage, and what was missed. */
export function scheduleFacts(system: System, stage: string, now: Date): ScheduleFacts {
  const record = read(system);
  if (record?.stage !== stage) return { scheduled: false, scheduledAt: null, missed: null };
  const { hour } = record;
  if (hour === null) return { scheduled: true, scheduledAt: null, missed: null };
  if (!hour.attempt && !isPast(system, hour.at, now))
    return { scheduled: true, scheduledAt: hour.at, missed: null };
  return {
    scheduled: false,
    scheduledAt: null,
    missed: { at: hour.at, problem: hour.attempt?.problem ?? null },
  };
}

export function forgetSchedule(system: System): void {
  const file = bytes(scheduleFile(system));
  if (!existsSync(file)) return;
  rmSync(file, { force: true });
  syncDirectory(system.store);
}

/** A machine that was off at the moment and was started just after it missed it as well. */
function isPast({ isRunning }: System, at: string, now: Date): boolean {
  const moment = Date.parse(at);
  if (now.getTime() > moment + latestMs) return true;
  return isRunning && now.getTime() >= moment && Date.now() - uptime() * 1000 > moment;
}

function read(system: System): z.infer<typeof scheduleSchema> | undefined {
  const record = readRecord(scheduleFile(system), scheduleSchema);
  return 'found' in record ? record.found : undefined;
}

function scheduleFile(system: System): RawPath {
  return join(system.store, 'schedule.json');
}
