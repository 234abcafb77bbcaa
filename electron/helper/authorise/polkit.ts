/**
 * polkit decides, for each action, by `pkcheck` on the process's number, start time and user (pkcheck(1)): what was a process of one user
 * cannot become another's on the way. The process is looked at again after the answer.
 */
import { existsSync } from 'node:fs';
import { problem, type Problem } from '../../../shared/errors.js';
import { run } from '../../engine/process/run.js';
import type { Authorisation, Question } from './authorisation.js';

/** Someone may be typing a password: this only ends what was forgotten. */
const questionMs = 15 * 60_000;

const pkcheck = '/usr/bin/pkcheck';

export function polkit(program = pkcheck): Authorisation {
  return {
    admits: () => true,
    async ask(question) {
      if (question.peer.uid === 0) return undefined;
      const before = changed(question);
      if (before) return before;
      return (await check(program, question)) ?? changed(question);
    },
  };
}

/** The answer is for the process that asked, not for whoever has its number now. */
function changed({ peer }: Question): Problem | undefined {
  return peer.isSame()
    ? undefined
    : problem('NOT_AUTHORISED', 'The program that made the connection has ended.');
}

async function check(program: string, { peer, action, signal }: Question): Promise<Problem | undefined> {
  if (!existsSync(program)) return problem('NO_POLKIT', `${program} is missing.`);
  const { ended, status, stderr } = await run(
    [
      program,
      '--action-id',
      `org.understudy.${action}`,
      '--process',
      `${peer.pid},${peer.startTime},${peer.uid}`,
      // Looking never asks for a password.
      ...(action === 'inspect' ? [] : ['--allow-user-interaction']),
    ],
    { timeoutMs: questionMs, signal, keepBytes: 4096 },
  );
  switch (ended) {
    case 'exit':
      return status === 0 ? undefined : refusal(status, stderr.trim());
    case 'cancelled':
      return problem('CANCELLED');
    case 'timeout':
    case 'idle':
      return problem('AUTHORISATION_DISMISSED', 'Nobody answered the question.');
    case 'not-found':
      return problem('NO_POLKIT');
  }
}

/** pkcheck(1): 1 not authorised, 2 a password would be needed and cannot be asked for, 3 the question was dismissed. */
function refusal(status: number | null, words: string): Problem {
  switch (status) {
    case 1:
      return problem('NOT_AUTHORISED');
    case 2:
      return problem('NO_POLKIT_AGENT');
    case 3:
      return problem('AUTHORISATION_DISMISSED');
    case null:
    default:
      return problem('NO_POLKIT', words);
  }
}
