/** Starts a helper from a terminal with sudo(8), which asks for the password there by itself. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { problem, type Outcome } from '../../../shared/errors.js';
import { cleanCommand, vetProgram, type HelperOptions, type HelperProgram } from './helper-program.js';
import { runToReady } from './start-directly.js';

const sudo = '/usr/bin/sudo';

/** The path of its socket. There is no time limit: nobody is hurried while typing a password. */
export async function startWithSudo(
  program: HelperProgram,
  options: HelperOptions,
): Promise<Outcome<string>> {
  if (!existsSync(sudo))
    return {
      ok: false,
      problem: problem('ELEVATION_FAILED', `${sudo} is missing. Become root in another way.`),
    };
  const vetted = vetProgram(program);
  if (!vetted.ok) return vetted;
  return runToReady(
    () =>
      spawn(sudo, ['--', ...cleanCommand(program, options)], {
        stdio: ['inherit', 'pipe', 'inherit'],
        cwd: '/',
      }),
    null,
  );
}
