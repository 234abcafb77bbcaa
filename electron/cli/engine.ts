/**
 * What the command line needs of the engine, and the only place where it reaches the engine's verbs. They are loaded
 * when the first of them is called, so that `help` and usage errors answer at once.
 */
import type { BackedUp, BackupList, BackupVerified, IdentityRestored } from '../../shared/backup.js';
import type { Changelog } from '../../shared/changelog.js';
import type { CheckReport, CheckResult } from '../../shared/check.js';
import type { Review } from '../../shared/changeset.js';
import type { Decision } from '../../shared/decision.js';
import type { Destroyed, Environments, Mounted, Renamed, Unmounted } from '../../shared/environments.js';
import type { Outcome } from '../../shared/errors.js';
import type {
  Activated,
  Examined,
  History,
  Pruned,
  Recovered,
  RolledBack,
  Staged,
  Unscheduled,
} from '../../shared/history.js';
import type {
  LivepatchBoot,
  LivepatchDone,
  LivepatchHeld,
  LivepatchList,
  LivepatchStatus,
} from '../../shared/livepatch.js';
import type { Machine } from '../../shared/machine.js';
import type { Merged } from '../../shared/merge.js';
import type { ModulesCleaned, ModulesKept, ModuleTrees } from '../../shared/modules.js';
import type { Activation, Plan, Scope } from '../../shared/plan.js';
import type { PracticeResult } from '../../shared/practice.js';
import type { SettingsChange, SystemSettings } from '../../shared/settings.js';
import type { Status } from '../../shared/status.js';
import type { AddOptions } from '../engine/livepatch.js';
import type { MergeOptions } from '../engine/merge.js';
import type { PracticeOptions } from '../engine/practice.js';
import type { System } from '../engine/system.js';
import type { Place } from '../services/connection/places.js';

export interface EngineVerbs {
  inspect(system: System): Promise<Outcome<Machine>>;
  check(
    system: System,
    options: {
      readonly moment: 'before-stage' | 'before-activation';
      readonly plan?: string;
      readonly onResult?: (result: CheckResult) => void;
    },
  ): Promise<Outcome<CheckReport>>;
  plan(
    system: System,
    options: { readonly scope: Scope; readonly selected: readonly string[] },
  ): Promise<Outcome<Plan>>;
  stage(
    system: System,
    options: {
      readonly plan?: string;
      readonly scope?: Scope;
      readonly selected?: readonly string[];
      /** At the lowest priority, and remembered as an automatic attempt. */
      readonly background?: boolean;
    },
  ): Promise<Outcome<Staged>>;
  review(system: System, options: { readonly stage?: string }): Promise<Outcome<Review>>;
  decide(
    system: System,
    options: { readonly stage: string; readonly decisions: readonly Decision[] },
  ): Promise<Outcome<Review>>;
  changelog(
    system: System,
    options: { readonly name: string; readonly version?: string },
  ): Promise<Outcome<Changelog>>;
  activate(
    system: System,
    options: {
      readonly stage?: string;
      readonly how?: Activation;
      /** Not now but at this moment (ISO 8601, UTC). */
      readonly at?: string;
      readonly scheduled?: boolean;
    },
  ): Promise<Outcome<Activated>>;
  unschedule(system: System): Promise<Outcome<Unscheduled>>;
  rollback(
    system: System,
    options: { readonly restorePoint?: string; readonly dryRun: boolean },
  ): Promise<Outcome<RolledBack>>;
  history(system: System): Promise<Outcome<History>>;
  recover(system: System): Promise<Outcome<Recovered>>;
  health(system: System): Promise<Outcome<Examined>>;
  prune(
    system: System,
    options: { readonly keep?: number; readonly maxBytes?: number; readonly dryRun: boolean },
  ): Promise<Outcome<Pruned>>;
  environments(system: System): Promise<Outcome<Environments>>;
  renameEnvironment(
    system: System,
    options: { readonly id: string; readonly title: string },
  ): Promise<Outcome<Renamed>>;
  mountEnvironment(
    system: System,
    options: { readonly id: string; readonly folder: string },
  ): Promise<Outcome<Mounted>>;
  unmountEnvironment(system: System, options: { readonly folder: string }): Promise<Outcome<Unmounted>>;
  destroyEnvironment(
    system: System,
    options: { readonly id: string; readonly dryRun: boolean },
  ): Promise<Outcome<Destroyed>>;
  moduleTrees(system: System): Promise<Outcome<ModuleTrees>>;
  keepModules(system: System): Promise<Outcome<ModulesKept>>;
  restoreModules(system: System): Promise<Outcome<ModulesKept>>;
  cleanModules(system: System, options: { readonly dryRun: boolean }): Promise<Outcome<ModulesCleaned>>;
  livepatchStatus(system: System): Promise<Outcome<LivepatchStatus>>;
  livepatches(system: System): Promise<Outcome<LivepatchList>>;
  addLivepatch(system: System, options: AddOptions): Promise<Outcome<LivepatchDone>>;
  loadLivepatch(
    system: System,
    options: { readonly name: string; readonly again: boolean },
  ): Promise<Outcome<LivepatchDone>>;
  unloadLivepatch(system: System, options: { readonly name: string }): Promise<Outcome<LivepatchDone>>;
  backups(system: System): Promise<Outcome<BackupList>>;
  backUpIdentity(system: System): Promise<Outcome<BackedUp>>;
  verifyBackup(system: System, which: { readonly id?: string }): Promise<Outcome<BackupVerified>>;
  restoreIdentity(
    system: System,
    options: { readonly id?: string; readonly dryRun: boolean },
  ): Promise<Outcome<IdentityRestored>>;
  undoLivepatch(system: System, options: { readonly transaction?: string }): Promise<Outcome<LivepatchDone>>;
  removeLivepatch(
    system: System,
    options: { readonly name: string; readonly release?: string },
  ): Promise<Outcome<LivepatchDone>>;
  bootLivepatches(system: System): Promise<Outcome<LivepatchBoot>>;
  livepatchesHeld(system: System, options: { readonly now: boolean }): Promise<Outcome<LivepatchHeld>>;
  status(system: System): Promise<Outcome<Status>>;
  settings(system: System): Promise<Outcome<SystemSettings>>;
  change(system: System, change: SettingsChange): Promise<Outcome<SystemSettings>>;
  practice(options: PracticeOptions): Promise<Outcome<PracticeResult>>;
  merge(options: MergeOptions): Promise<Outcome<Merged>>;
  /** Who carries the verbs out. */
  place(): Promise<Place['kind'] | 'in-process'>;
}

