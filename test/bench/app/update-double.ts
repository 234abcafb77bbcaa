/**
 * A helper that carries out nothing and tells everything: each run begins, reports its phases and log as fast as they can be sent, and
 * ends in the records that a real one would leave. So that a whole update takes moments, and page, server and services are all
 * that is at work.
 */
import type { Outcome } from '../../../shared/errors.js';
import type { HistoryEntry } from '../../../shared/history.js';
import type { Phase } from '../../../shared/progress.js';
import type { RunKind } from '../../../shared/run.js';
import type { Status } from '../../../shared/status.js';
import { defaultSystemSettings } from '../../../shared/settings.js';
import { doubledApp, type DoubledApp } from '../../lab/app-double.js';
import { entryOf, fine, machine, packageCount, pad, planOf, previewOf, reviewOf } from './records.js';

const linesOfPhase = 100;

export class UpdateDouble {
  readonly #doubled: DoubledApp = doubledApp((verb) => this.#answer(verb), { practice: false });
  #number = 0;
  #runs = 0;
  #entries: readonly HistoryEntry[] = [];
  #status: Status = {
    helper: { version: '0', pid: 1, privileged: true, practice: false, started: new Date().toISOString() },
    run: null,
    last: null,
    recovered: [],
    interrupted: null,
    plan: null,
    staged: null,
    latest: null,
    restartPending: false,
    heldBack: [],
    restorePoint: null,
    restorePoints: { count: 0, ownBytes: 0 },
    pending: { updates: packageCount, security: 118, counted: new Date().toISOString() },
    automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
    problem: null,
    unseen: [],
  };

  constructor() {
    this.#doubled.tellStatus(this.#status);
  }

  get app(): DoubledApp['app'] {
    return this.#doubled.app;
  }

  /** As if an update had been rehearsed already. */
  beStaged(): void {
    this.#number += 1;
    this.#become(this.#stagedNow());
  }

  close(): void {
    this.#doubled.close();
  }

  #become(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...change };
    this.#doubled.tell({ kind: 'status', status: this.#status });
  }

  async #answer(verb: string): Promise<Outcome<unknown>> {
    const number = this.#number;
    switch (verb) {
      case 'inspect':
        return good(machine);
      case 'check':
        return good(fine);
      case 'planned':
        return good(planOf(number));
      case 'review':
        return good(reviewOf(number));
      case 'preview':
        return good(previewOf(number));
      case 'settings':
        return good(defaultSystemSettings);
      case 'history':
        return good({ entries: this.#entries, restorePoints: [], staged: [], unseen: [] });
      case 'log':
        return good({ run: `run-${pad(this.#runs)}`, lines: [], dropped: 0 });
      case 'plan':
        return this.#plan();
      case 'stage':
        return this.#stage();
      case 'activate':
        return this.#activate();
      case 'rollback':
        return this.#rollBack();
      default:
        throw new Error(`The double does not know ${verb}.`);
    }
  }

  async #plan(): Promise<Outcome<unknown>> {
    this.#number += 1;
    const plan = planOf(this.#number);
    await this.#run('plan', ['refresh', 'resolve']);
    const { id, created, changes, downloadBytes } = plan;
    this.#end('plan', { plan: { id, created, changes: changes.length, security: 118, downloadBytes } });
    return good(plan);
  }

  async #stage(): Promise<Outcome<unknown>> {
    await this.#run('stage', ['download', 'clone', 'rehearse', 'verify', 'compare']);
    this.#end('stage', this.#stagedNow());
    const { stage, plan } = reviewOf(this.#number);
    return good({ stage, plan: plan.id, seconds: 60, bytes: 8e8, entries: 10_000, ready: true });
  }

  async #activate(): Promise<Outcome<unknown>> {
    await this.#run('activate', ['prepare', 'switch', 'settle']);
    const entry = entryOf(this.#number, 'activate');
    const { restorePoint, stage, started } = entry;
    if (restorePoint === null) throw new Error('A switch leaves a restore point.');
    this.#keep(entry, {
      plan: null,
      staged: null,
      restorePoint: { id: restorePoint, created: started, title: 'Before the update' },
      restorePoints: { count: 1, ownBytes: 6e8 },
    });
    const lists = { carried: [], restart: [], remarks: [] };
    return good({
      stage,
      restorePoint,
      scheduled: false,
      how: 'live',
      seconds: 4,
      switchSeconds: 1,
      ...lists,
    });
  }

  async #rollBack(): Promise<Outcome<unknown>> {
    await this.#run('rollback', ['prepare', 'switch', 'settle']);
    const entry = entryOf(this.#number, 'rollback');
    this.#keep(entry, { restorePoint: null, restorePoints: { count: 0, ownBytes: 0 } });
    return good({ ...previewOf(this.#number), dryRun: false });
  }

  async #run(kind: RunKind, phases: readonly Phase[]): Promise<void> {
    this.#runs += 1;
    const run = `run-${pad(this.#runs)}`;
    const base = { started: new Date().toISOString(), uid: 0, cancelling: false, subject: null };
    this.#become({ run: { id: run, kind, ...base, progress: null, inhibiting: false } });
    const tell = (event: object): void =>
      this.#doubled.tell({
        kind: 'progress',
        run,
        event: { version: 1, type: 'progress', phase: 'check', time: Date.now(), ...event },
      });
    for (const phase of phases) {
      tell({ type: 'phase-started', phase, text: phase });
      for (let line = 1; line <= linesOfPhase; line += 1) {
        tell({ type: 'log', phase, text: `Setting up component-${line} (1.0-1~deb12u${line}) ...` });
        tell({ phase, text: `component-${line}`, done: line, total: linesOfPhase, unit: 'packages' });
        if (line % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      tell({ type: 'phase-ended', phase, text: phase });
    }
  }

  #end(kind: RunKind, change: Partial<Status>): void {
    const now = new Date().toISOString();
    const last = {
      id: `run-${pad(this.#runs)}`,
      kind,
      subject: null,
      started: now,
      ended: now,
      problem: null,
    };
    this.#become({ run: null, last, ...change });
  }

  #keep(entry: HistoryEntry, change: Partial<Status>): void {
    const { transaction, kind, ended, outcome, stage, restorePoint } = entry;
    // What only the newest entries say is enough here: a history that grows would be no leak of the page's.
    this.#entries = [entry, ...this.#entries].slice(0, 4);
    this.#end(kind === 'activate' ? 'activate' : 'rollback', {
      latest: { transaction, kind, ended, outcome, stage, restorePoint },
      ...change,
    });
  }

  #stagedNow(): Partial<Status> {
    const { stage, plan } = reviewOf(this.#number);
    return {
      staged: {
        id: stage,
        plan: plan.id,
        created: new Date().toISOString(),
        ready: true,
        how: 'live',
        interruptionSeconds: 0,
        packages: packageCount,
        conflicts: 0,
        undecided: 0,
        scheduled: false,
        scheduledAt: null,
        missed: null,
      },
    };
  }
}

const good = (value: unknown): Outcome<unknown> => ({ ok: true, value });
