/**
 * The state machine of an update: the heart of every front end, which only renders it.
 *
 *     idle ──plan──▶ planned ──stage──▶ staging ──▶ staged ──activate──▶ switching ──▶ done
 *      ▲                │                  │           │  ▲                  │           │
 *      │                │              failed ◀────────┘  └─decide─ needs-decision       │
 *      │                ▼                  │                                 │           │
 *      ├───────────── blocked              │        interrupted ◀────────────┘           │
 *      │                                   │            │ recover                        │
 *      └───────────────────────────────────┴────── recovered          rolling-back ◀─────┘
 *
 * `interrupted` is what a power cut leaves; `recover` leads to `recovered`, never anywhere else. From `done` one can
 * plan again or roll back; `rolling-back` ends in `idle`, or in `interrupted` when it is cut.
 */
import type { CheckResult } from './check.js';
import type { Conflict } from './changeset.js';
import type { Problem } from './errors.js';
import type { ProgressEvent } from './progress.js';
import type { Activation } from './plan.js';

export type UpdateState =
  | { readonly state: 'idle'; readonly pending: number | null }
  | { readonly state: 'planned'; readonly plan: string }
  | { readonly state: 'blocked'; readonly plan: string | null; readonly checks: readonly CheckResult[] }
  | { readonly state: 'staging'; readonly plan: string; readonly progress: ProgressEvent | null }
  | { readonly state: 'staged'; readonly stage: string; readonly plan: string; readonly how: Activation }
  | { readonly state: 'needs-decision'; readonly stage: string; readonly conflicts: readonly Conflict[] }
  | { readonly state: 'switching'; readonly stage: string; readonly progress: ProgressEvent | null }
  | { readonly state: 'rolling-back'; readonly restorePoint: string; readonly progress: ProgressEvent | null }
  | { readonly state: 'done'; readonly stage: string; readonly restorePoint: string }
  | { readonly state: 'failed'; readonly problem: Problem }
  | { readonly state: 'interrupted'; readonly transaction: string }
  | {
      readonly state: 'recovered';
      readonly transaction: string;
      readonly outcome: 'rolled-back' | 'rolled-forward';
    };

type Name = UpdateState['state'];

/** Which states may follow which. */
export const transitions: Readonly<Record<Name, readonly Name[]>> = {
  idle: ['planned', 'blocked', 'failed', 'rolling-back', 'interrupted'],
  planned: ['staging', 'blocked', 'idle', 'failed', 'rolling-back'],
  blocked: ['planned', 'idle', 'blocked'],
  staging: ['staged', 'needs-decision', 'failed', 'idle', 'interrupted'],
  staged: ['switching', 'blocked', 'needs-decision', 'planned', 'idle', 'failed'],
  'needs-decision': ['staged', 'planned', 'idle'],
  switching: ['done', 'failed', 'interrupted'],
  'rolling-back': ['idle', 'failed', 'interrupted'],
  done: ['idle', 'planned', 'rolling-back', 'blocked'],
  failed: ['idle', 'planned', 'staged', 'done', 'blocked'],
  interrupted: ['recovered'],
  recovered: ['idle', 'planned', 'staged', 'done', 'rolling-back'],
};

export function mayFollow(from: Name, to: Name): boolean {
  return transitions[from].includes(to);
}
