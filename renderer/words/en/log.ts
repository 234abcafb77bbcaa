/** The log of a run. */
import type { Say } from '../say.js';

export const log = (say: Say) => ({
  title: 'Log',
  show: 'Show the log',
  hide: 'Hide the log',
  lines: (count: number) => say.plural(count, { one: '# line', other: '# lines' }),
  dropped: (count: number) =>
    say.plural(count, {
      one: '# earlier line is no longer kept',
      other: '# earlier lines are no longer kept',
    }),
  empty: 'The log is empty.',
  search: 'Search the log',
  copyAll: 'Copy the log',
  /** Only the newest run has one. */
  gone: 'The log of this is no longer kept.',
});
