/** Names of the things that Understudy works with, for every page. */
import type { Activation, Scope } from '../../../shared/plan.js';
import type { TransactionKind, HistoryEntry } from '../../../shared/history.js';
import type { RunKind } from '../../../shared/run.js';
import type { Say } from '../say.js';

/** How a switch is made, to end a sentence with. */
export const byActivation: Record<Activation, string> = {
  live: 'while your programs keep running',
  'soft-reboot': 'by a soft reboot',
  kexec: 'by a quick restart',
  reboot: 'by a restart',
  shutdown: 'at the next shutdown',
};

export const terms = (say: Say) => ({
  packages: (count: number) => say.plural(count, { one: '# package', other: '# packages' }),
  files: (count: number) => say.plural(count, { one: '# file', other: '# files' }),
  updates: (count: number) => say.plural(count, { one: '# update', other: '# updates' }),
  restorePoints: (count: number) => say.plural(count, { one: '# restore point', other: '# restore points' }),
  unknown: 'Not known',
  none: 'None',
  security: 'Security',
  kernel: 'Kernel',
  restorePoint: 'Restore point',
  /** How a switch is made. */
  activation: {
    live: 'Live',
    'soft-reboot': 'Soft reboot',
    kexec: 'Quick restart',
    reboot: 'Restart',
    shutdown: 'At shutdown',
  } satisfies Record<Activation, string>,
  scope: {
    all: 'All updates',
    security: 'Security updates only',
    kernel: 'Kernel only',
    selected: 'Chosen packages',
  } satisfies Record<Scope, string>,
  transaction: {
    stage: 'rehearsal',
    activate: 'switch',
    rollback: 'rollback',
    prune: 'clean-up',
    load: 'loading of a live patch',
    unload: 'unloading of a live patch',
  } satisfies Record<TransactionKind, string>,
  run: {
    plan: 'looking for updates',
    stage: 'the rehearsal',
    decide: 'a decision',
    activate: 'the switch',
    rollback: 'the rollback',
    prune: 'the clean-up',
    livepatch: 'taking back a live patch',
    recover: 'the recovery',
    settings: 'changing a setting',
    unschedule: 'taking back a switch for later',
    practice: 'making the practice system',
  } satisfies Record<RunKind, string>,
  outcome: {
    done: 'Done',
    failed: 'Failed, nothing was changed',
    'rolled-back': 'Taken back',
    'rolled-forward': 'Completed after an interruption',
    open: 'Not finished',
  } satisfies Record<HistoryEntry['outcome'], string>,
  action: {
    install: 'New',
    upgrade: 'Updated',
    downgrade: 'Back to an older version',
    remove: 'Removed',
    reinstall: 'Installed again',
  },
});
