/** Small parts that occur on many pages. */
import type { Say } from '../say.js';

export const parts = (say: Say) => ({
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Could not be copied',
  details: 'Details',
  search: 'Search',
  clear: 'Clear the search',
  working: 'Working…',
  loading: 'Loading…',
  tryAgain: 'Try again',
  found: (count: number) => say.plural(count, { one: '# found', other: '# found' }),
  nothingFound: 'Nothing found',
  nothingFoundFor: (text: string) => `Nothing matches ${say.quote(text)}.`,
  needsPassword: 'May ask for your password',
});
