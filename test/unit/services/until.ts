/** Waits for what a listener is told, with nothing but the telling itself. */
import type { Connection, ConnectionEvent } from '../../../electron/services/connection/connection.js';

/** Resolves as soon as the connection is or becomes as wanted. */
export function until(connection: Connection, wanted: (connection: Connection) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const holder: { stop?: () => void } = {};
    const look = (): void => {
      if (!wanted(connection)) return;
      holder.stop?.();
      resolve();
    };
    holder.stop = connection.listen(look);
    look();
  });
}

export const states = (events: readonly ConnectionEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'connection' ? [event.facts.state] : []));
