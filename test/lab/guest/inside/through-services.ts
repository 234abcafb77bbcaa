/**
 * As an ordinary user, through the app's services and the installed helper: the operations that are named on the command line, one after the
 * other. Says for each what came of it, and on the way which phases were reported and which states shown.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { openApp } from '../../../../electron/services/open-app.js';
import type { AppEvent } from '../../../../shared/app.js';
import type { Outcome } from '../../../../shared/errors.js';
import { say } from './guest-system.js';

const { app } = openApp({ mode: 'system', can: { tray: false, startAtLogin: false, notify: false } });
let phases: string[] = [];
let states: string[] = [];
app.listen((event: AppEvent) => {
  if (event.kind === 'progress' && event.event.type === 'phase-started') {
    phases.push(event.event.phase);
    say({ phase: event.event.phase });
  }
  if (event.kind === 'state' && event.state.update.state !== states.at(-1))
    states.push(event.state.update.state);
});
// A guest on a busy machine may need longer to start a helper than the services wait for its first word; they try again, as in the app.
const end = Date.now() + 180_000;
while (app.state.connection.state !== 'connected' && Date.now() < end) await pause(50);
say({ connection: app.state.connection, helper: app.state.status?.helper });

for (const name of process.argv.slice(2)) {
  phases = [];
  states = [app.state.update.state];
  const started = Date.now();
  // `restart` is `activate` with the restart at once.
  const operation = name === 'restart' ? 'activate' : name;
  const outcome: Outcome<unknown> = await app.answer(operation, paramsOf(name));
  // The state that follows is told right after the answer.
  await pause(300);
  const seconds = (Date.now() - started) / 1000;
  say({ did: name, seconds, phases, states, ...summary(name, outcome) });
  if (!outcome.ok) process.exitCode = 1;
}
app.close();

function paramsOf(name: string): object {
  if (name === 'plan') return { scope: 'all' };
  if (name === 'stage') return { plan: app.state.status?.plan?.id };
  if (name === 'activate') return { stage: app.state.status?.staged?.id, how: 'live' };
  if (name === 'restart') return { stage: app.state.status?.staged?.id, how: 'reboot' };
  return {};
}

/** An answer can be long; what the test looks at is told. */
function summary(name: string, outcome: Outcome<unknown>): object {
  if (!outcome.ok) return { problem: outcome.problem };
  const value = outcome.value as Record<string, unknown>;
  const of = (key: string): unknown => value[key];
  switch (name) {
    case 'inspect':
      return { value: { pendingUpdates: of('pendingUpdates'), unseen: of('unseen') } };
    case 'plan':
      return { value: { changes: (of('changes') as object[]).length, activation: of('activation') } };
    case 'review':
      return {
        value: {
          ready: of('ready'),
          proofs: (of('proofs') as { result: string }[]).filter(({ result }) => result === 'fail'),
          conflicts: (of('conflicts') as { path: string; kept: string }[]).map(({ path, kept }) => ({
            path,
            kept,
          })),
        },
      };
    case 'history':
      return {
        value: (of('entries') as { kind: string; outcome: string }[]).map(({ kind, outcome: how }) => ({
          kind,
          how,
        })),
      };
    default:
      return { value };
  }
}
