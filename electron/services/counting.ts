/**
 * Sees to it that somebody has counted what waits: Home and the tray say so from the first moment on, and again after a switch. It
 * is counted from the package manager's own index, which asks neither the network nor for a password. Once for each helper and each
 * switch or rollback: a count that fails is not asked for again and again.
 */
import type { Status } from '../../shared/status.js';
import type { Connection } from './connection/connection.js';

export interface Counting {
  take(status: Status): void;
}

export function counting(connection: Pick<Connection, 'call'>): Counting {
  let asked = '';
  return {
    take({ helper, run, interrupted, latest, pending, problem }) {
      if (run !== null || interrupted !== null || problem !== null || pending !== null) return;
      const about = JSON.stringify([helper.pid, helper.started, latest?.transaction]);
      if (about === asked) return;
      asked = about;
      void connection.call('inspect', {});
    },
  };
}
