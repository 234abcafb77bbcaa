/**
 * What the administrator wants to be asked too: every file in /etc/understudy/health.d, in the order of its name. Each runs as root, so nobody else
 * may be able to write it, or to put another in its place.
 */
import { lstatSync, statSync } from 'node:fs';
import { namesIn } from '../environments/plain-view.js';
import { isRootAlone } from '../files/root-alone.js';
import { bytes, display, join, type RawPath } from '../posix/raw-path.js';
import { lastLines, run } from '../process/run.js';
import type { System } from '../system.js';

const folder = 'etc/understudy/health.d';

/** What speaks against the system, a sentence each; `leftMs` is asked before each script. */
export async function failedScripts(
  system: System,
  { limitMs, leftMs }: { readonly limitMs: number; readonly leftMs: () => number },
): Promise<string[]> {
  const place = join(system.root, folder);
  const names = scriptsIn(place);
  if (names.length === 0) return [];
  if (!isRootAlone(statSync(bytes(place))))
    return [`/${folder} can be written by others than root: nothing in it was run.`];
  const findings: string[] = [];
  for (const name of names) {
    const finding = await askScript(join(place, name), Math.max(0, Math.min(limitMs, leftMs())));
    if (finding !== undefined) findings.push(`/${folder}/${display(name as RawPath)} ${finding}`);
  }
  return findings;
}

async function askScript(script: RawPath, timeoutMs: number): Promise<string | undefined> {
  const status = lstatSync(bytes(script));
  if (!status.isFile() || !isRootAlone(status))
    return 'is no file of root that only root can write: it was not run.';
  if ((status.mode & 0o111) === 0) return 'is not executable: it was not run.';
  const { ended, status: code, signal, stderr } = await run([display(script)], { timeoutMs });
  switch (ended) {
    case 'exit':
      if (code === 0) return undefined;
      return `failed (${signal ?? `status ${code}`}). ${lastLines(stderr, 1).join('')}`.trim();
    case 'timeout':
    case 'idle':
      return `did not end within ${Math.round(timeoutMs / 1000)} seconds and was stopped.`;
    case 'cancelled':
    case 'not-found':
      return 'could not be run.';
  }
}

/** What editors and package managers leave beside a script is none: run-parts(8). */
function scriptsIn(place: RawPath): string[] {
  return (namesIn(place) ?? []).filter((name) => /^[\w-]+(\.(sh|py|pl))?$/.test(name));
}
