/** The command line with an engine that only answers, and streams that only remember. For rendering and prompts. */
import { Readable } from 'node:stream';
import { main, type Surroundings } from '../../../electron/cli/main.js';
import type { EngineVerbs } from '../../../electron/cli/engine.js';
import type { WritableText } from '../../../electron/cli/output/text-stream.js';
import { problem, type ErrorCode, type Outcome } from '../../../shared/errors.js';
import type { LivepatchDone } from '../../../shared/livepatch.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import { idle } from '../services/status.js';
import * as backup from './backup-values.js';
import * as values from './values.js';

export const good = <T>(value: T): Promise<Outcome<T>> => Promise.resolve({ ok: true, value });
export const bad = (code: ErrorCode, ...details: string[]): Promise<Outcome<never>> =>
  Promise.resolve({ ok: false, problem: problem(code, ...details) });

const livepatchDone = (action: LivepatchDone['action'], name = 'fix_net'): LivepatchDone => ({
  ...{ action, release: '6.1.0-43-amd64', name },
  ...{ already: false, replaced: [] },
});

/** An engine for which all goes well and nothing is to be recovered; `calls` notes each call with its options. */
export function doubleEngine(other: Partial<EngineVerbs> = {}, calls: unknown[][] = []): EngineVerbs {
  const noted: EngineVerbs = {
    inspect: () => good(values.machine),
    check: () => good(values.report),
    plan: () => good(values.plan),
    stage: () => good(values.staged),
    review: () => good(values.review),
    decide: () => good(values.review),
    changelog: () => good(values.changelog),
    activate: () => good(values.activated),
    unschedule: () => good({ stage: values.activated.stage }),
    rollback: (_system, { dryRun }) => good({ ...values.rolledBack, dryRun }),
    history: () => good(values.history),
    recover: () => good({ transactions: [], cleaned: [] }),
    health: () => good(values.examined),
    prune: () => good(values.pruned),
    practice: () => good(values.practised),
    merge: () => good(values.merged),
    environments: () => good(values.environments),
    renameEnvironment: (_system, options) => good(options),
    mountEnvironment: (_system, options) => good(options),
    unmountEnvironment: (_system, options) => good(options),
    destroyEnvironment: (_system, options) => good({ ...values.destroyed, ...options }),
    moduleTrees: () => good(values.moduleTrees),
    keepModules: () => good({ action: 'keep', ...values.moduleTrees }),
    restoreModules: () => good({ action: 'restore', ...values.moduleTrees }),
    cleanModules: (_system, options) => good({ ...values.modulesCleaned, ...options }),
    livepatchStatus: () => good(values.livepatchStatus),
    livepatches: () => good(values.livepatches),
    backups: () => good(backup.backups),
    backUpIdentity: () => good(backup.backedUp),
    verifyBackup: () => good(backup.backupVerified),
    restoreIdentity: (_system, { dryRun }) => good({ ...backup.identityRestored, dryRun }),
    addLivepatch: () => good(livepatchDone('add')),
    loadLivepatch: (_system, { name }) => good(livepatchDone('load', name)),
    undoLivepatch: () => good(livepatchDone('undo', 'fix_net')),
    unloadLivepatch: (_system, { name }) => good(livepatchDone('unload', name)),
    removeLivepatch: (_system, { name }) => good(livepatchDone('remove', name)),
    bootLivepatches: () =>
      good({
        ...{ action: 'boot', running: '6.1.0-43-amd64', off: null },
        ...{ loaded: ['fix_net'], heldBack: [], left: [], failed: [] },
      }),
    livepatchesHeld: () => good({ action: 'held', held: ['fix_net'], onTrial: [] }),
    status: () => good(idle),
    settings: () => good(defaultSystemSettings),
    change: () => good(defaultSystemSettings),
    place: () => Promise.resolve('in-process'),
    ...other,
  };
  const watched = (name: keyof EngineVerbs) => ({
    [name]: (...given: unknown[]) => {
      calls.push([name, name === 'practice' || name === 'merge' ? undefined : given[1]]);
      return (noted[name] as (...rest: unknown[]) => unknown)(...given);
    },
  });
  return Object.assign(
    {},
    ...Object.keys(noted).map((name) => watched(name as keyof EngineVerbs)),
  ) as EngineVerbs;
}

export class MemoryStream implements WritableText {
  text = '';
  constructor(
    readonly isTTY = false,
    readonly columns = 80,
  ) {}
  write(text: string, done?: (error?: Error | null) => void): boolean {
    this.text += text;
    done?.();
    return true;
  }
  on(): this {
    return this;
  }
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: unknown[][];
}

export interface RunOptions extends Partial<Pick<Surroundings, 'isRoot' | 'environment'>> {
  readonly engine?: Partial<EngineVerbs>;
  /** What is typed; without it, no one is there. */
  readonly typed?: string;
}

export async function understudy(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const terminal = options.typed !== undefined;
  const [stdout, stderr] = [new MemoryStream(terminal), new MemoryStream(terminal)];
  const calls: unknown[][] = [];
  const stdin = Object.assign(Readable.from(options.typed === undefined ? [] : [options.typed]), {
    isTTY: terminal,
  });
  const exitCode = await main({
    argv,
    stdin,
    stdout,
    stderr,
    environment: options.environment ?? { LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' },
    engine: doubleEngine(options.engine, calls),
    isRoot: options.isRoot ?? true,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text, calls };
}
