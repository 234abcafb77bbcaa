/**
 * The status of this moment: what this process knows (the run, what it recovered, the updates it counted) and what the records say. The
 * records are read again only when they changed on the disk: also when someone else, a command line as root, changed them.
 */
import type { Problem } from '../../../shared/errors.js';
import type { PendingUpdate } from '../../../shared/machine.js';
import type { Status } from '../../../shared/status.js';
import { silent } from '../../engine/report.js';
import { faultOf } from '../../engine/fault.js';
import { facts, holdsUntil, recordsStamp, type Facts } from '../../engine/status.js';
import type { Subject } from '../dispatch/subject.js';
import type { Runs } from '../runs/runs.js';

export interface StatusKeeperOptions {
  readonly version: string;
  readonly subject: Subject;
  readonly runs: () => Runs;
  /** The updates that wait were counted: everyone who watches wants to know. */
  readonly onCounted: () => void;
}

type Recovered = Status['recovered'];

export class StatusKeeper {
  readonly #started = new Date().toISOString();
  #recovered: Recovered = [];
  #pending: Status['pending'] = null;
  #facts: { readonly stamp: string; readonly until: number; readonly read: Facts } | undefined;

  constructor(private readonly options: StatusKeeperOptions) {}

  read(): Status {
    const { version, subject, runs } = this.options;
    const { current, last } = runs();
    const known = this.#records();
    return {
      helper: {
        version,
        pid: process.pid,
        privileged: subject.privileged,
        practice: subject.practice,
        started: this.#started,
      },
      run: current,
      last,
      recovered: this.#recovered,
      pending: this.#pending,
      ...known,
      // The transaction of a run that goes on is open, but not interrupted.
      interrupted: current === null ? known.interrupted : null,
    };
  }

  noteRecovered(transactions: Recovered): void {
    if (transactions.length > 0) this.#recovered = [...this.#recovered, ...transactions];
  }

  /** `undefined`: the count that was known no longer holds. */
  notePending(updates: readonly PendingUpdate[] | undefined): void {
    this.#pending = updates
      ? {
          updates: updates.length,
          security: updates.filter(({ security }) => security).length,
          counted: new Date().toISOString(),
        }
      : null;
    if (updates) this.options.onCounted();
  }

  /** Whether the records are other than those of the last `read`. */
  isOutdated(): boolean {
    const { subject } = this.options;
    if (subject.problem()) return false;
    try {
      return !this.#holds(recordsStamp(this.#system()));
    } catch {
      return true;
    }
  }

  #records(): Facts {
    const missing = this.options.subject.problem();
    if (missing) return nothingKnown(missing);
    try {
      const system = this.#system();
      const stamp = recordsStamp(system);
      if (this.#facts && this.#holds(stamp)) return this.#facts.read;
      const read = facts(system);
      this.#facts = { stamp, until: holdsUntil(read), read };
      return read;
    } catch (error) {
      return nothingKnown(faultOf(error).problem);
    }
  }

  #holds(stamp: string): boolean {
    return this.#facts?.stamp === stamp && Date.now() <= this.#facts.until;
  }

  #system() {
    return this.options.subject.open({ report: silent, signal: never });
  }
}

const never = new AbortController().signal;

function nothingKnown(reason: Problem): Facts {
  return {
    interrupted: null,
    plan: null,
    staged: null,
    latest: null,
    restartPending: false,
    heldBack: [],
    restorePoint: null,
    restorePoints: { count: 0, ownBytes: 0 },
    automatic: { lastAttempt: null, lastSuccess: null, failures: 0 },
    problem: reason,
    unseen: [],
  };
}
