/** What could not be read, and why: one unreadable source costs its own answer and nothing else. */
import { Fault, systemErrorCode } from '../fault.js';

export interface Unseen {
  readonly entries: readonly { readonly what: string; readonly why: string }[];
  note(what: string, why: string): void;
  /** Runs `body`; when it throws, notes why and answers `instead`. A cancel is not swallowed. */
  attempt<T>(what: string, instead: T, body: () => T | Promise<T>): Promise<T>;
}

export function unseenList(): Unseen {
  const entries: { what: string; why: string }[] = [];
  return {
    entries,
    note: (what, why) => {
      entries.push({ what, why });
    },
    async attempt(what, instead, body) {
      try {
        return await body();
      } catch (error) {
        if (error instanceof Fault && error.code === 'CANCELLED') throw error;
        entries.push({ what, why: reasonOf(error) });
        return instead;
      }
    },
  };
}

/** Why something failed, as one sentence for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof Fault) return error.message;
  const code = systemErrorCode(error);
  if (code === 'EACCES' || code === 'EPERM')
    return isRoot() ? 'This was refused, even to root.' : 'This needs root.';
  if (code === 'ENOENT') return 'It is not there.';
  return error instanceof Error ? error.message : String(error);
}

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
