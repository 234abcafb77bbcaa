/**
 * What the user wants updated: a scope, and for `selected` the packages. As long as nothing was touched it is what the plan says, else
 * everything; nothing is sent anywhere until one goes on.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { Plan, Scope } from '../../../shared/plan.js';

export class Choice {
  #scope: Scope | null = $state(null);
  /** Ids that were left out by hand; null while nobody touched the selection. */
  #leftOut: SvelteSet<string> | null = $state.raw(null);
  readonly #plan: () => Plan | null;

  constructor(plan: () => Plan | null) {
    this.#plan = plan;
  }

  get scope(): Scope {
    return this.#scope ?? this.#plan()?.scope ?? 'all';
  }

  choose(scope: Scope): void {
    this.#scope = scope;
  }

  isSelected(id: string): boolean {
    if (this.#leftOut) return !this.#leftOut.has(id);
    const plan = this.#plan();
    return plan?.scope !== 'selected' || plan.selected.includes(id);
  }

  /** `all` are the ids that there are, so that what was planned before becomes the beginning of the selection. */
  select(ids: readonly string[], isSelected: boolean, all: readonly string[]): void {
    const leftOut = this.#leftOut ?? new SvelteSet(all.filter((id) => !this.isSelected(id)));
    this.#leftOut = leftOut;
    for (const id of ids) {
      if (isSelected) leftOut.delete(id);
      else leftOut.add(id);
    }
  }

  selectedOf(all: readonly string[]): string[] {
    return all.filter((id) => this.isSelected(id));
  }

  /** Whether a plan is for exactly this choice. */
  isPlannedBy(plan: Plan, all: readonly string[]): boolean {
    if (plan.scope !== this.scope) return false;
    if (plan.scope !== 'selected') return true;
    const selected = this.selectedOf(all);
    return selected.length === plan.selected.length && selected.every((id) => plan.selected.includes(id));
  }
}
