/**
 * Requests take turns: of each user and kind only so many are worked on, or have answers that were not taken yet, at a time. An answer
 * may be large, and a question for a password is a window on somebody's screen; so a user whose programs ask much and read nothing costs
 * a few answers of memory and a few windows, whatever the number of the programs, and nobody else waits for it.
 */
export class Turns {
  readonly #taken = new Map<number, number>();
  readonly #waiting = new Map<number, (() => void)[]>();

  constructor(private readonly mostOfUser: number) {}

  /** Resolves with how to give the turn back; that may be called more than once. */
  async take(uid: number): Promise<() => void> {
    const taken = this.#taken.get(uid) ?? 0;
    if (taken < this.mostOfUser) this.#taken.set(uid, taken + 1);
    else await new Promise<void>((resolve) => this.#queueOf(uid).push(resolve)); // and then it is the turn of who gave it back
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#giveBack(uid);
    };
  }

  #giveBack(uid: number): void {
    const queue = this.#waiting.get(uid);
    const next = queue?.shift();
    if (queue?.length === 0) this.#waiting.delete(uid);
    if (next) {
      next();
      return;
    }
    const left = (this.#taken.get(uid) ?? 1) - 1;
    if (left > 0) this.#taken.set(uid, left);
    else this.#taken.delete(uid);
  }

  #queueOf(uid: number): (() => void)[] {
    const queue = this.#waiting.get(uid) ?? [];
    this.#waiting.set(uid, queue);
    return queue;
  }
}
