/** A verb of the engine that is killed at a given step, as a power cut would; one that is not killed needs no process of its own. */
import { run } from '../../electron/engine/process/run.js';
import { runVerb, smallSystem, type Ended } from './engine-verbs.js';

export interface Crashed extends Ended {
  readonly killed: boolean;
}

const nothing: Ended = {
  names: [],
  outcome: { ok: false, problem: { code: 'INTERNAL', sentence: '', hint: '', details: [] } },
};

/** `child`: the program `crash-child` in one file. `dieAt`: the number of the step, from 1; 0 for none. */
export async function crash(
  child: string,
  root: string,
  verb: string,
  options: unknown,
  dieAt: number,
): Promise<Crashed> {
  if (dieAt === 0) return { killed: false, ...(await runVerb(smallSystem(root), verb, options)) };
  const argv = [process.execPath, child, root, verb, JSON.stringify(options), String(dieAt)] as const;
  const { status, signal, stdout, stderr } = await run(argv, { timeoutMs: 120_000 });
  if (signal === 'SIGKILL') return { killed: true, ...nothing };
  if (status !== 0) throw new Error(`${verb}: ${stderr}`);
  return { killed: false, ...(JSON.parse(stdout) as Ended) };
}
