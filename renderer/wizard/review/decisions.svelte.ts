/** What the user chose about conflicts and has not saved yet. A choice that is what stands already needs no saving. */
import { SvelteMap } from 'svelte/reactivity';
import type { Conflict } from '../../../shared/changeset.js';
import type { Choice, Decision } from '../../../shared/decision.js';

export class Decisions {
  readonly #chosen = new SvelteMap<string, Choice>();

  /** Null as long as nobody decided. */
  of({ id, kept, decided }: Conflict): Choice | null {
    return this.#chosen.get(id) ?? (decided ? kept : null);
  }

  choose(conflict: Conflict, choice: Choice): void {
    if (conflict.decided && conflict.kept === choice) this.#chosen.delete(conflict.id);
    else this.#chosen.set(conflict.id, choice);
  }

  chooseForAll(conflicts: readonly Conflict[], choice: Choice): void {
    for (const conflict of conflicts) this.choose(conflict, choice);
  }

  /** Those to be saved. */
  among(conflicts: readonly Conflict[]): Decision[] {
    return conflicts.flatMap((conflict) => {
      const choice = this.#chosen.get(conflict.id);
      const isSaved = conflict.decided && conflict.kept === choice;
      return choice === undefined || isSaved ? [] : [{ conflict: conflict.id, choice }];
    });
  }
}
