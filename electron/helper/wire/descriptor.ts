/** What only the handle of a connection knows, on which Node keeps it; there is no other way to ask. */
import type { Socket } from 'node:net';

interface Handle {
  readonly fd?: number;
  /** Bytes that were handed to libuv, and those of them that the kernel has not taken yet. */
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}

const handleOf = (socket: Socket): Handle | null | undefined =>
  (socket as Socket & { _handle?: Handle | null })._handle;

/** The descriptor of a connection, which the kernel is asked about. Throws when it is closed. */
export function descriptorOf(socket: Socket): number {
  const fd = handleOf(socket)?.fd;
  if (typeof fd !== 'number' || fd < 0) throw new Error('the connection has no descriptor');
  return fd;
}

/**
 * Bytes of this connection that the kernel has taken. What Node itself tells (`bytesWritten`, `writableLength`) moves only when a whole
 * write is done, and Node joins all that waits into one write.
 */
export function bytesTaken(socket: Socket): number {
  const handle = handleOf(socket);
  return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? 0);
}
