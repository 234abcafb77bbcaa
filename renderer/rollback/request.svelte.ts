/** A rollback that was asked for and waits for its confirmation. One dialog serves all places that offer it. */
export interface Target {
  readonly title: string;
  readonly created: string;
}

class RollbackRequest {
  isOpen = $state(false);
  /** Null: the newest restore point. */
  restorePoint: string | null = $state(null);
  /** What is known of it where it was chosen. */
  target: Target | null = $state.raw(null);

  open(restorePoint: string | null, target: Target | null = null): void {
    this.restorePoint = restorePoint;
    this.target = target;
    this.isOpen = true;
  }
}

export const rollbackRequest = new RollbackRequest();
