/** The frame around every page. */
import type { Say } from '../say.js';

export const shell = (say: Say) => ({
  app: 'Understudy',
  title: (page: string) => `${page} – Understudy`,
  navigation: 'Pages',
  skip: 'Skip to the content',
  pages: {
    home: 'Home',
    wizard: 'Update',
    history: 'History',
    kernel: 'Kernel',
    settings: 'Settings',
  },
  practice: {
    band: 'Practice system',
    detail: 'Nothing here touches your real system.',
    renew: 'Start afresh',
    renewTitle: 'Make the practice system anew?',
    renewDetail: 'Everything that was tried on it is lost. Your real system stays as it is.',
  },
  connection: {
    connecting: 'Connecting…',
    readOnly: 'You can look, but not change anything yet.',
    readOnlyFixed: 'You can look, but not change anything here.',
    unlock: 'Unlock',
    absent: 'The part of Understudy that looks after your system is not running.',
    connect: 'Connect',
    lost: 'The connection to Understudy was lost. What was going on goes on; trying to reach it again.',
  },
  historyRebuilt:
    'The list of what happened was damaged and was made anew from the journal. Nothing is lost.',
  unseen: (count: number) =>
    say.plural(count, {
      one: 'One thing could not be seen without more rights.',
      other: '# things could not be seen without more rights.',
    }),
});
