/**
 * pacman's own log as its journal: a run that began and did not end was cut short, at the package that it named last. pacman forgets that
 * a package's script failed; Understudy writes such a line of its own, so that whoever looks at the tree later finds it.
 */
import type { TreeView } from '../../environments/environment.js';
import type { RawPath } from '../../posix/raw-path.js';
import { treeFile } from '../tree-file.js';

export const logPath = 'var/log/pacman.log' as RawPath;

/** The last run is at the end; none writes more than this. Bytes. */
export const logTailBytes = 4 * 1024 ** 2;

export interface LoggedState {
  /** The last transaction began and did not end. */
  readonly isOpen: boolean;
  /** The package that it had put in place last. */
  readonly last: string | undefined;
  /** Packages whose script failed and that were not put in place again since. */
  readonly failed: readonly string[];
}

export function parseLog(text: string): LoggedState {
  let isOpen = false;
  let last: string | undefined;
  const failed = new Set<string>();
  for (const [, from = '', words = ''] of text.matchAll(/^\[[^\]]+\] \[(ALPM|UNDERSTUDY)\] (.*)$/gm)) {
    if (from === 'UNDERSTUDY') {
      const name = /^the script of (\S+) failed$/.exec(words)?.[1];
      if (name !== undefined) failed.add(name);
      continue;
    }
    if (words === 'transaction started') {
      isOpen = true;
      last = undefined;
    } else if (/^transaction (?:completed|failed|interrupted)$/.test(words)) isOpen = false;
    const done = /^(?:installed|upgraded|downgraded|reinstalled|removed) (\S+) \(/.exec(words)?.[1];
    if (done === undefined) continue;
    last = done;
    failed.delete(done);
  }
  return { isOpen, last: isOpen ? last : undefined, failed: [...failed] };
}

export function failureLine(name: string, now: Date): string {
  return `[${now.toISOString().replace(/\.\d+Z$/, '+0000')}] [UNDERSTUDY] the script of ${name} failed\n`;
}

export function interrupted(view: TreeView): boolean {
  return parseLog((treeFile(view, logPath) ?? Buffer.alloc(0)).subarray(-logTailBytes).toString('utf8'))
    .isOpen;
}
