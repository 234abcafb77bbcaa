/**
 * The app's services as the process of an ordinary user, without any face: reads `{"id","name","params"}` a line, answers
 * `{"id","outcome"}`, and tells every event as `{"event"}`. One argument: where the helper is and where its files go, as JSON.
 */
import { createInterface } from 'node:readline';
import { connect } from '../../../electron/helper/client/connect.js';
import { createApp, type App } from '../../../electron/services/app.js';
import { keepConnected } from '../../../electron/services/connection/connection.js';
import { patience } from '../../../electron/services/connection/patience.js';
import type { Mode } from '../../../electron/services/connection/places.js';
import { openApp } from '../../../electron/services/open-app.js';
import { createScheduler } from '../../../electron/services/schedule/scheduler.js';
import { openStores } from '../../../electron/services/store/stores.js';

export interface UserAppOptions {
  /** A helper on demand; without it the app looks for one, and starts one of its own, as a shell does. */
  readonly socket?: string;
  readonly mode?: Mode;
  readonly folder: string;
}

const { socket, mode = 'system', folder } = JSON.parse(process.argv[2] ?? '') as UserAppOptions;
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const can = { tray: false, startAtLogin: false, notify: false };

function appAt(path: string): App {
  const connection = keepConnected({
    places: [{ kind: 'demand', path, trust: 'root' }],
    connect,
    patience: patience(50, 200),
  });
  return createApp({
    connection,
    stores: openStores({ folders: { config: folder, state: folder }, practice: false }),
    scheduler: createScheduler({ connection, everyMs: null, mayAct: () => false }),
    can,
    elevate: null,
    practice: false,
    version: '0.1.0',
  });
}

const app = socket === undefined ? openApp({ mode, offline: true, can }).app : appAt(socket);
app.listen((event) => say({ event }));
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, name, params } = JSON.parse(line) as { id: number; name: unknown; params: unknown };
    void app.answer(name, params).then((outcome) => say({ id, outcome }));
  })
  .on('close', () => process.exit(0));
