/** Whether anyone listens on a socket: one that was left by a helper that was killed refuses the connection. */
import { createConnection } from 'node:net';

export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
