/**
 * Progress of long work as versioned events. The command line's `--json`, the helper's socket and the renderer read
 * the same ones. Producers cap them at five a second; the first and last event of a phase are never dropped.
 */
import { z } from 'zod';

export const progressVersion = 1;

/** The phases of the verbs, in the order in which they can occur. */
export const phases = [
  'inspect',
  'check',
  'refresh',
  'resolve',
  'download',
  'clone',
  'rehearse',
  'verify',
  'compare',
  'prepare',
  'switch',
  'settle',
  'clean',
  'practice',
] as const;
export type Phase = (typeof phases)[number];

export const progressEventSchema = z.strictObject({
  version: z.literal(progressVersion),
  type: z.enum(['phase-started', 'progress', 'phase-ended', 'log']),
  phase: z.enum(phases),
  /** Milliseconds since the epoch. */
  time: z.number(),
  /** What is being done now, in words. */
  text: z.string().optional(),
  /** Work done and in total, in `unit`; the total is absent where it is not known. */
  done: z.number().optional(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'files', 'packages', 'steps', 'percent']).optional(),
});
export type ProgressEvent = z.infer<typeof progressEventSchema>;

/** Where engine code reports to. */
export type ProgressSink = (event: ProgressEvent) => void;
