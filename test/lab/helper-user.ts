/**
 * The app of an ordinary user, without its window: the services, connected to a helper. Arguments: the socket, the user, and a folder of
 * theirs. Reads requests as JSON lines on standard input, `{id, name, params}`; prints `{id, outcome}` for each, and every event.
 */
import { createInterface } from 'node:readline';
import { connect } from '../../electron/helper/client/connect.js';
import { createApp } from '../../electron/services/app.js';
import { keepConnected } from '../../electron/services/connection/connection.js';
import { patience } from '../../electron/services/connection/patience.js';
import { createScheduler } from '../../electron/services/schedule/scheduler.js';
import { openStores } from '../../electron/services/store/stores.js';

const [path = '', uid = '', folder = ''] = process.argv.slice(2);
// The programs were read as root: the checkout need not be readable for everyone.
process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const connection = keepConnected({
  places: [{ kind: 'demand', path, trust: 'root' }],
  connect,
  patience: patience(50, 200),
});
const app = createApp({
  connection,
  stores: openStores({ folders: { config: folder, state: folder }, practice: false }),
  scheduler: createScheduler({ connection, everyMs: null, mayAct: () => false }),
  can: { tray: false, startAtLogin: false, notify: false },
  elevate: null,
  practice: false,
  version: '0.0.0',
});
app.listen((event) => say({ event }));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, name, params } = JSON.parse(line) as { id: number; name: string; params: unknown };
    void app.answer(name, params).then((outcome) => say({ id, outcome }));
  })
  .on('close', () => app.close());
