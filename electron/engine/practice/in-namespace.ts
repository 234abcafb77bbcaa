/** The process of a practice run inside a user namespace: root there, nobody special outside. It tells what happens over IPC. */
import { practice } from '../practice.js';
import { reporter } from '../report.js';
import { notedOwners } from './owners.js';
import type { FromNamespace, NamespaceTask } from './user-namespace.js';

type ToNamespace = { readonly type: 'task'; readonly task: NamespaceTask } | { readonly type: 'cancel' };

const stop = new AbortController();

function send(message: FromNamespace, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, {}, then);
  else then();
}

async function work({ offline, folder, keep, notRoot }: NamespaceTask): Promise<void> {
  const outcome = await practice(
    {
      offline,
      keep,
      ...(folder === undefined ? {} : { folder }),
      report: reporter((event) => send({ type: 'progress', event })),
      signal: stop.signal,
    },
    { owners: notedOwners(notRoot) },
  );
  send({ type: 'ended', outcome }, () => process.disconnect());
}

process.on('message', (message: ToNamespace) => {
  if (message.type === 'cancel') stop.abort();
  else void work(message.task);
});
// Whoever started this is gone: what was begun is removed.
process.on('disconnect', () => stop.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
