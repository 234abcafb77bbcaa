/** The system that a helper works on: the running one, or a practice system that has to be made first. */
import type { Problem } from '../../../shared/errors.js';
import type { Reporter } from '../../engine/report.js';
import type { System } from '../../engine/system.js';

export interface Surroundings {
  readonly report: Reporter;
  readonly signal: AbortSignal;
}

export interface Subject {
  readonly practice: boolean;
  /** Whether this process may alter it. */
  readonly privileged: boolean;
  /** Why there is none (yet); `undefined` once it can be opened. */
  problem(): Problem | undefined;
  /** Throws a fault. */
  open(surroundings: Surroundings): System;
  /** Makes it when it has to be made, or anew; a real system is simply there. */
  prepare(surroundings: Surroundings, anew: boolean): Promise<void>;
}
