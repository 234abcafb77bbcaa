/** The next step after a problem, by its code alone. What cannot be helped from here offers nothing; its hint says whom to ask. */
import type { RunKind } from '../../../shared/run.js';

export const remedies = [
  'again',
  'replan',
  'restage',
  'choose',
  'check',
  'review',
  'free-space',
  'at-shutdown',
  'connect',
  'recover',
] as const;
export type Remedy = (typeof remedies)[number];

const byCode: Partial<Record<string, readonly Remedy[]>> = {
  PLAN_UNKNOWN: ['replan'],
  PLAN_STALE: ['replan'],
  STAGE_UNKNOWN: ['restage'],
  STAGE_STALE: ['restage'],
  STAGE_DAMAGED: ['restage'],
  CHANGED_MEANWHILE: ['restage'],
  STAGE_UNVERIFIED: ['review', 'choose'],
  PACKAGE_SCRIPT_FAILED: ['again', 'choose'],
  PACKAGE_SCRIPT_HUNG: ['again', 'choose'],
  PACKAGES_BROKEN: ['replan', 'choose'],
  PARTIAL_UPGRADE: ['choose'],
  SECURITY_UNKNOWN: ['choose'],
  NO_SPACE: ['free-space', 'again'],
  CHECK_BLOCKED: ['check'],
  EXCHANGE_IMPOSSIBLE: ['at-shutdown'],
  DOWNTIME_UNSUPPORTED: ['at-shutdown'],
  HOUR_OUT_OF_RANGE: [],
  HOUR_UNATTENDED: ['at-shutdown'],
  CONFLICT_UNKNOWN: ['review'],
  HELPER_UNREACHABLE: ['connect'],
  HELPER_LOST: ['connect'],
  HELPER_SILENT: ['connect'],
  ELEVATION_FAILED: ['connect'],
  NOT_ROOT: ['connect'],
  JOURNAL_DAMAGED: [],
  STATE_NEWER: [],
  NOT_AUTHORISED: [],
  HELPER_NOT_TRUSTED: [],
  HELPER_VERSION: [],
  UNSAFE_PLACE: [],
  UNSUPPORTED_SYSTEM: [],
  OVERLAY_UNSUPPORTED: [],
};

/** `during` is null for what was refused before it began. */
export function remediesFor(code: string, during: RunKind | null): readonly Remedy[] {
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  const found = known ?? ['again'];
  // What failed while looking for updates is looked for again; there is nothing yet to rehearse or to choose from.
  return during === 'plan' && found.includes('again') ? ['replan'] : found;
}
