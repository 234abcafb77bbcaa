/**
 * Ends what nobody uses: calls back once nothing was in use for so long. Invariant: never while anything is in use, and never again
 * once it was stopped, though the last users leave only then.
 */
export interface Idle {
  enter(): void;
  leave(): void;
  stop(): void;
}

export function whenIdle(milliseconds: number, onIdle: () => void): Idle {
  let users = 0;
  let isStopped = false;
  let timer = setTimeout(onIdle, milliseconds);
  const again = (): void => {
    clearTimeout(timer);
    if (users === 0 && !isStopped) timer = setTimeout(onIdle, milliseconds);
  };
  return {
    enter: () => {
      users += 1;
      again();
    },
    leave: () => {
      users -= 1;
      again();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
