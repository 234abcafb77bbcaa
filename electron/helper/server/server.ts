/** Accepts clients: a bounded number in all and of each user, and only whom the authorisation admits at all. */
import { createServer, type Server, type Socket } from 'node:net';
import type { ErrorCode, Problem } from '../../../shared/errors.js';
import type { HelperEvent } from '../../../shared/protocol.js';
import type { Authorisation } from '../authorise/authorisation.js';
import { faultOf } from '../../engine/fault.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { peerOf, type Peer } from './peer.js';
import { Turns } from './turns.js';

export interface ServerOptions extends Omit<ConnectionOptions, 'turns' | 'mayWatch'> {
  readonly authorisation: Authorisation;
  /** Who is at the other end; asked of the kernel but for tests of older ones. */
  readonly peer?: ((socket: Socket) => Peer) | undefined;
  readonly mostClients?: number;
  readonly mostClientsOfUser?: number;
  /** Called when the first client came or the last one went. */
  readonly onClients: (count: number) => void;
}

/** Who is turned away is heard first, unless there are so many of them that they would crowd out others in another way. */
const mostTurnedAway = 1024;

export class HelperServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #turnedAway = 0;
  readonly #turns = { query: new Turns(8), run: new Turns(4), control: new Turns(4) };

  constructor(private readonly options: ServerOptions) {
    // Half-open: who has sent everything may still wait for the answer.
    this.#server = createServer({ allowHalfOpen: false, pauseOnConnect: false }, (socket) =>
      this.#accept(socket),
    );
  }

  /** Listens on a descriptor that was handed over, or on a path. Rejects with a system-call error. */
  listen(where: { readonly fd: number } | { readonly path: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      // Long enough for a crowd that comes at once: who finds it full is turned away by the kernel (EAGAIN, connect(2)).
      this.#server.listen({ ...where, backlog: 1024 }, () => {
        this.#server.off('error', reject);
        // Out of descriptors, for one: the client is lost, not the helper.
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
  }

  publish(event: HelperEvent): void {
    for (const connection of this.#connections) connection.publish(event);
  }

  get clients(): number {
    return this.#connections.size;
  }

  /** Takes no new clients; those that are there are told and go. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.refuse('HELPER_STOPPING');
  }

  /** The status is told to whom may look, no less than the answer to a request. */
  async #mayWatch(peer: Peer, signal: AbortSignal): Promise<Problem | undefined> {
    try {
      return await this.options.authorisation.ask({ peer, action: 'inspect', signal });
    } catch (error) {
      return faultOf(error).problem;
    }
  }

  #accept(socket: Socket): void {
    let peer;
    try {
      peer = (this.options.peer ?? peerOf)(socket);
    } catch {
      socket.destroy(); // it is gone already
      return;
    }
    const connection = new Connection(socket, peer, {
      ...this.options,
      turns: this.#turns,
      mayWatch: (who, signal) => this.#mayWatch(who, signal),
    });
    if (!this.options.authorisation.admits(peer.uid)) {
      this.#turnAway(
        socket,
        connection,
        'NOT_AUTHORISED',
        `This helper serves another user than ${peer.uid}.`,
      );
      return;
    }
    const { mostClients = 64, mostClientsOfUser = 24 } = this.options;
    const ofUser = [...this.#connections].filter(({ peer: { uid } }) => uid === peer.uid).length;
    // A few places are always left for root, who may have to look why it is crowded.
    const room = peer.uid === 0 ? mostClients + 4 : mostClients;
    if (this.#connections.size >= room || ofUser >= mostClientsOfUser) {
      this.#turnAway(socket, connection, 'HELPER_CROWDED');
      return;
    }
    this.#connections.add(connection);
    if (this.#connections.size === 1) this.options.onClients(1);
    socket.on('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.options.onClients(0);
    });
  }

  #turnAway(socket: Socket, connection: Connection, code: ErrorCode, ...details: string[]): void {
    if (this.#turnedAway >= mostTurnedAway) {
      connection.refuse(code, ...details);
      return;
    }
    this.#turnedAway += 1;
    socket.on('close', () => (this.#turnedAway -= 1));
    connection.turnAway(code, ...details);
  }
}
