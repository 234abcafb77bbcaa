/**
 * A helper made of the same parts as the real one, for what a test cannot have otherwise: an authorisation that asks a program in
 * place of pkcheck or allows some actions to everybody, an older kernel, and a death at a given step or phase. One argument: the
 * options as JSON. Says where it listens as the helper does.
 */
import { appendFileSync, chmodSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { problem } from '../../shared/errors.js';
import type { Action } from '../../shared/operations.js';
import { openSystem } from '../../electron/engine/system.js';
import type { Authorisation } from '../../electron/helper/authorise/authorisation.js';
import { polkit } from '../../electron/helper/authorise/polkit.js';
import { realSubject } from '../../electron/helper/dispatch/real-subject.js';
import type { Subject } from '../../electron/helper/dispatch/subject.js';
import { makeHelper } from '../../electron/helper/helper.js';
import { peerOf } from '../../electron/helper/server/peer.js';
import type { ProgramOptions } from './helper-process.js';

const options = JSON.parse(process.argv[2] ?? '') as ProgramOptions;
const {
  root,
  socket,
  allow = [],
  pkcheck,
  peerDescriptor = true,
  dieAtStep,
  dieAtPhase,
  stepLog,
  lines,
  news,
} = options;

const die = (): void => void process.kill(process.pid, 'SIGKILL');

let steps = 0;
const real = realSubject(root);
const subject: Subject = {
  ...real,
  open: ({ report, signal }) =>
    openSystem(root, {
      signal,
      settings: { reserveBytes: 16 * 1024 ** 2 },
      report: {
        log: (phase, text) => report.log(phase, text),
        phase: (phase, text, body) =>
          report.phase(phase, text, (step) => {
            if (phase === dieAtPhase) die();
            return body(step);
          }),
      },
      onStep(name) {
        steps += 1;
        if (stepLog !== undefined) appendFileSync(stepLog, `${name}\n`);
        if (steps === dieAtStep) die();
      },
    }),
};

/** Lines as fast as the loop turns, with room for the sockets in between; news at its pace. */
const reporting: Subject = {
  ...subject,
  practice: true,
  async prepare({ report, signal }, anew) {
    if (!anew) return;
    await report.phase('practice', 'Reporting', async (step) => {
      for (let done = 1; done <= (news?.count ?? 0); done += 1) {
        await delay(news?.everyMs);
        step({ text: `News number ${done}`, done, total: news?.count ?? 0, unit: 'steps' });
        signal.throwIfAborted();
      }
      for (let line = 1; line <= (lines ?? 0); line += 1) {
        report.log('practice', `A line as long as those of package managers usually are, number ${line}`);
        signal.throwIfAborted();
        if (line % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });
  },
};

const allowing: Authorisation = {
  admits: () => true,
  ask: ({ action }) =>
    Promise.resolve((allow as readonly Action[]).includes(action) ? undefined : problem('NOT_AUTHORISED')),
};

const helper = makeHelper({
  version: '0.0.0',
  subject: lines === undefined && news === undefined ? subject : reporting,
  authorisation: pkcheck === undefined ? allowing : polkit(pkcheck),
  idleMs: 600_000,
  onEnd: () => setImmediate(() => process.exit(0)),
  ...(peerDescriptor ? {} : { peer: (connection) => peerOf(connection, () => undefined) }),
});
process.on('SIGTERM', () => void helper.stop());
await helper.listen({ path: socket });
chmodSync(socket, 0o666);
process.stdout.write(`${JSON.stringify({ socket })}\n`);
