/** What several questions met, each kind once: where nobody answers, one notice says it for all of them. */
import type { Problem } from '../../shared/errors.js';

export function problemsOf(found: readonly (Problem | null)[]): readonly Problem[] {
  const byCode = new Map<string, Problem>();
  for (const problem of found) if (problem && !byCode.has(problem.code)) byCode.set(problem.code, problem);
  return [...byCode.values()];
}
