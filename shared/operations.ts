/**
 * Every operation of the helper, once: the verb, who may ask for it, its parameters and its result. Client, helper, IPC,
 * browser transport and test double derive from this list, so that a forgotten verb is a type error. Parameters are ids,
 * enumerations, numbers and settings; never a command, an environment variable or a path.
 */
import { z } from 'zod';
import { changelogSchema, versionSchema } from './changelog.js';
import { checkReportSchema } from './check.js';
import { reviewSchema } from './changeset.js';
import { decisionSchema } from './decision.js';
import {
  activatedSchema,
  historySchema,
  prunedSchema,
  recoveredSchema,
  rolledBackSchema,
  stagedSchema,
  unscheduledSchema,
} from './history.js';
import { livepatchStatusSchema } from './livepatch.js';
import { machineSchema } from './machine.js';
import { moduleTreesSchema } from './modules.js';
import { activations, idSchema, planSchema, scopes } from './plan.js';
import { runLogSchema } from './run.js';
import { settingsChangeSchema, settingsSchema } from './settings.js';
import { statusSchema } from './status.js';

/** What polkit is asked about, as `org.understudy.<action>`. */
export const actions = ['inspect', 'stage', 'activate', 'rollback', 'settings'] as const;
export type Action = (typeof actions)[number];

/** `query`: reads, any number at once. `run`: alters, one at a time. `control`: acts on a run. */
export type OperationKind = 'query' | 'run' | 'control';

interface Operation<K extends OperationKind, P extends z.ZodType, R extends z.ZodType> {
  readonly kind: K;
  readonly action: Action;
  readonly params: P;
  readonly result: R;
}

function operation<K extends OperationKind, P extends z.ZodRawShape, R extends z.ZodType>(
  kind: K,
  action: Action,
  params: P,
  result: R,
): Operation<K, z.ZodObject<P, z.core.$strict>, R> {
  return { kind, action, params: z.strictObject(params), result };
}

/** A package name as the package managers allow it: no option, no path, no pattern. */
export const packageNameSchema = z
  .string()
  .max(200)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9+._-]*(:[a-z0-9-]+)?$/);

const selected = z.array(packageNameSchema).max(10_000);
const done = z.strictObject({});

export const operations = {
  status: operation('query', 'inspect', {}, statusSchema),
  inspect: operation('query', 'inspect', {}, machineSchema),
  /** Live patches of the kernel, also those that other programs brought. */
  livepatch: operation('query', 'inspect', {}, livepatchStatusSchema),
  /** The modules of each kernel, and whether what runs finds its own. */
  modules: operation('query', 'inspect', {}, moduleTreesSchema),
  check: operation(
    'query',
    'inspect',
    { moment: z.enum(['before-stage', 'before-activation']), plan: idSchema.optional() },
    checkReportSchema,
  ),
  history: operation('query', 'inspect', {}, historySchema),
  review: operation('query', 'inspect', { stage: idSchema.optional() }, reviewSchema),
  /** What is new in a version of a package, seen from the installed one. May ask the archive. */
  changelog: operation(
    'query',
    'inspect',
    { name: packageNameSchema, version: versionSchema },
    changelogSchema,
  ),
  /** A plan that was made before. */
  planned: operation('query', 'inspect', { plan: idSchema.optional() }, planSchema),
  /** The log of the newest run. */
  log: operation('query', 'inspect', {}, runLogSchema),
  /** What a rollback would lose and keep. */
  preview: operation('query', 'inspect', { restorePoint: idSchema.optional() }, rolledBackSchema),
  settings: operation('query', 'inspect', {}, settingsSchema),

  plan: operation('run', 'stage', { scope: z.enum(scopes), selected: selected.default([]) }, planSchema),
  stage: operation(
    'run',
    'stage',
    {
      plan: idSchema.optional(),
      scope: z.enum(scopes).optional(),
      selected: selected.optional(),
      /** At the lowest priority for processor and disk; counts as an automatic attempt. */
      background: z.boolean().default(false),
      /** Boot it in a virtual machine, or not; the settings decide where it is not said. */
      boot: z.boolean().optional(),
    },
    stagedSchema,
  ),
  decide: operation(
    'run',
    'stage',
    { stage: idSchema, decisions: z.array(decisionSchema).min(1).max(10_000) },
    reviewSchema,
  ),
  activate: operation(
    'run',
    'activate',
    {
      stage: idSchema.optional(),
      how: z.enum(activations).optional(),
      /** Not now but at this moment, in UTC, within the next seven days. */
      at: z.iso.datetime().optional(),
    },
    activatedSchema,
  ),
  /** Takes a scheduled switch back; the staged environment stays. */
  unschedule: operation('run', 'activate', {}, unscheduledSchema),
  rollback: operation('run', 'rollback', { restorePoint: idSchema.optional() }, rolledBackSchema),
  prune: operation(
    'run',
    'rollback',
    {
      keep: z.int().min(1).max(1000).optional(),
      maxBytes: z.int().min(0).optional(),
      dryRun: z.boolean().default(false),
    },
    prunedSchema,
  ),
  recover: operation('run', 'rollback', {}, recoveredSchema),
  change: operation('run', 'settings', { settings: settingsChangeSchema }, settingsSchema),
  /** Makes the practice system anew; only where the helper has one. */
  renew: operation('run', 'stage', {}, done),

  /** Stops a run cleanly; who may begin it may stop it. */
  cancel: operation('control', 'inspect', { run: idSchema }, done),
} as const;

export type Verb = keyof typeof operations;
export const verbs = Object.keys(operations) as [Verb, ...Verb[]];

/** What a caller may leave out is optional. */
export type Params<V extends Verb> = z.input<(typeof operations)[V]['params']>;
/** After the schema: defaults are there. */
export type Given<V extends Verb> = z.output<(typeof operations)[V]['params']>;
export type Result<V extends Verb> = z.output<(typeof operations)[V]['result']>;
