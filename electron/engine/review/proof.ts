/** How one proof is put together: findings of two weights, and the sentence for each outcome. */
import type { Proof } from '../../../shared/changeset.js';
import type { Plan } from '../../../shared/plan.js';
import type { Session, TreeView } from '../environments/environment.js';
import type { PackageManager } from '../packages/package-manager.js';
import type { TreeChange } from './tree-change.js';

/** The part of a package manager that looks and does not touch. */
export type ReviewedPackages = Pick<
  PackageManager,
  'database' | 'installed' | 'interrupted' | 'audit' | 'conflicts'
>;

/** What every proof may look at. */
export interface StageUnderTest {
  /** The staged tree, and the current one that it was cloned from. */
  readonly view: TreeView;
  readonly before: TreeView;
  readonly changes: readonly TreeChange[];
  /** Runs commands inside the staged clone. */
  readonly session: Session;
  readonly packages: ReviewedPackages;
  readonly plan: Plan;
  /** The kernel release that this machine runs, or `null` where the tree is not the running system's. */
  readonly runningKernel: string | null;
  readonly signal: AbortSignal;
  /** Called now and then with what is being looked at. */
  readonly step: (text: string) => void;
}

export interface ProofMaker {
  readonly id: string;
  /** What is being proved, in words, for the progress line. */
  readonly title: string;
  prove(stage: StageUnderTest): Promise<Proof>;
}

const mostDetails = 200;

/** Collects what a proof finds. */
export class Findings {
  readonly #failures: string[] = [];
  readonly #warnings: string[] = [];

  fail(detail: string): void {
    this.#failures.push(detail);
  }

  warn(detail: string): void {
    this.#warnings.push(detail);
  }

  add(weight: 'fail' | 'warn', detail: string): void {
    if (weight === 'fail') this.fail(detail);
    else this.warn(detail);
  }

  /** The proof that the findings amount to; failures come first. */
  proof(
    id: string,
    sentences: { readonly pass: string; readonly warn: string; readonly fail: string },
  ): Proof {
    const result = this.#failures.length > 0 ? 'fail' : this.#warnings.length > 0 ? 'warn' : 'pass';
    const details = [...this.#failures, ...this.#warnings];
    const more = details.length - mostDetails;
    return {
      id,
      result,
      sentence: sentences[result],
      details: more > 0 ? [...details.slice(0, mostDetails), `and ${more} more`] : details,
    };
  }
}

/** A count with its noun: `1 file`, `3 files`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
