/**
 * Whose program is at the other end of a loopback connection, as the kernel says in /proc/net/tcp (proc_net(5)): local address and
 * port are the peer's, remote ones are ours, and the line names the user who owns the socket. So another user of this machine
 * gains nothing, not even with an address that was read over a shoulder or from a process list.
 */
import { readFile } from 'node:fs/promises';

export interface Ends {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
}

/** `unknown`: the kernel does not tell. `gone`: it tells, and there is no such connection. */
export type PeerUser = number | 'unknown' | 'gone';

export async function peerUser(
  ends: Ends,
  readTable: (path: string) => Promise<string> = (path) => readFile(path, 'latin1'),
): Promise<PeerUser> {
  let mayKnow = false;
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let table: string;
    try {
      table = await readTable(path);
    } catch {
      continue;
    }
    mayKnow = true;
    const user = userIn(table, ends);
    if (user !== undefined) return user;
  }
  return mayKnow ? 'gone' : 'unknown';
}

/** Columns: number, local and remote as HEX:PORT, state, queues, timer, retransmissions, uid. */
function userIn(table: string, { remoteAddress, remotePort, localPort }: Ends): number | undefined {
  const addresses = spellings(remoteAddress);
  const theirs = addresses.map((address) => `${address}:${hexOf(remotePort)}`);
  const ours = hexOf(localPort);
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/);
    if (theirs.includes(local) && remote.endsWith(`:${ours}`) && uid !== undefined) return Number(uid);
  }
  return undefined;
}

const hexOf = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * The loopback addresses as the kernel prints them: 32-bit words in the byte order of the machine. An IPv4 address stands in the
 * table of IPv6 as a mapped one where the socket is of that kind.
 */
function spellings(address: string): string[] {
  const mapped = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(address);
  if (mapped) {
    const word = wordOf(mapped.slice(1).map(Number));
    return [word, `0000000000000000${wordOf([0, 0, 255, 255])}${word}`];
  }
  return address === '::1' ? [`${'0'.repeat(24)}${wordOf([0, 0, 0, 1])}`] : [];
}

function wordOf(bytes: readonly number[]): string {
  const view = new Uint32Array(Uint8Array.from(bytes).buffer);
  return (view[0] ?? 0).toString(16).toUpperCase().padStart(8, '0');
}
