/** What a helper says when it was started: one JSON line, where it listens or why it cannot. */
import { z } from 'zod';
import { problem, receivedProblemSchema, type Outcome } from '../../../shared/errors.js';

const readyLineSchema = z.union([
  z.strictObject({ socket: z.string().startsWith('/') }),
  z.strictObject({ problem: receivedProblemSchema }),
]);

/** The path of its socket. `complaint` is what was said on standard error. */
export function readReadyLine(output: string, complaint = ''): Outcome<string> {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const parsed = readyLineSchema.safeParse(jsonIn(last));
  if (parsed.success) {
    const said = parsed.data;
    return 'socket' in said ? { ok: true, value: said.socket } : { ok: false, problem: said.problem };
  }
  return { ok: false, problem: problem('ELEVATION_FAILED', ...lastWords(complaint || output)) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function lastWords(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-5)
    .map((line) => line.slice(0, 500));
}
