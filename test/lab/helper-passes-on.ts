/**
 * A client that hands its connection to a child and ends, so that the connection lives while its maker does not. Arguments: the socket and
 * the user; descriptor 3 is what the child shall read. The child says what it is told on standard input, a message a line, and
 * prints what it hears. (As the child: no arguments; descriptor 3 is the connection.)
 */
import { spawn } from 'node:child_process';
import { createConnection, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { framed } from './helper-wire.js';

const [path, uid] = process.argv.slice(2);

if (path === undefined) {
  const connection = new Socket({ fd: 3 });
  let rest = Buffer.alloc(0);
  connection.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0);
      process.stdout.write(`${rest.toString('utf8', 4, end)}\n`);
      rest = rest.subarray(end);
    }
  });
  connection.on('close', () => process.stdout.write('{"type":"closed"}\n'));
  connection.on('error', () => undefined);
  process.stdout.write('{"type":"ready"}\n');
  createInterface({ input: process.stdin }).on('line', (line) => connection.write(framed(line)));
} else {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
  const connection = createConnection({ path });
  connection.once('connect', () => {
    const child = spawn(process.execPath, [process.argv[1] ?? ''], {
      stdio: [3, 'inherit', 'inherit', connection],
      cwd: '/',
    });
    child.unref();
    // Its own end is closed by ending; the child's stays.
    child.once('spawn', () => process.exit(0));
  });
}
