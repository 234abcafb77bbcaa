/** Home: one sentence for every state of an update, and four quiet facts. */
import type { TransactionKind } from '../../../shared/history.js';
import type { Activation } from '../../../shared/plan.js';
import type { RunKind } from '../../../shared/run.js';
import type { scheduleReasons } from '../../../shared/app.js';
import type { Say } from '../say.js';
import { byActivation } from './terms.js';

export const home = (say: Say) => ({
  connecting: { title: 'Looking at your system', detail: 'This takes a moment.' },
  absent: {
    title: 'Understudy cannot see your system yet',
    detail: 'The part that looks after it is not running. Your system works as before.',
    action: 'Connect',
  },
  preparing: {
    title: 'Making a practice system',
    detail: 'A small copy in a folder of its own. Your real system is only read.',
  },
  uncounted: {
    title: 'Ready to look for updates',
    detail: 'Looking changes nothing.',
    action: 'Look for updates',
  },
  upToDate: {
    title: 'Your system is up to date',
    detail: (counted: string) => `Last looked ${counted}.`,
    never: 'Nothing is waiting.',
    action: 'Look again',
  },
  waiting: {
    title: (count: number) =>
      say.plural(count, { one: 'One update is waiting', other: '# updates are waiting' }),
    detail: (security: number) =>
      security === 0
        ? 'None of them is about security. They are tried in a clone first.'
        : say.plural(security, {
            one: 'One of them is about security. They are tried in a clone first.',
            other: '# of them are about security. They are tried in a clone first.',
          }),
    action: 'See the updates',
  },
  planning: { title: 'Looking for updates', detail: 'Nothing is changed by looking.' },
  planned: {
    title: 'An update is ready to rehearse',
    detail: (changes: number) =>
      say.plural(changes, {
        one: 'One package would change. Nothing has changed yet.',
        other: '# packages would change. Nothing has changed yet.',
      }),
    action: 'Continue',
  },
  blocked: {
    title: 'The update cannot start yet',
    detail: 'Nothing was changed.',
    action: 'See what is in the way',
  },
  staging: {
    title: 'Rehearsing the update',
    detail: 'You can keep working. Your running system is not touched.',
    action: 'Show the rehearsal',
    stopping: 'Stopping the rehearsal',
    stoppingDetail: 'What was begun is cleared away. Your system stays as it is.',
  },
  staged: {
    title: 'Ready to switch',
    detail: (seconds: number, how: Activation) =>
      seconds < 1
        ? `Takes no time from you, ${byActivation[how]}.`
        : `Takes about ${say.duration(seconds)}, ${byActivation[how]}.`,
    action: 'Review and switch',
    scheduled: 'The switch is set for the next shutdown',
    scheduledDetail: 'Until then everything stays as it is.',
    review: 'Review the update',
    set: (when: string) => `The switch is set for ${when}`,
    setDetail: (how: Activation) =>
      `Until then everything stays as it is. The checks are made again then, and the switch is made ${byActivation[how]}.`,
    takeBack: 'Cancel the switch',
    missed: 'The switch did not happen',
    missedDetail: (when: string) =>
      `It was set for ${when}. Nothing was changed, and the update is still ready.`,
    missedOff: (when: string) =>
      `It was set for ${when}, when the computer was off or asleep. Nothing was changed, and the update is still ready.`,
    later: 'Not now',
  },
  needsDecision: {
    title: (count: number) =>
      say.plural(count, { one: 'One decision is yours to make', other: '# decisions are yours to make' }),
    detail: 'You and the update changed the same settings. Choose which ones to keep.',
    action: 'Decide',
  },
  switching: {
    title: 'Switching to the updated system',
    detail: 'Even a power cut now leaves either the old system or the new one, never a mix.',
  },
  done: {
    title: 'Your system is updated',
    detail: 'The system as it was before is kept. You can go back with one click.',
    action: 'Done',
    waiting: {
      title: 'The updated system runs after the next restart',
      detail: 'Restart when it suits you. Until then the system runs on as it was before.',
    },
  },
  rollingBack: {
    title: 'Going back to the system before',
    detail: 'Even a power cut now leaves one whole system.',
  },
  rolledBack: {
    title: 'You are back on the system before',
    detail: 'The update was taken back.',
    action: 'Done',
    waiting: {
      title: 'The system before runs after the next restart',
      detail: 'The update was taken back. Restart when it suits you; until then the updated system runs on.',
    },
  },
  failed: {
    title: 'Something went wrong, and nothing was changed',
    during: {
      plan: 'It happened while looking for updates. Your system is as it was.',
      stage: 'It happened in the rehearsal. Your running system is as it was.',
      decide: 'It happened while your decision was being kept. Your running system is as it was.',
      activate: 'It happened at the switch. Your system is as it was.',
      unschedule: 'It happened while a switch for later was being taken back. Your system is as it was.',
      rollback: 'It happened on the way back. Your system is as it was.',
      prune: 'It happened while old restore points were being removed. Your system is as it was.',
      recover: 'It happened during recovery. Nothing was guessed.',
      settings: 'It happened while a setting was being changed. The setting is as it was.',
      practice: 'It happened while the practice system was being made. Your real system is as it was.',
    } satisfies Record<RunKind, string>,
    action: 'Try again',
    dismiss: 'Not now',
  },
  interrupted: {
    title: {
      stage: 'A rehearsal was interrupted',
      activate: 'A switch was interrupted',
      rollback: 'A rollback was interrupted',
      prune: 'A clean-up was interrupted',
    } satisfies Record<TransactionKind, string>,
    detail: 'Understudy completes it or takes it back, whichever is safe. Your system is whole either way.',
    action: 'Recover now',
  },
  recovering: {
    title: 'Recovering',
    detail: 'What was interrupted is being completed or taken back.',
  },
  recovered: {
    title: 'Recovered after an interruption',
    back: {
      stage: 'The rehearsal was cleared away. Your running system was never touched.',
      activate: 'The switch was taken back. You are on the system before the update.',
      rollback: 'The rollback was taken back. You are on the updated system.',
      prune: 'The clean-up was taken back.',
    } satisfies Record<TransactionKind, string>,
    forward: {
      stage: 'The rehearsal was completed. Your running system was never touched.',
      activate: 'The switch was completed. You are on the updated system.',
      rollback: 'The rollback was completed. You are on the system before the update.',
      prune: 'The clean-up was completed.',
    } satisfies Record<TransactionKind, string>,
    action: 'Done',
  },
  damaged: {
    title: 'The records of Understudy cannot be trusted',
    detail: 'Nothing was guessed and nothing was changed. Your system runs as before.',
  },
  arrival: {
    title: 'Not everything could be brought over',
    files: (count: number) =>
      say.plural(count, {
        one: 'One file was changed in both systems before the start. The other version of it is kept here:',
        other:
          '# files were changed in both systems before the start. The other versions of them are kept here:',
      }),
    list: (count: number) => say.plural(count, { one: 'Show the file', other: 'Show the # files' }),
    problems:
      'These accounts do not agree. Whoever administers this computer can look at them with getent, and correct them with usermod, useradd or passwd:',
    action: 'Done',
  },
  heldBack: {
    title: (count: number) =>
      say.plural(count, {
        one: 'A live patch of the kernel is held back',
        other: '# live patches of the kernel are held back',
      }),
    detail: (patches: readonly string[]) =>
      `The computer went down soon after ${say.list(patches)} ${say.plural(patches.length, {
        one: 'was loaded, so this patch is not loaded again by itself.',
        other: 'were loaded, so these patches are not loaded again by themselves.',
      })}`,
    see: 'See the kernel',
    action: 'Done',
  },
  rollBack: 'Roll back…',
  rollBackLast: 'Roll back the last update…',
  facts: {
    title: 'At a glance',
    restorePoint: 'Last restore point',
    noRestorePoint: 'None yet. Each update makes one',
    kernel: 'Running kernel',
    restartPending: 'A restart is pending',
    livepatches: (count: number) => say.plural(count, { one: '# live patch', other: '# live patches' }),
    space: 'Space for restore points',
    spaceUsed: (used: number, limit: number) => `${say.size(used)} of ${say.size(limit)}`,
    next: 'Next automatic check',
  },
  schedule: {
    off: 'Switched off',
    paused: 'Paused',
    'outside-hours': 'Waits for its hours',
    'on-battery': 'Waits for mains power',
    metered: 'Waits for an unmetered network',
    offline: 'Waits for a network',
    busy: 'Waits until the computer is less busy',
    patience: 'Waits after a failure',
    'staged-already': 'An update is already rehearsed',
    'up-to-date': 'Nothing to do',
    'no-right': 'Needs to be unlocked',
    due: 'Now',
  } satisfies Record<(typeof scheduleReasons)[number], string>,
});
