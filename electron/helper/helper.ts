/** Puts a helper together: what it works on, who may ask, what they may ask, and when it ends. */
import type { HelperEvent } from '../../shared/protocol.js';
import type { Authorisation } from './authorise/authorisation.js';
import { dispatch } from './dispatch/dispatch.js';
import { actionOfKind, handlers } from './dispatch/handlers.js';
import type { Subject } from './dispatch/subject.js';
import { recover } from '../engine/recover.js';
import { HourWatch } from './runs/hour-watch.js';
import { Queries } from './runs/queries.js';
import { Runs } from './runs/runs.js';
import { HelperServer, type ServerOptions } from './server/server.js';
import { IdleWatch } from './start/idle.js';
import { StatusKeeper } from './status/status-keeper.js';

export interface HelperParts {
  readonly version: string;
  readonly subject: Subject;
  readonly authorisation: Authorisation;
  readonly idleMs: number;
  readonly peer?: ServerOptions['peer'];
  /** Called when the helper has nothing to do any more; it has closed everything by then. */
  readonly onEnd: () => void;
}

export interface Helper {
  listen(where: { readonly fd: number } | { readonly path: string }): Promise<void>;
  /** Stops what runs as soon as that can be done cleanly, and ends. */
  stop(): Promise<void>;
}

/** How often it is looked whether someone else changed the records, while anyone watches, and whether the moment of a switch has come. */
const lookMs = 2_000;

export function makeHelper(parts: HelperParts): Helper {
  const { version, subject, authorisation, idleMs, peer, onEnd } = parts;
  const publishStatus = (): void => server.publish(snapshot());
  const runs = new Runs({
    inhibit: !subject.practice,
    onChange: () => {
      publishStatus();
      idle.look();
    },
    onProgress: (run, event) => server.publish({ kind: 'progress', run, event }),
  });
  const status = new StatusKeeper({ version, subject, runs: () => runs, onCounted: publishStatus });
  const queries = new Queries();
  const hours = new HourWatch({ subject, runs, status, onChange: () => idle.look() });
  const snapshot = (): HelperEvent => ({ kind: 'status', status: status.read() });

  let isReady: (begun: Promise<void>) => void = () => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const server = new HelperServer({
    version,
    authorisation,
    peer,
    snapshot,
    handle: dispatch({
      handlers: handlers({ subject, runs, queries, status, ready }),
      authorisation,
      actionOfRun: (id) => (runs.current?.id === id ? actionOfKind[runs.current.kind] : undefined),
    }),
    onClients: () => idle.look(),
  });
  const idle = new IdleWatch(
    idleMs,
    () => server.clients > 0 || runs.current !== null || hours.holds,
    () => void stop(),
  );
  let looking: NodeJS.Timeout | undefined;

  /** Makes a practice system where there is to be one, and settles what a power cut or a kill interrupted. */
  async function begin(): Promise<void> {
    const uid = process.getuid?.() ?? 0;
    if (subject.practice) {
      await runs.begin({ kind: 'practice', uid }, async (surroundings) => {
        await subject.prepare(surroundings, false);
        return { ok: true, value: {} };
      });
    }
    if (!subject.privileged || subject.problem()) return;
    await runs.begin({ kind: 'recover', uid }, async (surroundings) => {
      const outcome = await recover(subject.open(surroundings));
      if (outcome.ok) status.noteRecovered(outcome.value.transactions);
      return outcome;
    });
    await hours.begin();
  }

  let stopping: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopping ??= (async () => {
      idle.stop();
      clearInterval(looking);
      await Promise.all([runs.close(), queries.close()]);
      server.close();
      onEnd();
    })();
    return stopping;
  }

  return {
    /** Nothing is begun, and nothing keeps the process alive, before it is there for clients. */
    async listen(where) {
      await server.listen(where);
      looking = setInterval(() => {
        hours.look();
        if (server.clients > 0 && status.isOutdated()) publishStatus();
      }, lookMs);
      isReady(begin());
      idle.look();
    },
    stop,
  };
}
