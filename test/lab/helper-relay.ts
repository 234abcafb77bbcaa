/**
 * A process of another user that connects to a socket and passes on what it gets on standard input, and what it hears on standard output:
 * a client with a process of its own. Arguments: the socket and the user.
 */
import { createConnection } from 'node:net';

const [path = '', uid = ''] = process.argv.slice(2);
// The program was read as root: the checkout need not be readable for everyone.
process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));
const connection = createConnection({ path });
connection.once('error', (error) => {
  process.stderr.write(error.message);
  process.exit(1);
});
process.stdin.pipe(connection);
connection.pipe(process.stdout);
