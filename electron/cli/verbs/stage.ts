/** `understudy stage`: clone the system and apply the updates inside the clone. */
import type { Staged } from '../../../shared/history.js';
import { automaticallyStaged, type NotDue } from '../automatic-stage.js';
import { stagedLines } from '../render/results.js';
import { notDueLines } from '../render/status.js';
import { flag, nothing, oneId, scopeAndNames, value } from './given.js';
import { scopeOption } from './scope-option.js';
import { systemVerb, UsageError, type Given } from './verb.js';

export const stage = systemVerb<Staged | NotDue>({
  name: 'stage',
  help: {
    summary: 'rehearse an update in a clone while you keep working',
    synopsis: [
      '[PLAN]',
      '--scope all|security|kernel',
      '--scope selected PACKAGE...',
      '--boot|--no-boot',
      '--automatic',
    ],
    does: [
      'Runs the readiness checks, downloads the packages (what was downloaded is kept and resumed), clones the system, applies the updates inside the clone without network, and verifies the result.',
      'With a PLAN it does exactly what that plan says and refuses it if it went stale. With a scope it makes a new plan for it. With neither it takes the newest plan, and makes one for everything where there is none.',
      'Finishes, inside the clone, what an interrupted run of the package manager left.',
      'Where QEMU is installed, the result is also booted in a virtual machine without network, from a throwaway view, when the update changes what decides whether the system starts (see "settings", rehearsalBoot). --boot does it in any case, --no-boot leaves it out.',
      'With --automatic it looks first whether the schedule of the settings wants it now, says why not if it does not, and works at the lowest priority. A systemd timer calls it so.',
    ],
    doesNot: [
      'It does not touch the running system: no service restarts, no file changes.',
      'It does not switch: see "review", then "activate".',
      'It never asks what a package would ask: your configuration files stay, and the new versions are shown by "review".',
    ],
    examples: [
      ['understudy stage', 'The newest plan, or everything that is waiting.'],
      ['understudy stage plan-3f2a91c04b7e55d0', 'The plan that "plan" printed.'],
      ['understudy stage --scope security', 'Security updates and what they need, by a new plan.'],
      ['understudy stage --json', 'One JSON object a line: progress, then the result.'],
    ],
    exits: [
      ['done', 'staged, everything is up to date, or (with --automatic) it is not due'],
      [
        'failed',
        'a package failed, the archive cannot be used, the disk is full: the running system is untouched',
      ],
      ['usage', 'the command was not understood, or there is no such plan'],
      ['blocked', 'a readiness check blocks it'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy or package tool is at work'],
    ],
  },
  options: {
    ...scopeOption,
    boot: { text: 'boot the result in a virtual machine, whatever the settings say' },
    'no-boot': { text: 'do not boot it' },
    automatic: { text: 'only if the schedule wants it now; see "understudy status"' },
  },
  long: true,
  onRecovery: 'stop',
  read(given) {
    if (flag(given, 'automatic')) {
      nothing(given);
      if (value(given, 'scope') !== undefined)
        throw new UsageError('--automatic takes the scope of the settings.');
      if (flag(given, 'boot') || flag(given, 'no-boot'))
        throw new UsageError('--automatic boots as the settings say.');
      return ({ engine, system }) => automaticallyStaged(engine, system);
    }
    const what = { ...planOrScope(given), ...bootWish(given) };
    return ({ engine, system }) => engine.stage(system, what);
  },
  lines: (answer, look) => ('stage' in answer ? stagedLines(answer, look) : notDueLines(answer, look)),
});

/** A positional argument is a plan, unless `--scope selected` makes it the name of a package. */
function planOrScope(given: Given) {
  if (value(given, 'scope') === 'selected') return scopeAndNames(given);
  const id = oneId(given, 'PLAN_UNKNOWN');
  if (id === undefined) return value(given, 'scope') === undefined ? {} : scopeAndNames(given);
  if (value(given, 'scope') !== undefined) {
    throw new UsageError(
      'Give a plan or a scope: the plan has its scope already. (Package names go with --scope selected.)',
    );
  }
  return { plan: id };
}

function bootWish(given: Given): { boot?: boolean } {
  const [boot, not] = [flag(given, 'boot'), flag(given, 'no-boot')];
  if (boot && not) throw new UsageError('Give --boot or --no-boot.');
  return boot || not ? { boot } : {};
}
