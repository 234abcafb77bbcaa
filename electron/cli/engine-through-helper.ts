/**
 * The engine's verbs for someone who is not root: what only reads goes through a helper that runs, and else happens in this process;
 * what alters goes through a helper or not at all.
 */
import { problem, type Outcome, type Problem } from '../../shared/errors.js';
import type { Params, Result, Verb } from '../../shared/operations.js';
import type { Status } from '../../shared/status.js';
import { relayTo } from '../engine/practice/relay.js';
import type { System } from '../engine/system.js';
import { followRun, type RunVerb } from '../services/connection/follow-run.js';
import type { HelperClient } from '../services/connection/reach.js';
import type { EngineVerbs } from './engine.js';
import type { HelperAccess } from './helper-access.js';

export function engineThroughHelper(access: HelperAccess, inProcess: EngineVerbs): EngineVerbs {
  /** Reading: by the helper where there is one that can be trusted. */
  const read = async <T>(
    ask: (client: HelperClient) => Promise<Outcome<T>>,
    here: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const outcome = await access.reached();
    if (!outcome.ok) return isAskedFor(outcome.problem) ? outcome : here();
    return outcome.value ? ask(outcome.value.client) : here();
  };
  const query = <V extends Verb>(
    verb: V,
    params: Params<V>,
    here: () => Promise<Outcome<Result<V>>>,
  ): Promise<Outcome<Result<V>>> => read((client) => client.call(verb, params), here);

  /** Altering. */
  const run = async <V extends RunVerb>(
    system: System,
    verb: V,
    params: Params<V>,
  ): Promise<Outcome<Result<V>>> => {
    const outcome = await access.reached();
    if (!outcome.ok) return outcome;
    if (!outcome.value) return { ok: false, problem: notRoot };
    return followRun(outcome.value.client, verb, params, {
      signal: system.signal,
      onProgress: relayTo(system.report),
      uid: process.getuid?.() ?? 0,
    });
  };

  return {
    inspect: (system) => query('inspect', {}, () => inProcess.inspect(system)),
    check: (system, options) =>
      read(
        (client) => {
          const { onResult, ...params } = options;
          return client.call('check', params, onResult ? { onChecked: onResult } : {});
        },
        () => inProcess.check(system, options),
      ),
    review: (system, options) => query('review', options, () => inProcess.review(system, options)),
    changelog: (system, { name, version }) => {
      // Without a version it is looked up here, which needs no right.
      const here = () => inProcess.changelog(system, { name, ...(version === undefined ? {} : { version }) });
      return version === undefined ? here() : query('changelog', { name, version }, here);
    },
    livepatchStatus: (system) => query('livepatch', {}, () => inProcess.livepatchStatus(system)),
    moduleTrees: (system) => query('modules', {}, () => inProcess.moduleTrees(system)),
    history: (system) => query('history', {}, () => inProcess.history(system)),
    status: (system) => read(settledStatus, () => inProcess.status(system)),
    settings: (system) => query('settings', {}, () => inProcess.settings(system)),

    plan: (system, { scope, selected }) => run(system, 'plan', { scope, selected: [...selected] }),
    stage: (system, { selected, ...options }) =>
      run(system, 'stage', { ...options, ...(selected === undefined ? {} : { selected: [...selected] }) }),
    decide: (system, { stage, decisions }) => run(system, 'decide', { stage, decisions: [...decisions] }),
    activate: (system, { scheduled, ...options }) =>
      // That is for the unit at shutdown, which is root.
      scheduled
        ? Promise.resolve({ ok: false, problem: problem('NOT_ROOT') })
        : run(system, 'activate', options),
    unschedule: (system) => run(system, 'unschedule', {}),
    rollback: (system, { dryRun, ...which }) =>
      dryRun
        ? query('preview', which, () => inProcess.rollback(system, { ...which, dryRun }))
        : run(system, 'rollback', which),
    recover: (system) => run(system, 'recover', {}),
    // That is for the unit at a first start, which is root.
    health: () => Promise.resolve({ ok: false, problem: problem('NOT_ROOT') }),
    undoLivepatch: (system, options) => run(system, 'undo', options),
    prune: (system, options) => run(system, 'prune', options),
    // The helper has no operation for these: what is private to root is not seen, and what alters needs root.
    environments: (system) => inProcess.environments(system),
    renameEnvironment: (system, options) => inProcess.renameEnvironment(system, options),
    mountEnvironment: (system, options) => inProcess.mountEnvironment(system, options),
    unmountEnvironment: (system, options) => inProcess.unmountEnvironment(system, options),
    destroyEnvironment: (system, options) => inProcess.destroyEnvironment(system, options),
    keepModules: (system) => inProcess.keepModules(system),
    restoreModules: (system) => inProcess.restoreModules(system),
    cleanModules: (system, options) => inProcess.cleanModules(system, options),
    backups: (system) => inProcess.backups(system),
    backUpIdentity: (system) => inProcess.backUpIdentity(system),
    verifyBackup: (system, which) => inProcess.verifyBackup(system, which),
    restoreIdentity: (system, options) => inProcess.restoreIdentity(system, options),
    livepatches: (system) => inProcess.livepatches(system),
    addLivepatch: (system, options) => inProcess.addLivepatch(system, options),
    loadLivepatch: (system, options) => inProcess.loadLivepatch(system, options),
    unloadLivepatch: (system, options) => inProcess.unloadLivepatch(system, options),
    removeLivepatch: (system, options) => inProcess.removeLivepatch(system, options),
    bootLivepatches: (system) => inProcess.bootLivepatches(system),
    livepatchesHeld: (system, options) => inProcess.livepatchesHeld(system, options),
    change: (system, settings) => run(system, 'change', { settings }),
    practice: (options) => inProcess.practice(options),
    // It reads and makes what the user who types it may read and make.
    merge: (options) => inProcess.merge(options),
    async place() {
      const outcome = await access.reached();
      return outcome.ok && outcome.value ? outcome.value.place.kind : inProcess.place();
    },
  };
}

const notRoot: Problem = {
  ...problem('NOT_ROOT'),
  hint: 'Run the command with sudo, or with "--elevate": it asks for your password.',
};

/** With `--elevate` the user wants it done by root, not otherwise. */
function isAskedFor({ code }: Problem): boolean {
  return code === 'ELEVATION_FAILED' || code === 'NOT_AUTHORISED' || code === 'AUTHORISATION_DISMISSED';
}

/** A helper that has just begun looks first whether something was interrupted. */
function settledStatus(client: HelperClient): Promise<Outcome<Status>> {
  return new Promise((resolve) => {
    client.subscribe((event) => {
      if (event.kind === 'status' && event.status.run?.kind !== 'recover')
        resolve({ ok: true, value: event.status });
    });
    void client.closed.then((reason) => resolve({ ok: false, problem: reason }));
  });
}
