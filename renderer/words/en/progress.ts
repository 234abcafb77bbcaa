/** What goes on now, for people: the phases of the engine and how far they are. */
import type { Phase } from '../../../shared/progress.js';
import type { Say } from '../say.js';

export const progress = (say: Say) => ({
  label: 'Progress',
  phase: {
    inspect: 'Looking at the system',
    check: 'Checking that it can begin',
    refresh: 'Asking for the newest list of updates',
    resolve: 'Working out what belongs together',
    download: 'Downloading',
    clone: 'Making a clone of the system',
    rehearse: 'Installing in the clone',
    verify: 'Checking the clone',
    compare: 'Comparing the clone with the system',
    prepare: 'Preparing the switch',
    switch: 'Switching',
    settle: 'Settling in',
    clean: 'Clearing away',
    practice: 'Making the practice system',
  } satisfies Record<Phase, string>,
  bytes: (done: number, total: number) => `${say.size(done)} of ${say.size(total)}`,
  count: (done: number, total: number) => `${say.number(done)} of ${say.number(total)}`,
  files: (done: number) => say.plural(done, { one: '# file', other: '# files' }),
  packages: (done: number) => say.plural(done, { one: '# package', other: '# packages' }),
  left: (seconds: number) => `About ${say.duration(seconds)} left`,
  cancelling: 'Stopping…',
});
