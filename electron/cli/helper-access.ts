/**
 * How the command line of an ordinary user gets at a helper: the installed one, or one that root runs for this user already; with
 * `--elevate` one is started with sudo. It is looked for once, when it is first needed.
 */
import { problem, type Outcome } from '../../shared/errors.js';
import { demandPlace, installedPlace, placeFolders } from '../services/connection/places.js';
import { reach, type Reached } from '../services/connection/reach.js';
import { ownProgram } from '../services/elevate/helper-program.js';
import { startWithSudo } from '../services/elevate/start-with-sudo.js';

export interface HelperAccess {
  /** Null where no helper runs. */
  reached(): Promise<Outcome<Reached | null>>;
  close(): void;
}

export interface AccessOptions {
  readonly elevate: boolean;
  readonly uid?: number;
}

export function helperAccess({ elevate, uid = process.getuid?.() ?? 0 }: AccessOptions): HelperAccess {
  const folders = placeFolders(uid);
  const demand = demandPlace(uid, folders);
  let found: Promise<Outcome<Reached | null>> | undefined;

  async function find(): Promise<Outcome<Reached | null>> {
    const running = await reach(elevate ? [demand] : [installedPlace(folders), demand]);
    if (running.ok || running.problem.code !== 'HELPER_UNREACHABLE') return running;
    if (!elevate) return { ok: true, value: null };
    const started = await startWithSudo(ownProgram(), { socket: 'demand', forUid: uid });
    if (!started.ok) return started;
    // Where it must be is known; a helper that says otherwise is not the one that was started.
    if (started.value !== demand.path)
      return { ok: false, problem: problem('ELEVATION_FAILED', `It listens at ${started.value}.`) };
    return reach([demand]);
  }

  return {
    reached: () => (found ??= find()),
    close() {
      void found?.then((outcome) => {
        if (outcome.ok) outcome.value?.client.close();
      });
    },
  };
}
