/** The confirmation of a rollback: what would be lost comes first. */
import type { Say } from '../say.js';

export const rollback = (say: Say) => ({
  title: 'Roll back to before this update?',
  to: (title: string, when: string) => `Back to the system of ${when}. ${title}.`,
  looking: 'Looking at what would be lost…',
  lost: 'What you would lose',
  lostNothing: 'Nothing of yours would be lost.',
  lostPackages: (count: number) =>
    say.plural(count, {
      one: '# package that was installed or changed since',
      other: '# packages that were installed or changed since',
    }),
  lostFiles: (count: number) =>
    say.plural(count, {
      one: '# file that was changed since goes back',
      other: '# files that were changed since go back',
    }),
  kept: 'What stays',
  keptFiles: (count: number) =>
    say.plural(count, { one: '# file of yours stays as it is', other: '# files of yours stay as they are' }),
  keptAlways: 'Your documents, mail and everything else in your home folder stay as they are.',
  aside: (place: string) => `Your versions of files that go back are kept in ${place}`,
  confirm: 'Roll back',
  unusable: 'This restore point cannot be used',
  gone: 'There is nothing to roll back to.',
});
