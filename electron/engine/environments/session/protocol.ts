/** What the engine and the process inside a session say to each other over Node's IPC channel. */
import type { RunResult } from '../../process/run.js';

/** One overlay (or, on file systems that cannot be a lower layer, a bound copy) of the clone. */
export interface SessionLayer {
  /** Mount point relative to the root; `''` for the root itself, which is first. */
  readonly mount: string;
  readonly kind: 'overlay' | 'copy';
  /** The tree below, on the host; unused for a copy. */
  readonly lower: string;
  /** Upper folder of the overlay, or the copy itself. */
  readonly upper: string;
  readonly work: string;
}

export interface SessionSetup {
  readonly layers: readonly SessionLayer[];
  readonly binds: readonly { readonly from: string; readonly to: string; readonly readOnly: boolean }[];
  /** Where the root is assembled: an existing empty folder on the host. */
  readonly mountPoint: string;
  readonly network: 'none' | 'host';
  /** Folders of Understudy inside the tree, hidden from everything that runs in the session. */
  readonly hidden: readonly string[];
  /** True inside a user namespace: overlay attributes are then kept in `user.*`. */
  readonly userNamespace: boolean;
}

/** All that it takes to put the tree of a clone together. */
export type Assembly = Pick<SessionSetup, 'layers' | 'mountPoint' | 'hidden' | 'userNamespace'>;

export interface SessionRun {
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly idleTimeoutMs?: number;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Latin1, so that any bytes survive. */
  readonly input?: string;
  readonly lines: boolean;
  readonly status: boolean;
  readonly keepBytes?: number;
}

export type ToInside =
  | { readonly type: 'setup'; readonly setup: SessionSetup }
  | { readonly type: 'run'; readonly id: number; readonly run: SessionRun }
  | { readonly type: 'cancel'; readonly id: number };

export type FromInside =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly type: 'line';
      readonly id: number;
      readonly stream: 'stdout' | 'stderr' | 'status';
      readonly line: string;
    }
  | { readonly type: 'ended'; readonly id: number; readonly result: RunResult };
