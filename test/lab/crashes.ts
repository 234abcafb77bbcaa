/** A verb of the engine that is killed at a given step, as a power cut would. */
import { run } from '../../electron/engine/process/run.js';
import type { Ended } from './engine-verbs.js';

export type Crashed = { readonly killed: true } | (Ended & { readonly killed: false });

/** `child`: the program `crash-child` in one file. `dieAt`: the number of the step, from 1; where there are fewer, it comes to its end. */
export async function crash(
  child: string,
  root: string,
  verb: string,
  options: unknown,
  dieAt: number,
): Promise<Crashed> {
  const argv = [process.execPath, child, root, verb, JSON.stringify(options), String(dieAt)] as const;
  const { status, signal, stdout, stderr } = await run(argv, { timeoutMs: 120_000 });
  if (signal === 'SIGKILL') return { killed: true };
  if (status !== 0) throw new Error(`${verb}: ${stderr}`);
  return { killed: false, ...(JSON.parse(stdout) as Ended) };
}