export const engine: EngineVerbs = {
  inspect: async (system) => (await import('../engine/inspect.js')).inspect(system),
  check: async (system, options) => (await import('../engine/check.js')).check(system, options),
  plan: async (system, options) => (await import('../engine/plan.js')).plan(system, options),
  stage: async (system, options) => (await import('../engine/stage.js')).stage(system, options),
  review: async (system, options) => (await import('../engine/review.js')).review(system, options),
  decide: async (system, options) => (await import('../engine/decide.js')).decide(system, options),
  changelog: async (system, options) => (await import('../engine/changelog.js')).changelog(system, options),
  activate: async (system, options) => (await import('../engine/activate.js')).activate(system, options),
  unschedule: async (system) => (await import('../engine/unschedule.js')).unschedule(system),
  rollback: async (system, options) => (await import('../engine/rollback.js')).rollback(system, options),
  history: async (system) => (await import('../engine/history.js')).history(system),
  recover: async (system) => (await import('../engine/recover.js')).recover(system),
  health: async (system) => (await import('../engine/health.js')).health(system),
  prune: async (system, options) => (await import('../engine/prune.js')).prune(system, options),
  environments: async (system) => (await import('../engine/list-environments.js')).listEnvironments(system),
  renameEnvironment: async (system, options) =>
    (await import('../engine/rename-environment.js')).renameEnvironment(system, options),
  mountEnvironment: async (system, options) =>
    (await import('../engine/mount-environment.js')).mountEnvironment(system, options),
  unmountEnvironment: async (system, options) =>
    (await import('../engine/mount-environment.js')).unmountEnvironment(system, options),
  destroyEnvironment: async (system, options) =>
    (await import('../engine/destroy-environment.js')).destroyEnvironment(system, options),
  moduleTrees: async (system) => (await import('../engine/modules.js')).moduleTrees(system),
  keepModules: async (system) => (await import('../engine/modules.js')).keepModules(system),
  restoreModules: async (system) => (await import('../engine/modules.js')).restoreModules(system),
  cleanModules: async (system, options) =>
    (await import('../engine/modules.js')).cleanModules(system, options),
  livepatchStatus: async (system) => (await import('../engine/livepatch.js')).livepatchStatus(system),
  livepatches: async (system) => (await import('../engine/livepatch.js')).livepatches(system),
  addLivepatch: async (system, options) =>
    (await import('../engine/livepatch.js')).addLivepatch(system, options),
  loadLivepatch: async (system, options) =>
    (await import('../engine/livepatch.js')).loadLivepatch(system, options),
  unloadLivepatch: async (system, options) =>
    (await import('../engine/livepatch.js')).unloadLivepatch(system, options),
  backups: async (system) => (await import('../engine/identity-backup.js')).backups(system),
  backUpIdentity: async (system) => (await import('../engine/identity-backup.js')).backUpIdentity(system),
  verifyBackup: async (system, which) =>
    (await import('../engine/identity-backup.js')).verifyBackup(system, which),
  restoreIdentity: async (system, options) =>
    (await import('../engine/identity-backup.js')).restoreIdentity(system, options),
  undoLivepatch: async (system, options) =>
    (await import('../engine/livepatch.js')).undoLivepatch(system, options),
  removeLivepatch: async (system, options) =>
    (await import('../engine/livepatch.js')).removeLivepatch(system, options),
  bootLivepatches: async (system) => (await import('../engine/livepatch.js')).bootLivepatches(system),
  livepatchesHeld: async (system, options) =>
    (await import('../engine/livepatch.js')).livepatchesHeld(system, options),
  status: async (system) => (await import('./status-in-process.js')).statusInProcess(system),
  settings: async (system) => (await import('../engine/settings.js')).settings(system),
  change: async (system, change) => (await import('../engine/settings.js')).changeSettings(system, change),
  practice: async (options) => (await import('../engine/practice.js')).practice(options),
  merge: async (options) => (await import('../engine/merge.js')).merge(options),
  place: () => Promise.resolve('in-process'),
};
