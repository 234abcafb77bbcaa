/**
 * The state machine of an update: the heart of every front end, which only renders it.
 *
 *     unknown ──connect──▶ preparing (practice only) ──▶ idle
 *
 *     idle ──▶ planning ──▶ planned ──▶ staging ──▶ staged ──▶ switching ──▶ done
 *      ▲          │            │           │         │   ▲          │          │
 *      │          └──▶ blocked / failed ◀──┴─────────┤   └─decide─ needs-decision
 *      │                       │                     │              │          │
 *      │◀──────────────────────┘              interrupted ◀─────────┘          │
 *      │                                             │ recovering              │
 *      └──── rolled-back ◀── rolling-back ◀──────────┼─────────────────────────┘
 *      └──── recovered  ◀────────────────────────────┘
 *
 * It is derived from the helper's status alone (`services/update-state.ts`), so that what is shown equals what the journal
 * says. `interrupted` is what a power cut leaves; `recover` leads to `recovered`, never anywhere else. From `done` one can plan
 * again or roll back; `rolling-back` ends in `rolled-back`, or in `interrupted` when it is cut.
 *
 * `staged` has three faces: waiting, scheduled (for the next shutdown, or for a moment), and missed: the moment passed and the
 * switch did not happen. A missed switch is offered again, and never made up for by itself.
 */
import { z } from 'zod';
import { receivedProblemSchema } from './errors.js';
import { transactionKinds } from './history.js';
import { activations, idSchema } from './plan.js';
import { progressEventSchema } from './progress.js';
import { runKinds } from './run.js';
import { missedSchema } from './status.js';

const progress = progressEventSchema.nullable();
const state = <N extends string, S extends z.ZodRawShape>(name: N, shape: S) =>
  z.strictObject({ state: z.literal(name), ...shape });

export const updateStateSchema = z.discriminatedUnion('state', [
  /** Nothing answers yet, or nothing that may look. */
  state('unknown', {}),
  /** The practice system is being made. */
  state('preparing', { run: idSchema, progress }),
  /** `pending`: updates that wait, or null when they were never counted. */
  state('idle', { pending: z.number().nullable(), security: z.number() }),
  state('planning', { run: idSchema, progress }),
  state('planned', { plan: idSchema, changes: z.number() }),
  state('blocked', { plan: idSchema.nullable(), problem: receivedProblemSchema }),
  state('staging', { plan: idSchema.nullable(), run: idSchema, progress, cancelling: z.boolean() }),
  state('staged', {
    stage: idSchema,
    plan: idSchema,
    how: z.enum(activations),
    interruptionSeconds: z.number(),
    /** It will be switched to at the next shutdown, or at the moment `scheduledAt`. */
    scheduled: z.boolean(),
    scheduledAt: z.string().nullable(),
    /** It was to be switched to at a moment that passed without it, and the user has not seen that yet. */
    missed: missedSchema.nullable(),
  }),
  state('needs-decision', { stage: idSchema, undecided: z.number() }),
  state('switching', { stage: idSchema.nullable(), run: idSchema, progress }),
  state('done', { stage: idSchema, restorePoint: idSchema }),
  state('rolling-back', { restorePoint: idSchema.nullable(), run: idSchema, progress }),
  state('rolled-back', { restorePoint: idSchema }),
  /** Something went wrong; nothing was changed. */
  state('failed', { during: z.enum(runKinds), problem: receivedProblemSchema }),
  /** An open transaction that nobody works on. */
  state('interrupted', { transaction: idSchema, kind: z.enum(transactionKinds) }),
  state('recovering', { run: idSchema, progress }),
  state('recovered', {
    transaction: idSchema,
    kind: z.enum(transactionKinds),
    outcome: z.enum(['rolled-back', 'rolled-forward']),
  }),
  /** The records are damaged or of a newer version: nothing is guessed. */
  state('damaged', { problem: receivedProblemSchema }),
]);
export type UpdateState = z.infer<typeof updateStateSchema>;
export type UpdateStateName = UpdateState['state'];

/** Something is going on: it ends before anything else begins. */
export const runningStates = [
  'preparing',
  'planning',
  'staging',
  'switching',
  'rolling-back',
  'recovering',
] as const satisfies readonly UpdateStateName[];

/** Nothing is going on; where it stands follows from the records and from what the user has seen. */
export const restingStates = [
  'idle',
  'planned',
  'blocked',
  'staged',
  'needs-decision',
  'done',
  'rolled-back',
  'failed',
  'interrupted',
  'recovered',
  'damaged',
] as const satisfies readonly UpdateStateName[];

const restingBut = (...without: readonly UpdateStateName[]): readonly UpdateStateName[] => [
  ...restingStates.filter((name) => !without.includes(name)),
  'unknown',
];
const all = ['unknown', ...runningStates, ...restingStates] as const;

/**
 * Which states may follow which while one helper lives; a new helper may begin anywhere. From rest anything may begin, and rest may
 * become another rest: the user has seen something, or root altered the records from a terminal. A run ends in rest, never
 * in another run; and what it has left behind, such as the success of an earlier switch, does not come back after it.
 */
export const transitions: Readonly<Record<UpdateStateName, readonly UpdateStateName[]>> = {
  unknown: all,
  preparing: restingBut(),
  planning: restingBut('done', 'rolled-back'),
  staging: restingBut('done', 'rolled-back'),
  switching: restingBut('rolled-back'),
  'rolling-back': restingBut('done'),
  recovering: restingBut(),
  idle: all,
  planned: all,
  blocked: all,
  staged: all,
  'needs-decision': all,
  done: all,
  'rolled-back': all,
  failed: all,
  interrupted: all,
  recovered: all,
  damaged: all,
};

export function mayFollow(from: UpdateStateName, to: UpdateStateName): boolean {
  return from === to || transitions[from].includes(to);
}
