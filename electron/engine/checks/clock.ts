/** A clock that is plainly wrong makes valid signatures look expired, and expired ones valid. */
import { lstatSync } from 'node:fs';
import { thisMachine } from '../inspect/sources.js';
import { bytes, display, join, raw, type RawPath } from '../posix/raw-path.js';
import { always, block, defineCheck, pass, warn } from './check.js';
import type { TreeView } from '../environments/environment.js';
import { duration, moment } from './words.js';

/** Older than this program: no clock that reads less is right. */
const notBefore = Date.UTC(2026, 0, 1);
const dayMs = 24 * 3_600_000;
const toleranceMs = 5 * 60_000;

export const clock = defineCheck({
  id: 'clock',
  title: 'Clock',
  when: always,
  examine({ system, view, packages, sources = thisMachine }) {
    const now = sources.now();
    const measured = moment(now);
    const remedy = 'Set the clock, or switch time synchronisation on.';
    if (now < notBefore)
      return block('The clock is wrong: it is behind this very program.', measured, remedy);
    const newest = newestChange(view, packages.database);
    if (newest !== undefined && newest.time > now + toleranceMs) {
      const sentence = `The clock is ${duration(newest.time - now)} behind the last change of /${display(newest.path)}.`;
      return newest.time > now + dayMs ? block(sentence, measured, remedy) : warn(sentence, measured, remedy);
    }
    if (system.isRunning && awaitsSynchronisation(view)) {
      return warn(
        'The clock has not been synchronised since the system started.',
        measured,
        'Wait for the network, or set it.',
      );
    }
    return pass('The clock is plausible.', measured);
  },
});

/** The newest modification in the package database, which only package tools alter. */
function newestChange(
  view: TreeView,
  paths: readonly RawPath[],
): { time: number; path: RawPath } | undefined {
  let newest: { time: number; path: RawPath } | undefined;
  const consider = (path: RawPath): void => {
    const found = view.resolve(path);
    const entry = found === undefined ? undefined : lstatSync(bytes(found), { throwIfNoEntry: false });
    if (entry !== undefined && entry.mtimeMs > (newest?.time ?? 0)) newest = { time: entry.mtimeMs, path };
  };
  for (const path of paths) {
    consider(path);
    for (const name of view.list(path) ?? []) consider(join(path, name));
  }
  return newest;
}

/** systemd-timesyncd.service(8) makes the file when it has set the clock; without its folder it does not run. */
function awaitsSynchronisation(view: TreeView): boolean {
  const folder = raw('run/systemd/timesync');
  return view.resolve(folder) !== undefined && view.resolve(join(folder, 'synchronized')) === undefined;
}
