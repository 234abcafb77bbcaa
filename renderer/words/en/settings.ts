/** Settings: each with its effect in one line. */
import type { Preferences } from '../../../shared/preferences.js';
import type { Say } from '../say.js';

export const settings = (say: Say) => ({
  title: 'Settings',
  automatic: {
    title: 'Automatic rehearsals',
    enabled: 'Rehearse updates in the background',
    enabledEffect: 'Updates are found and tried in a clone by themselves. Switching stays your choice.',
    hours: 'Hours',
    hoursEffect: (from: string, to: string) => `Only between ${from} and ${to}.`,
    allDay: 'At any hour.',
    from: 'From',
    to: 'To',
    mains: 'Only on mains power',
    mainsEffect: 'Nothing is begun while the computer runs on its battery.',
    unmetered: 'Only on unmetered networks',
    unmeteredEffect: 'Nothing is downloaded where data may cost money.',
    idle: 'Only when the computer is not busy',
    idleEffect: 'Waits while your programs need the processor or the disk.',
    scope: 'Which updates',
    scopeEffect: {
      all: 'Everything that is waiting is rehearsed.',
      security: 'Only what closes security holes is rehearsed.',
    },
    pause: 'Break',
    pauseNow: 'Pause for a day',
    pauseEffect: 'Nothing automatic happens for 24 hours.',
    pausedUntil: (moment: string) => `Nothing automatic happens until ${moment}.`,
    resume: 'Go on now',
  },
  safety: {
    title: 'Safety',
    battery: 'Smallest battery charge',
    batteryEffect: (percent: string) => `On battery, nothing is begun below ${percent}.`,
    batteryNever: 'The battery charge never holds anything back.',
    boot: 'Start in a virtual machine first',
    bootEffect: 'With QEMU, the updated system shows before the switch whether it starts. It takes minutes.',
    boots: { off: 'Never', kernel: 'When it matters for the start', always: 'Always' },
  },
  kernel: 'Kernel',
  restorePoints: {
    title: 'Restore points',
    keep: 'Keep at least',
    keepEffect: (count: number) =>
      say.plural(count, {
        one: 'The newest restore point is never removed to save space.',
        other: 'The # newest restore points are never removed to save space.',
      }),
    space: 'Space they may use',
    spaceEffect: (bytes: number) => `Above ${say.size(bytes)}, the oldest ones go first.`,
  },
  app: {
    title: 'This app',
    language: 'Language',
    languageEffect: 'Of this app, for you alone.',
    languages: { system: 'As the system', en: 'English', de: 'Deutsch' } satisfies Record<
      Preferences['language'],
      string
    >,
    tray: 'Stay in the tray',
    trayEffect: 'Closing the window leaves the icon in the panel.',
    login: 'Start when you log in',
    loginEffect: 'The icon in the panel is there from the beginning.',
    notifications: 'Notifications',
    notificationsEffect:
      'Tells you when an update is ready, done, or needs you. Never more than once a day for the same.',
  },
  system: {
    title: 'System',
    practice: 'Practice system',
    practiceEffect: 'You work on a practice system. Your real system is only read.',
    real: 'Real system',
    realEffect: 'You work on this computer.',
    version: 'Version',
    helper: 'Rights',
    helperFull: 'May change the system.',
    helperReadOnly: 'May look at the system, not change it.',
  },
});
