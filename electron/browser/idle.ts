/** Ends what nobody uses: calls back once nothing was in use for so long. Invariant: never while anything is in use. */
export interface Idle {
  enter(): void;
  leave(): void;
  stop(): void;
}

export function whenIdle(milliseconds: number, onIdle: () => void): Idle {
  let users = 0;
  let timer = setTimeout(onIdle, milliseconds);
  const again = (): void => {
    clearTimeout(timer);
    if (users === 0) timer = setTimeout(onIdle, milliseconds);
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
    stop: () => clearTimeout(timer),
  };
}
