/** `understudy modules`: the kernel modules of this system; keeps, brings back and clears away. */
import type { ModulesCleaned, ModulesKept, ModuleTrees } from '../../../shared/modules.js';
import type { Outcome } from '../../../shared/errors.js';
import { cleanedLines, keptLines, modulesLines } from '../render/modules.js';
import { flag } from './given.js';
import { systemVerb, UsageError, type Given, type SystemContext } from './verb.js';

type Answered = ModuleTrees | ModulesKept | ModulesCleaned;
type Job = (context: SystemContext) => Promise<Outcome<Answered>>;

export const modules = systemVerb<Answered>({
  name: 'modules',
  help: {
    summary: 'show which kernel modules are there and why; keep, restore or clear them away',
    synopsis: ['[status]', 'keep', 'restore', 'clean [--dry-run]'],
    does: [
      'Lists the modules of each kernel: whether it runs, whether it is installed, and what stays although no package has it any more.',
      'keep: gives every module of the running kernel another name, which outlives the package. restore: brings back what went since. Package managers run both by themselves.',
      'clean: puts the modules aside of kernels that do not run, that no package has, and that cannot be started; after the days of the setting keepModulesDays they are removed.',
    ],
    doesNot: [
      'Only status goes through the helper: everything else needs root.',
      'It never clears away what the running kernel needs, and nothing at all while that lacks modules itself.',
      'It brings back nothing of a kernel that has all of its own modules: what else is gone was removed on purpose.',
      'It overwrites nothing that a package manager left.',
    ],
    examples: [
      ['understudy modules', 'What is there?'],
      ['understudy modules clean --dry-run', 'What would be put aside?'],
      ['understudy modules restore', 'After a removal that was cut short.'],
      ["understudy modules --json | jq '.value.complete'", 'Does what runs find its modules?'],
    ],
    exits: [
      ['done', 'done, shown, or there was nothing to do'],
      ['failed', 'it could not be done, or there are no modules'],
      ['usage', 'the command was not understood'],
      ['recovered', 'an interrupted transaction was recovered first; run it again'],
      ['busy', 'another Understudy or a package manager is at work'],
    ],
  },
  options: { 'dry-run': { text: 'with clean: only say what would be done' } },
  long: false,
  onRecovery: ({ positionals }) => ((positionals[0] ?? 'status') === 'status' ? 'go-on' : 'stop'),
  read(given) {
    const [word = 'status', extra] = given.positionals;
    const job = Object.hasOwn(jobs, word) ? jobs[word] : undefined;
    if (!job)
      throw new UsageError(`"modules" is followed by status, keep, restore or clean, not by "${word}".`);
    if (extra !== undefined) throw new UsageError(`Nothing is expected here: "${extra}".`);
    if (word !== 'clean' && flag(given, 'dry-run')) throw new UsageError('--dry-run goes with "clean".');
    return job(given);
  },
  lines(value, look) {
    if ('held' in value) return cleanedLines(value, look);
    return 'action' in value ? keptLines(value, look) : modulesLines(value, look);
  },
});

const jobs: Readonly<Record<string, (given: Given) => Job>> = {
  status:
    () =>
    ({ engine, system }) =>
      engine.moduleTrees(system),
  keep:
    () =>
    ({ engine, system }) =>
      engine.keepModules(system),
  restore:
    () =>
    ({ engine, system }) =>
      engine.restoreModules(system),
  clean: (given) => {
    const dryRun = flag(given, 'dry-run');
    return ({ engine, system }) => engine.cleanModules(system, { dryRun });
  },
};
