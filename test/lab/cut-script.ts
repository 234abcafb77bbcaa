/**
 * Runs the script of module retention and ends it, with all that it started, right before its n-th command, or with that command half done:
 * what a power cut leaves of what it did to the file system.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { script } from './kernel-modules.js';

/** Every command that alters something, and those around which it may. */
const commands = ['cp', 'mv', 'rm', 'mkdir', 'rmdir', 'sync', 'find', 'depmod', 'flock'];

export type Cut = 'before' | 'half';

export interface CutScript {
  /** Answers whether the n-th command was reached, and so the script cut. */
  run(words: readonly string[], at: number, cut: Cut): boolean;
}

export function cutScript(folder: string): CutScript {
  const wrappers = join(folder, 'wrappers');
  mkdirSync(wrappers, { recursive: true });
  for (const name of commands) writeFileSync(join(wrappers, name), wrapper(name), { mode: 0o755 });
  const path = /^PATH=(.*)$/m;
  const text = readFileSync(script, 'utf8');
  if (!path.test(text)) throw new Error('The script does not set its search path.');
  const copy = join(folder, 'modules');
  writeFileSync(copy, text.replace(path, `PATH=${wrappers}:$1`), { mode: 0o755 });
  const [count, reached] = [join(folder, 'count'), join(folder, 'reached')];
  return {
    run(words, at, cut) {
      writeFileSync(count, '0');
      writeFileSync(reached, '');
      // In a group of its own, which the wrapper ends as a whole.
      const { status, stderr } = spawnSync('setsid', ['--wait', copy, ...words], {
        encoding: 'utf8',
        timeout: 60_000,
        env: { CUT_COUNT: count, CUT_REACHED: reached, CUT_AT: String(at), CUT: cut },
      });
      if (!existsSync(reached)) throw new Error('Its own notes are gone.');
      const isCut = readFileSync(reached, 'utf8') !== '';
      if (!isCut && status !== 0) throw new Error(`The script ended with ${status}: ${stderr}`);
      return isCut;
    },
  };
}

/** Half of a copy into a new folder, and half of a removal, by name: what else can be half done is one step. */
function wrapper(name: string): string {
  const real = `$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${name})`;
  return `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
real=${real}
n=$(($(cat "$CUT_COUNT") + 1))
echo "$n" >"$CUT_COUNT"
if [ "$n" -eq "$CUT_AT" ]; then
  echo "$0 $*" >"$CUT_REACHED"
  for last in "$@"; do :; done
  if [ "$CUT" = half ]; then
    case "\${0##*/} $last" in
    'cp '*/new) "$real" "$@"; find "$last" ! -type d | sort | awk 'NR % 2' | xargs -r rm -f ;;
    'rm '*) find "$last" ! -type d 2>/dev/null | sort | awk 'NR % 2' | xargs -r rm -f ;;
    esac
  fi
  kill -9 0
fi
exec "$real" "$@"
`;
}
