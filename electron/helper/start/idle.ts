/** Ends the helper when nobody is connected and nothing runs for a while: root's process is there only as long as it is needed. */
export class IdleWatch {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly isBusy: () => boolean,
    private readonly onIdle: () => void,
  ) {}

  /** To be called whenever a client came or went, or a run began or ended. */
  look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.isBusy()) return;
    this.#timer = setTimeout(() => {
      if (!this.isBusy()) this.onIdle();
    }, this.milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
