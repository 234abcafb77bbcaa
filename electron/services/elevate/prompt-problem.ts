/**
 * What went wrong when sudo-prompt asked for a password through pkexec(1): 126 when the question was dismissed, 127 when it was
 * not allowed or something failed. Words are looked at only where the code says too little, and those are pkexec's in English
 * (it runs with `LC_ALL=C`).
 */
import { problem, type Problem } from '../../../shared/errors.js';
import { lastWords } from './ready-line.js';

export interface PromptFailure {
  readonly message: string;
  /** Exit code of pkexec, where it was started. */
  readonly code: number | undefined;
  readonly stderr: string;
}

/** sudo-prompt's own sentences, by which it tells that the command itself was never started. */
const neverStarted = /^(User did not grant permission|No polkit authentication agent found)\.$/;

export function promptProblem({ message, code, stderr }: PromptFailure): Problem {
  if (/Unable to find pkexec/.test(message)) return problem('NO_POLKIT', 'pkexec is missing.');
  if (!neverStarted.test(message)) return problem('ELEVATION_FAILED', ...lastWords(stderr || message));
  if (code === 126) return problem('AUTHORISATION_DISMISSED');
  if (/No (polkit )?authentication agent found/i.test(`${message}\n${stderr}`))
    return problem('NO_POLKIT_AGENT');
  if (
    /must be setuid root|Error (getting authority|checking for authorization|initializing authority)/i.test(
      stderr,
    )
  )
    return problem('NO_POLKIT', ...lastWords(stderr));
  if (/not authorized/i.test(stderr)) return problem('NOT_AUTHORISED', ...lastWords(stderr));
  return problem('ELEVATION_FAILED', ...lastWords(stderr || message));
}
