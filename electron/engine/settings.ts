/** The verbs `settings` and `change`: what holds for everyone on this system, also for what happens without anyone. */
import type { Outcome, Problem } from '../../shared/errors.js';
import { settingsChangeSchema, type SettingsChange, type SystemSettings } from '../../shared/settings.js';
import { Fault, outcomeOf } from './fault.js';
import { withStoreLock } from './journal/lock.js';
import { readSettings, writeSettings } from './settings-file.js';
import type { System } from './system.js';

export interface SettingsOptions {
  /**
   * Told why the file cannot be used, while the answer is the settings that hold nevertheless: those that come with Understudy. Without
   * it, the problem itself is the answer.
   */
  readonly onProblem?: (problem: Problem) => void;
}

/** Works as any user. Faults `SETTINGS_DAMAGED`, `STATE_NEWER`, unless the caller takes the problem otherwise. */
export function settings(
  system: Pick<System, 'root'>,
  { onProblem }: SettingsOptions = {},
): Promise<Outcome<SystemSettings>> {
  const read = readSettings(system.root);
  if (read.problem && !onProblem) return Promise.resolve({ ok: false, problem: read.problem });
  if (read.problem) onProblem?.(read.problem);
  return Promise.resolve({ ok: true, value: read.settings });
}

/**
 * Changes some settings and answers with all of them. A damaged file is kept beside the new one, which is made from the settings
 * that come with Understudy. Faults `NOT_ROOT`, `STATE_NEWER`, `USAGE` for a value out of range.
 */
export function changeSettings(system: System, change: SettingsChange): Promise<Outcome<SystemSettings>> {
  return outcomeOf(() => {
    if (process.getuid?.() !== 0) throw new Fault('NOT_ROOT');
    const given = settingsChangeSchema.safeParse(change);
    if (!given.success)
      throw new Fault(
        'USAGE',
        ...given.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      );
    return withStoreLock(system, () => {
      const before = readSettings(system.root);
      if (before.problem?.code === 'STATE_NEWER') throw new Fault('STATE_NEWER', ...before.problem.details);
      const after = changed(before.settings, given.data);
      writeSettings(system.root, after, before.problem !== null);
      return Promise.resolve(after);
    });
  });
}

function changed(before: SystemSettings, { automatic, ...own }: SettingsChange): SystemSettings {
  return {
    ...before,
    ...present(own),
    automatic: { ...before.automatic, ...present(automatic ?? {}) },
  };
}

/** A field that was named, but left undefined, is not changed. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
