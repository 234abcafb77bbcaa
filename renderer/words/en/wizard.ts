/** The wizard: the steps from choosing an update to having it. */
import type { Area, FileChange } from '../../../shared/changeset.js';
import type { Choice } from '../../../shared/decision.js';
import type { Activation } from '../../../shared/plan.js';
import type { Say } from '../say.js';
import { checks } from './wizard-checks.js';
import { proofs } from './wizard-proofs.js';

export const wizard = (say: Say) => ({
  title: 'Update',
  steps: {
    choose: 'Choose',
    check: 'Check',
    backup: 'Back up',
    rehearse: 'Rehearse',
    review: 'Review',
    switch: 'Switch',
    done: 'Done',
  },
  stepper: {
    label: 'Steps of the update',
    position: (number: number, of: number) => `Step ${number} of ${of}`,
    passed: 'passed',
  },
  next: 'Continue',
  toHome: 'To Home',
  goesOn: {
    title: 'The rehearsal goes on',
    detail: 'You can look around here; to choose anew, stop it first.',
    show: 'Show the rehearsal',
  },
  stopped: {
    plan: 'You stopped looking for updates. Nothing was changed.',
    stage: 'You stopped the rehearsal. What was begun is cleared away; your system was never touched.',
    activate: 'You stopped before the switch. Your system is as it was.',
  },
  readOnly: 'You may look, but not change anything here.',

  choose: {
    title: 'Choose what to update',
    lead: 'Nothing on your system changes before you switch, at the very end.',
    scope: 'What to update',
    amount: (count: number, bytes: number) =>
      `${say.plural(count, { one: '# update', other: '# updates' })}, ${say.size(bytes)} to download`,
    groups: {
      security: 'Security',
      kernel: 'Kernel',
      applications: 'Programs and libraries',
      along: 'Comes along',
      removed: 'Goes away',
      kept: 'Stays as it is',
    },
    groupDetails: {
      security: 'Closes holes that others could use',
      kernel: 'The core of the system',
      applications: 'Everything else',
      along: 'The others need it',
      removed: 'Packages that no longer fit',
      kept: 'Held back',
    },
    list: 'Updates',
    search: 'Search updates',
    selectAll: 'Select all',
    selectNone: 'Select none',
    selected: (count: number, of: number) => `${say.number(count)} of ${say.number(of)} selected`,
    skipList: 'Skip the list',
    versions: (from: string, to: string) => `from ${from} to ${to}`,
    newVersion: (to: string) => `new, ${to}`,
    goes: (from: string) => `${from} is removed`,
    looking: 'Looking at what is waiting…',
    upToDate: 'Everything is up to date',
    upToDateDetail: (counted: string | null) =>
      counted === null
        ? 'The list of updates was just fetched anew.'
        : `The list of updates was last fetched ${counted}.`,
    uncounted: 'The list of updates was never fetched',
    uncountedDetail: 'Fetching it changes nothing on your system.',
    noneInScope: 'Nothing is waiting in this choice',
    noneInScopeDetail: 'Choose another one above.',
    nothingComes: 'Nothing of this can be installed now',
    nothingComesDetail: 'There is nothing newer, or it is held back. Nothing was changed.',
    noneSelected: 'Select at least one update.',
    lookNow: 'Look for updates',
    lookAgain: 'Look for newer ones',
    planned: (when: string) => `Worked out ${when}`,
    unplanned:
      'Sizes are estimates until you continue: then the newest list is fetched and worked out exactly.',
    planning: 'Working out exactly what would change. This alters nothing.',
    stop: 'Stop',
  },

  check: {
    title: 'Check that the update can start',
    lead: 'A look at your system, which changes nothing. It is repeated when the work begins.',
    running: 'Checking…',
    verdict: {
      pass: 'Nothing is in the way.',
      warn: 'You can go on, but have a look at this first.',
      block: 'Something is in the way. Nothing was changed.',
    },
    counts: (pass: number, warn: number, block: number) =>
      [
        block > 0 ? `${say.number(block)} in the way` : '',
        warn > 0 ? `${say.number(warn)} to know` : '',
        say.plural(pass, { one: '# is fine', other: '# are fine' }),
      ]
        .filter((part) => part !== '')
        .join(', '),
    groups: { block: 'In the way', warn: 'Good to know', pass: 'Fine' },
    words: { block: 'Blocks', warn: 'Warning', pass: 'Passes' },
    measured: 'Measured',
    again: 'Check again',
    duringRehearsal: 'The checks were made when the rehearsal began, and are made again before the switch.',
    toSwitch: 'On to the switch',
    fixes: {
      'free-space': 'Free space…',
      recover: 'Recover now',
      'look-again': 'Fetch the list anew',
      'check-again': 'Check again',
    },
    known: checks,
  },

  freeSpace: {
    title: 'Remove old restore points?',
    lead: 'Only the newest one is kept. You can no longer go back to the others.',
    removes: (count: number, bytes: number) =>
      `${say.plural(count, { one: '# restore point goes', other: '# restore points go' })}; that frees ${say.size(bytes)}.`,
    nothing: 'There is nothing that could be removed: the newest restore point always stays.',
    history: 'Choose in History which ones to keep',
    confirm: 'Remove and check again',
  },

  backup: {
    title: 'Keep the way back',
    lead: 'Before the switch, the system as it is now becomes a restore point. One click returns to it.',
    holds: 'What is kept',
    kinds: {
      programs: 'Programs and libraries',
      programsDetail: 'Everything below /usr',
      configuration: 'Configuration and accounts',
      configurationDetail: 'Everything below /etc, with the files that hold users and groups',
      database: 'The list of installed packages',
      databaseDetail: 'So that packages and files match again after a rollback',
      boot: 'The kernel of now',
      bootDetail: 'With what it needs to start',
    },
    facts: 'How it is kept',
    size: 'Size',
    sizeValue: (bytes: number) => `About ${say.size(bytes)}`,
    sizeDetail: 'Only what changes costs space; the rest is shared with the running system.',
    place: 'On the same disk as the system',
    placeFree: (free: number, device: string) => `${say.size(free)} are free on ${device}`,
    howLong: (count: number) =>
      say.plural(count, {
        one: 'At least until the next update',
        other: 'At least the newest # restore points stay',
      }),
    howLongDetail: (bytes: number) => `Older ones go when all of them need more than ${say.size(bytes)}.`,
    now: 'There now',
    nowValue: (count: number, bytes: number) =>
      `${say.plural(count, { one: '# restore point', other: '# restore points' })}, ${say.size(bytes)}`,
    settings: 'Change in Settings',
    honest: 'A restore point is not a backup',
    honestDetail:
      'It lies on the same disk: a broken disk breaks both, and no copy is made elsewhere. Your documents, mail and home folder are not part of it. The update does not touch them, and neither does a rollback.',
    next: 'What comes next',
    nextDetail: (download: number, staging: number) =>
      `The rehearsal downloads ${say.size(download)} and installs everything in a clone, which needs up to ${say.size(staging)} for the time being. You can keep working.`,
    start: 'Start the rehearsal',
  },

  rehearse: {
    title: 'Rehearsing the update',
    lead: 'Everything is installed in a clone. Keep working: your running system is not touched.',
    stoppingTitle: 'Stopping the rehearsal',
    stoppingLead: 'What was begun is cleared away. Your system stays as it is.',
    doneTitle: 'The rehearsal went well',
    doneLead: 'The updated system stands ready beside the running one, which was not touched.',
    failedTitle: 'The rehearsal did not succeed',
    failedLead: 'Your running system was not touched.',
    phases: 'Phases of the rehearsal',
    standing: { done: 'done', now: 'going on', later: 'still to come' },
    closing: 'You can close this window. The rehearsal goes on, and this page finds it again.',
    cancel: 'Stop the rehearsal',
    cancelDetail: 'Stopping is safe at any moment.',
    review: 'Review the changes',
  },

  review: {
    title: 'Review what would change',
    lead: 'Nothing of this is in force yet.',
    looking: 'Putting together what would change…',
    summary: (packages: number, files: number, bytes: number) =>
      `${say.plural(packages, { one: '# package', other: '# packages' })} and ${say.plural(files, { one: '# file', other: '# files' })} would change; ${say.size(bytes)} are new.`,
    unready: 'This rehearsal did not pass, so it is not offered',
    unreadyDetail: 'Below stands what speaks against it. Your running system was not touched.',
    proofs: {
      title: 'What the rehearsal proved',
      words: { pass: 'Proved', warn: 'With a remark', fail: 'Failed', skipped: 'Not examined' },
      details: (count: number) => say.plural(count, { one: '# detail', other: '# details' }),
      known: proofs,
    },
    packages: {
      title: 'Packages',
      search: 'Search packages',
      list: 'Packages that would change',
    },
    files: {
      title: 'Files',
      search: 'Search files',
      list: 'Files that would change',
      area: 'Area',
      all: 'All areas',
      areas: {
        programs: 'Programs',
        configuration: 'Configuration',
        boot: 'Boot files',
        'package database': 'List of packages',
        state: 'State of programs',
        other: 'Other',
      } satisfies Record<Area, string>,
      kinds: { added: 'New', changed: 'Changed', removed: 'Removed' } satisfies Record<
        FileChange['kind'],
        string
      >,
      types: {
        file: 'file',
        dir: 'folder',
        link: 'link',
        fifo: 'pipe',
        socket: 'socket',
        char: 'device',
        block: 'device',
      } satisfies Record<FileChange['type'], string>,
      size: 'Size',
      total: 'Total',
      show: 'Show every file',
      totals: 'Files by area',
    },
    services: {
      title: 'Programs in use',
      none: 'No running program uses what is replaced.',
      restarted: 'The switch starts these anew.',
      later: 'These go on with the old files until they are started anew.',
      list: 'Programs that use what is replaced',
      processes: (count: number) => say.plural(count, { one: '# process', other: '# processes' }),
      planned: 'Services that the update replaces',
    },
    conflicts: {
      title: 'Your decisions',
      lead: 'You changed these files, and the update brings its own version. Whichever you take, the other one is kept beside it.',
      open: (count: number) => say.plural(count, { one: '# still to decide', other: '# still to decide' }),
      settled: 'All decided',
      file: (number: number, of: number) => `File ${number} of ${of}`,
      of: (name: string) => `From the package ${name}`,
      choice: 'Which one to use',
      choices: { mine: 'Keep mine', theirs: 'Take the new one' } satisfies Record<Choice, string>,
      choiceDetails: {
        mine: 'Your file stays in use.',
        theirs: 'The file of the package comes into use.',
      } satisfies Record<Choice, string>,
      beside: (path: string) => `The other one: ${path}`,
      undecided: 'To decide',
      again: 'Look at it again',
      allMine: 'Keep all of mine',
      allTheirs: 'Take all new ones',
      save: (count: number) => say.plural(count, { one: 'Save # decision', other: 'Save # decisions' }),
      saving: 'The clone is checked again with your decisions.',
      unsaved: (count: number) =>
        say.plural(count, { one: '# decision is not saved yet', other: '# decisions are not saved yet' }),
      needed: 'Decide about the files above to go on.',
      noText: 'These are no texts that could be shown, or very long ones.',
      missing: 'One of the versions cannot be shown as text.',
      view: 'View',
      views: { side: 'Side by side', merged: 'In one text' },
      mine: 'Yours',
      theirs: 'New',
      onlyMine: 'only in yours:',
      onlyTheirs: 'only in the new one:',
      equal: (count: number) => say.plural(count, { one: '# equal line', other: '# equal lines' }),
      showEqual: (count: number) =>
        say.plural(count, { one: 'Show # equal line', other: 'Show # equal lines' }),
      same: 'Both have the same text; they differ in rights or owner.',
      moreFiles: (count: number) =>
        say.plural(count, { one: 'Show # more file', other: 'Show # more files' }),
      more: (count: number) => say.plural(count, { one: 'Show # more line', other: 'Show # more lines' }),
      emptyLine: 'empty line',
    },
    next: 'On to the switch',
  },

  switch: {
    title: 'Switch to the updated system',
    lead: 'From here there is no step back, but afterwards there is: one click returns to the system of now.',
    when: 'When',
    moments: { now: 'Now', shutdown: 'At the next shutdown' },
    momentDetails: {
      now: (seconds: number) =>
        seconds < 1 ? 'Takes no time from you.' : `You cannot work for about ${say.duration(seconds)}.`,
      shutdown:
        'Nothing happens until you switch the computer off or restart it. That then takes a little longer.',
    },
    happens: 'What happens',
    ways: {
      live: 'Your programs keep running.',
      'soft-reboot': 'All programs are closed and you log in again. The kernel keeps running.',
      kexec: 'All programs are closed and the computer starts its new kernel directly.',
      reboot: 'All programs are closed and the computer restarts.',
      shutdown: 'Until you shut down, your programs keep running.',
    } satisfies Record<Activation, string>,
    save: 'Save your work first.',
    practice: 'On the practice system no program is running, so nothing is closed.',
    interruption: 'Interruption',
    interruptionValue: (seconds: number) => (seconds < 1 ? 'None' : `About ${say.duration(seconds)}`),
    way: 'Way',
    afterwards: 'Afterwards',
    afterwardsValue: (bytes: number) => `A restore point of about ${say.size(bytes)} is kept`,
    restart: 'To be started anew',
    why: 'Why this way',
    power: 'Even a power cut leaves either the old system or the new one, never a mix.',
    checks: 'One more check',
    act: {
      now: 'Switch now',
      restart: 'Switch and restart now',
      shutdown: 'Switch at the next shutdown',
    },
    scheduledTitle: 'The switch is set for the next shutdown',
    scheduledLead: 'Until then everything stays as it is. You can close this window.',
    change: 'Change it',
    switchingTitle: 'Switching to the updated system',
    switchingLead: 'Please leave the computer on. Even a power cut now leaves one whole system.',
  },

  done: {
    title: 'Your system is updated',
    lead: 'The system as it was before is kept. One click returns to it.',
    changed: 'What changed',
    took: (seconds: number) =>
      seconds < 1 ? 'The switch took less than a second.' : `The switch took ${say.duration(seconds)}.`,
    carried: (count: number) =>
      say.plural(count, {
        one: '# file that you changed meanwhile was carried over',
        other: '# files that you changed meanwhile were carried over',
      }),
    carriedList: 'Files that were carried over',
    restart: 'To be started anew when it suits you',
    restartDetail: 'These services go on with the old files until then.',
    remarks: 'Remarks',
    way: 'The way back',
    kept: 'The system before this update is a restore point now.',
    rollBack: 'Roll back…',
    history: 'Show in History',
    finish: 'Done',
    list: 'Packages that were changed',
    unlisted: 'The list of packages is in History.',
  },

  trouble: {
    remedies: {
      again: 'Try again',
      replan: 'Look for updates again',
      restage: 'Rehearse again',
      choose: 'Choose other updates',
      check: 'See what is in the way',
      review: 'See what failed',
      'free-space': 'Free space…',
      'at-shutdown': 'Switch at the next shutdown',
      connect: 'Connect again',
      recover: 'Recover now',
    },
    dismiss: 'Not now',
  },
});
