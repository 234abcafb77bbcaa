/**
 * Starts a helper from a desktop: sudo-prompt asks for the password through polkit. It runs a shell line, so that line is made of fixed
 * words that were vetted; and it puts the current folder into another, so that folder is vetted as well.
 */
import { existsSync } from 'node:fs';
import { exec } from 'sudo-prompt';
import { problem, type Outcome } from '../../../shared/errors.js';
import { cleanCommand, vetProgram, type HelperOptions, type HelperProgram } from './helper-program.js';
import { promptProblem } from './prompt-problem.js';
import { readReadyLine } from './ready-line.js';

export interface PromptSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly pkexec: string;
  readonly prompt: typeof exec;
}

const ours = (): PromptSurroundings => ({
  environment: process.env,
  folder: process.cwd(),
  pkexec: '/usr/bin/pkexec',
  prompt: exec,
});

/** The path of its socket. There is no time limit: nobody is hurried while typing a password. */
export async function startWithPrompt(
  program: HelperProgram,
  options: HelperOptions,
  surroundings: PromptSurroundings = ours(),
): Promise<Outcome<string>> {
  const { environment, folder, pkexec, prompt } = surroundings;
  if (!environment['DISPLAY'] && !environment['WAYLAND_DISPLAY'])
    return { ok: false, problem: problem('NO_GRAPHICAL_SESSION') };
  if (!existsSync(pkexec)) return { ok: false, problem: problem('NO_POLKIT', `${pkexec} is missing.`) };
  const vetted = vetProgram(program);
  if (!vetted.ok) return vetted;
  // sudo-prompt writes `cd "…"` with nothing but double quotes escaped.
  if (/["$`\\\n!]/.test(folder)) {
    const reason = `Understudy was started in a folder with an unusual name: ${JSON.stringify(folder)}.`;
    return { ok: false, problem: problem('ELEVATION_FAILED', reason) };
  }
  return new Promise((resolve) => {
    // LC_ALL is for pkexec's own words alone; the dialog speaks the language of the desktop.
    const naming = { name: 'Understudy', env: { LC_ALL: 'C' } };
    prompt(cleanCommand(program, options).join(' '), naming, (error, stdout, stderr) => {
      const [output, complaint] = [textOf(stdout), textOf(stderr)];
      const ready = readReadyLine(output, complaint);
      // A helper that says why it cannot ends with an error, too.
      if (!error || (!ready.ok && ready.problem.code !== 'ELEVATION_FAILED')) resolve(ready);
      else resolve({ ok: false, problem: promptProblem({ ...failureOf(error), stderr: complaint }) });
    });
  });
}

function failureOf(error: Error): { message: string; code: number | undefined } {
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  return { message: error.message, code };
}

const textOf = (said: string | Buffer | undefined): string => (said === undefined ? '' : said.toString());
