/** The scopes of the contract, as one chooses them. A list of its own, so that no schema gets into the bundle. */
import type { Scope } from '../../../shared/plan.js';

export type { Scope };

export const scopes = Object.keys({
  all: true,
  security: true,
  kernel: true,
  selected: true,
} satisfies Record<Scope, true>) as readonly Scope[];
