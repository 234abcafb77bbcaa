/**
 * The app as its renderer sees it: the operations of the helper, passed through the app's services, and a few of the app's
 * own. Preload, IPC handlers, the browser's transport and the test double derive from `appOperations`; the renderer knows
 * `AppApi` alone and never which shell it runs in.
 */
import { z } from 'zod';
import { checkResultSchema } from './check.js';
import { receivedProblemSchema, type Outcome } from './errors.js';
import { arrivalNoteSchema } from './history.js';
import { heldBackSchema } from './livepatch.js';
import { idSchema } from './plan.js';
import { operations, type Params, type Result, type Verb } from './operations.js';
import { preferencesChangeSchema, preferencesSchema } from './preferences.js';
import { progressEventSchema } from './progress.js';
import { updateStateSchema } from './state.js';
import { statusSchema } from './status.js';

/** Why automatic staging does what it does; each has its sentence in the renderer and in `understudy status`. */
export const scheduleReasons = [
  'off',
  'paused',
  'outside-hours',
  'on-battery',
  'metered',
  'offline',
  'busy',
  'patience',
  'staged-already',
  'up-to-date',
  'no-right',
  'due',
] as const;

export const scheduleSchema = z.strictObject({
  reason: z.enum(scheduleReasons),
  /** When it is looked at next, where that is known. */
  next: z.string().nullable(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const connectionStates = ['connecting', 'connected', 'read-only', 'absent'] as const;

export const appStateSchema = z.strictObject({
  update: updateStateSchema,
  status: statusSchema.nullable(),
  /** `read-only`: a helper without the right to alter anything answers; `connect` asks for the right. */
  connection: z.strictObject({
    state: z.enum(connectionStates),
    problem: receivedProblemSchema.nullable(),
  }),
  schedule: scheduleSchema,
  practice: z.boolean(),
  /** The history's own copy was damaged or missing and was made anew from the journal. */
  historyRebuilt: z.boolean(),
  /** What the last start in another environment could not bring together, until it was seen. */
  arrival: arrivalNoteSchema.optional(),
  /** Live patches of the kernel that are not loaded again, since the machine went down with them, until they were seen. */
  heldBack: z.array(heldBackSchema).min(1).optional(),
  /** What the shell can do; the renderer asks this, never which shell it is. */
  can: z.strictObject({
    tray: z.boolean(),
    startAtLogin: z.boolean(),
    notify: z.boolean(),
    elevate: z.boolean(),
  }),
});
export type AppState = z.infer<typeof appStateSchema>;

const own = <P extends z.ZodRawShape, R extends z.ZodType>(params: P, result: R) => ({
  params: z.strictObject(params),
  result,
});

/** What the services answer themselves. */
export const ownOperations = {
  state: own({}, appStateSchema),
  /** Starts a helper that may alter the system, asking for the password where that is needed. */
  connect: own({}, appStateSchema),
  /** A failure, a recovery or a success was seen by the user. */
  acknowledge: own({}, appStateSchema),
  preferences: own({}, preferencesSchema),
  prefer: own({ change: preferencesChangeSchema }, preferencesSchema),
  /** Details for a bug report, without names of people or machines. */
  report: own({}, z.strictObject({ text: z.string() })),
} as const;

export const appOperations = { ...operations, ...ownOperations } as const;

type OwnName = keyof typeof ownOperations;
export type AppOperation = keyof typeof appOperations;
export const appOperationNames = Object.keys(appOperations) as [AppOperation, ...AppOperation[]];

export type AppParams<N extends AppOperation> = N extends Verb
  ? Params<N>
  : N extends OwnName
    ? z.input<(typeof ownOperations)[N]['params']>
    : never;
export type AppResult<N extends AppOperation> = N extends Verb
  ? Result<N>
  : N extends OwnName
    ? z.output<(typeof ownOperations)[N]['result']>
    : never;

export const appEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state'), state: appStateSchema }),
  z.strictObject({ kind: z.literal('progress'), run: idSchema, event: progressEventSchema }),
  /** A readiness check of the `check` that is going on has finished. */
  z.strictObject({ kind: z.literal('checked'), result: checkResultSchema }),
  /** The shell asks the renderer to show something: a click in the tray, on a notification. */
  z.strictObject({
    kind: z.literal('show'),
    page: z.enum(['home', 'wizard', 'history', 'kernel', 'settings', 'rollback']),
  }),
  z.strictObject({ kind: z.literal('preferences'), preferences: preferencesSchema }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;

/** The one object that a shell gives to the renderer, as `window.understudy`. */
export interface AppApi {
  call<N extends AppOperation>(name: N, params: AppParams<N>): Promise<Outcome<AppResult<N>>>;
  /** Answers how to stop listening. */
  listen(listener: (event: AppEvent) => void): () => void;
}

/** What a shell has to bring: everything else is derived. */
export interface AppTransport {
  invoke(name: AppOperation, params: unknown): Promise<unknown>;
  listen(listener: (event: unknown) => void): () => void;
}

export function apiOver(transport: AppTransport): AppApi {
  return {
    call: async (name, params) => (await transport.invoke(name, params)) as Outcome<AppResult<typeof name>>,
    listen: (listener) => transport.listen((event) => listener(event as AppEvent)),
  };
}

/** One handler an operation, so that a forgotten one is a type error. */
export type AppHandlers = {
  readonly [N in AppOperation]: (
    params: z.output<(typeof appOperations)[N]['params']>,
  ) => Promise<Outcome<AppResult<N>>>;
};
