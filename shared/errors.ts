/**
 * Every error that a user can meet: a stable code, one sentence, a hint, and what the command line exits with.
 * Front ends match on the code alone; the sentence and the hint are for people.
 */
import { z } from 'zod';

/** Exit codes of the command line, documented in the README. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  decision: 3,
  blocked: 4,
  recovered: 5,
  busy: 75,
} as const;
export type ExitKind = keyof typeof exitCodes;

interface ErrorText {
  readonly sentence: string;
  readonly hint: string;
  readonly exit: ExitKind;
}

const failed = (sentence: string, hint: string): ErrorText => ({ sentence, hint, exit: 'failed' });
const usage = (sentence: string, hint: string): ErrorText => ({ sentence, hint, exit: 'usage' });
const busy = (sentence: string, hint: string): ErrorText => ({ sentence, hint, exit: 'busy' });
const decision = (sentence: string, hint: string): ErrorText => ({ sentence, hint, exit: 'decision' });
const blocked = (sentence: string, hint: string): ErrorText => ({ sentence, hint, exit: 'blocked' });

export const errorTexts = {
  USAGE: usage('The command was not understood.', 'Run "understudy help".'),
  NOT_ROOT: failed('This needs root.', 'Run the command with sudo.'),
  NOT_A_ROOT_TREE: usage(
    'The folder is not the root of a Linux system.',
    'Give a folder that holds usr, etc and var of an installed system.',
  ),
  UNSUPPORTED_SYSTEM: failed(
    'No supported package manager was found.',
    'Understudy works with apt and pacman today; see "understudy inspect".',
  ),
  CANCELLED: failed('The work was cancelled.', 'Nothing was changed. Start it again at any time.'),
  COMMAND_FAILED: failed('A system command failed.', 'The details name the command and its last words.'),
  COMMAND_TIMED_OUT: failed('A system command took too long and was stopped.', 'Try again; see the details.'),
  INTERNAL: failed('Something unexpected happened.', 'Please report it with the details.'),

  BUSY_UNDERSTUDY: busy('Another Understudy is working on this system.', 'Wait until it is done.'),
  BUSY_PACKAGES: busy(
    'Another package tool is working on this system.',
    'Wait until it is done, or close it.',
  ),
  BUSY_ACCOUNTS: busy('Another program is changing the accounts of this system.', 'Wait until it is done.'),

  ARCHIVE_UNREACHABLE: failed(
    'The package archive could not be reached.',
    'Check the network and try again; what was downloaded is kept.',
  ),
  ARCHIVE_INCONSISTENT: failed(
    'The package archive is just being changed: its index and its files do not match.',
    'Try again in some minutes, or use another mirror.',
  ),
  ARCHIVE_UNTRUSTED: failed(
    'The signature of the package archive is missing or wrong.',
    'Do not install from it. Check the keys of this source in /etc/apt.',
  ),
  ARCHIVE_EXPIRED: failed(
    'The index of the package archive has expired.',
    'Check the clock of this machine; else the mirror is stale: use another.',
  ),
  PACKAGES_BROKEN: failed(
    'The package manager finds no consistent solution.',
    'See the details for the packages concerned.',
  ),

  PARTIAL_UPGRADE: failed(
    'The packages of this system are only updated together: its archive has one version of each, all built against each other.',
    'Update everything: "understudy plan". A few packages alone could leave programs without their libraries.',
  ),
  SECURITY_UNKNOWN: failed(
    'The package archive does not say which updates are for security.',
    'Update everything: "understudy plan". Whatever fixes there are come with it.',
  ),

  HOUR_OUT_OF_RANGE: usage(
    'A switch can be set for a moment within the next seven days.',
    'Choose a moment that is still to come; see the details.',
  ),
  HOUR_UNATTENDED: failed(
    'Nobody would be there to carry out the switch at that moment.',
    'Install Understudy with its systemd units, set it in the app and leave the app open, or use "--how shutdown".',
  ),

  CHANGELOG_UNAVAILABLE: failed(
    'What is new in this package could not be found.',
    'It comes with the package: try again after "understudy stage", or with a network.',
  ),

  PLAN_UNKNOWN: usage('There is no plan with this id.', 'Run "understudy plan" to make one.'),
  PLAN_STALE: failed(
    'The plan no longer matches what the archive offers or what is installed.',
    'Run "understudy plan" again and look at the new one.',
  ),
  NOTHING_TO_DO: { sentence: 'Everything is up to date.', hint: 'There is nothing to stage.', exit: 'done' },

  STAGE_UNKNOWN: usage('There is no staged environment with this id.', 'Run "understudy stage" first.'),
  STAGE_DAMAGED: failed(
    'The staged environment was altered or damaged since it was made.',
    'It is not used. Run "understudy stage" again.',
  ),
  STAGE_UNVERIFIED: failed(
    'The staged environment did not pass its verification.',
    'It is not offered for activation. See "understudy review" for what failed.',
  ),
  STAGE_STALE: decision(
    'Packages were installed or removed since the environment was staged.',
    'Run "understudy stage" again: it starts from the system as it is now.',
  ),
  CHANGED_MEANWHILE: decision(
    'Files that the update changes were changed by someone else meanwhile, and cannot be merged.',
    'Where the review shows both versions, decide there; else run "understudy stage" again, which starts from the files as they are.',
  ),
  PACKAGE_SCRIPT_FAILED: failed(
    'A package failed to install in the rehearsal.',
    'The running system is untouched. See the log for what the package said.',
  ),
  PACKAGE_SCRIPT_HUNG: failed(
    'A package made no progress in the rehearsal for a long time and was stopped.',
    'The running system is untouched. See the log for what the package was doing.',
  ),
  NO_SPACE: failed('There is not enough room on the disk.', 'Free some space, or run "understudy prune".'),
  OVERLAY_UNSUPPORTED: failed(
    'The file system below the system cannot be cloned with an overlay.',
    'See "understudy inspect" for the environment backends and why each can or cannot be used.',
  ),
  EXCHANGE_IMPOSSIBLE: decision(
    '/usr cannot be exchanged in one step on this system.',
    'Activate at shutdown instead: "understudy activate --how shutdown".',
  ),
  DOWNTIME_UNSUPPORTED: failed('This way of activation is not available here.', 'Choose another with --how.'),
  CHECK_BLOCKED: blocked('A readiness check blocks this.', 'See the checks below, each with its remedy.'),
  CONFIRMATION_NEEDED: decision('This needs a confirmation.', 'Run it again with --yes.'),
  COMMIT_FAILED: failed(
    'The switch could not be completed and was taken back.',
    'The system is as it was. See the details for the reason.',
  ),
  BOOT_LOADER_FAILED: failed(
    'The boot loader could not be told which system to start.',
    'See the details for the reason; the boot menu itself is as it was.',
  ),

  RESTORE_POINT_UNKNOWN: usage('There is no restore point with this id.', 'See "understudy history".'),
  RESTORE_POINT_DAMAGED: failed(
    'The restore point is damaged and was not used.',
    'The system is unchanged. Choose another restore point in "understudy history".',
  ),
  RESTORE_POINT_UNFIT: failed(
    'The restore point would not boot: its kernel, modules, initramfs or boot entry do not match.',
    'The system is unchanged. See the details for what is missing.',
  ),
  RESTORE_POINT_NEEDED: failed(
    'This restore point is the only one, or is in use, and is kept.',
    'Make another update first, or choose a different one.',
  ),
  RESTART_PENDING: decision(
    'The environment that was switched to runs only after a restart.',
    'Restart first, or take the switch back with "understudy rollback".',
  ),
  ENVIRONMENT_UNKNOWN: usage('There is no environment of this name.', 'See "understudy environments".'),
  ENVIRONMENT_IN_USE: failed(
    'The environment is in use and was left as it is.',
    'The details say by what. Unmount it or restart, then try again.',
  ),
  ENVIRONMENT_CURRENT: failed(
    'This is the environment that runs.',
    'It is never removed or mounted a second time; "understudy environments" lists the others.',
  ),
  ENVIRONMENT_FOREIGN: failed(
    'This environment belongs to another program; Understudy only lists it.',
    'Use that program for it: snapper or timeshift.',
  ),
  ENVIRONMENT_PARTIAL: failed(
    'This environment is no whole tree that could be mounted: it holds only what an update replaced.',
    'See "understudy rollback --dry-run" for what a return to it would change.',
  ),
  ENVIRONMENT_NOT_MOUNTED: usage(
    'No environment is mounted at this folder.',
    'See "understudy environments" for what is mounted where.',
  ),
  MOUNT_FOLDER_UNFIT: usage(
    'No environment can be mounted at this folder.',
    'Give an empty folder that is no part of the system, such as one below /mnt.',
  ),
  NO_MODULES: failed(
    'There are no kernel modules in this system.',
    'Its kernel has all built in, or is not its own, as in a container.',
  ),
  NO_LIVEPATCH: failed(
    'The kernel of this system takes no live patches.',
    'It was built without them, or it is not its own, as in a container.',
  ),
  LIVEPATCH_UNFIT: usage(
    'This file is no live patch that can be used here.',
    'Nothing was added. The details say why.',
  ),
  LIVEPATCH_UNKNOWN: usage('There is no live patch of this name.', 'See "understudy livepatch list".'),
  LIVEPATCH_UNSIGNED: failed(
    'The live patch is not signed by a key that is trusted here.',
    'Get it with its signature, FILE.sig. If you trust it nevertheless, say so with "--unsigned".',
  ),
  LIVEPATCH_EXISTS: failed(
    'There is another live patch of this name for this kernel.',
    'Remove that one first with "understudy livepatch remove".',
  ),
  LIVEPATCH_ALTERED: failed(
    'The live patch in the store is not the one that was added.',
    'It was not loaded. Remove it and add it again from a source that you trust.',
  ),
  LIVEPATCH_OTHER_KERNEL: failed(
    'This live patch is for another kernel than the one that runs.',
    'Get the one that was made for it. Nothing was loaded.',
  ),
  LIVEPATCH_HELD_BACK: decision(
    'The machine went down soon after this live patch was loaded, so it is not loaded again by itself.',
    'If it was not the cause, load it with "--again".',
  ),
  LIVEPATCH_REFUSED: failed(
    'The kernel did not take the live patch.',
    'The details hold what was said. Where Secure Boot or lockdown asks for signed modules, it must be signed with a key that the kernel knows.',
  ),
  LIVEPATCH_STALLED: failed(
    'Some tasks did not change over in time, so it was taken back.',
    'The details name them. End or restart these programs, then try again.',
  ),
  LIVEPATCH_STUCK: failed(
    'Some tasks did not change over in time, and it could not be taken back either.',
    'The details name them. Once they are gone, the kernel completes it by itself; else restart.',
  ),
  LIVEPATCH_IN_USE: failed(
    'This live patch is in use and was left as it is.',
    'Unload it first with "understudy livepatch unload".',
  ),
  LIVEPATCH_NO_UNDO: failed(
    'There is nothing of live patches that can be taken back.',
    'Only the newest change of a live patch can be, in the kernel in which it was made. See "understudy history" and "understudy livepatch".',
  ),
  LIVEPATCH_FOREIGN: failed(
    'This live patch was not brought by Understudy, which only reads it.',
    'Use the program that brought it.',
  ),
  LIVEPATCH_OFF: failed(
    'Live patches are switched off on this system.',
    'The details say by what. Take that away, and restart if it is a parameter of the kernel.',
  ),
  LIVEPATCH_RECORDS_DAMAGED: failed(
    'The records of the live patches cannot be read.',
    'Nothing was loaded, since it is not known what the machine went down with. See the details.',
  ),
  RECOVERY_PLACE_UNFIT: failed(
    'The recovery place cannot be used.',
    'The details say why. It is the folder that /etc/understudy/recovery-place names: mount it, or name another one.',
  ),
  BACKUP_UNKNOWN: usage('There is no such backup.', 'See "understudy backup list".'),
  BACKUP_DAMAGED: failed(
    'The backup is not as it was written, so it was not used.',
    'The details say what is wrong. Take another one: see "understudy backup list".',
  ),
  ACCOUNTS_UNFIT: failed(
    'The accounts of the backup do not go together with those that are here. Nothing was altered.',
    'The details name them. Rename or remove what is in the way, then try again.',
  ),
  NOTHING_TO_ROLL_BACK: failed('There is nothing to roll back to.', 'See "understudy history".'),

  JOURNAL_DAMAGED: failed(
    'The journal of Understudy is damaged.',
    'Nothing was guessed or changed. See the details for the place of the damage.',
  ),
  STATE_NEWER: failed(
    'The records on this system were written by a newer Understudy.',
    'Update Understudy and try again.',
  ),
  RECOVERED: {
    sentence: 'An interrupted transaction was found and completed or taken back.',
    hint: 'The system is consistent. Run the command again.',
    exit: 'recovered',
  },

  CONFLICT_UNKNOWN: usage(
    'There is no such conflict in the staged environment.',
    'Look at the review again: it lists the conflicts that are there now.',
  ),
  SETTINGS_DAMAGED: failed(
    'The settings of Understudy cannot be read; those that come with it are used.',
    'Change any setting to write the file anew; the damaged one is kept beside it.',
  ),

  HELPER_UNREACHABLE: failed(
    'The part of Understudy that does the work of root is not running.',
    'Start it from the app, or with "--elevate"; it asks for a password.',
  ),
  HELPER_LOST: failed(
    'The connection to the part that does the work of root was lost.',
    'Nothing is lost: what it was doing is completed or taken back. Connect again to see.',
  ),
  HELPER_SILENT: failed(
    'The part of Understudy that does the work of root does not answer.',
    'Connect again. What it was doing goes on, or is recovered at its next start.',
  ),
  HELPER_NOT_TRUSTED: failed(
    'What answers in place of the helper does not belong to root.',
    'Nothing was said to it. Someone may be deceiving you: look at who owns the socket in the details.',
  ),
  HELPER_VERSION: failed(
    'App and helper are of different versions.',
    'Restart the helper ("systemctl restart understudy-helper") and the app.',
  ),
  HELPER_STOPPING: busy('The helper is about to end.', 'Try again in a moment.'),
  HELPER_CROWDED: busy('Too many programs talk to the helper at once.', 'Close some and try again.'),
  BAD_REQUEST: usage(
    'The helper did not understand the request.',
    'App and helper may be of different versions.',
  ),
  RUN_UNKNOWN: usage('This work is not going on any more.', 'Look at its result.'),
  NOT_AUTHORISED: failed(
    'You may not do this on this system.',
    'Ask its administrator. Nothing was changed.',
  ),
  AUTHORISATION_DISMISSED: failed(
    'The question for the password was dismissed.',
    'Nothing was changed. Try again when you are ready.',
  ),
  NO_POLKIT_AGENT: failed(
    'No program is running that could ask you for the password.',
    'Log in to a desktop, start a polkit agent, or run "sudo understudy" in a terminal.',
  ),
  NO_POLKIT: failed(
    'polkit, which asks for permission, is not there or does not answer.',
    'Install the packages polkitd and pkexec, or run "sudo understudy" in a terminal.',
  ),
  NO_GRAPHICAL_SESSION: failed(
    'There is no desktop session here that could ask you for the password.',
    'Run "sudo understudy" in a terminal instead.',
  ),
  ELEVATION_FAILED: failed('The helper could not be started.', 'The details hold its last words.'),
  UNSAFE_PLACE: failed(
    'The place of the socket is not safe: others could have put something there.',
    'Remove what the details name, as root, and try again.',
  ),
  NO_PRACTICE: usage(
    'This helper works on the real system.',
    'Start Understudy with its practice system for this.',
  ),

  PORT_UNAVAILABLE: failed(
    'The app cannot be served at this port.',
    'Choose another with --port, or leave it out for one that is free.',
  ),
  APP_NOT_BUILT: failed('The windows of the app were not built.', 'Run "npm run build" in the checkout.'),

  PRACTICE_IMPOSSIBLE: failed(
    'A practice system cannot be made here.',
    'The details name exactly what is missing.',
  ),
  PRACTICE_DIFFERS: failed(
    'The practice run found a difference where none may be.',
    'Please report it with the list of differences.',
  ),
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTexts;
export const errorCodes = Object.keys(errorTexts) as [ErrorCode, ...ErrorCode[]];

/** An error as it crosses a boundary: to the terminal, over the socket, to the renderer. */
export const problemSchema = z.strictObject({
  code: z.enum(errorCodes),
  sentence: z.string(),
  hint: z.string(),
  /** One line a detail: file names, package names, the last words of a command. */
  details: z.array(z.string()),
});
export type Problem = z.infer<typeof problemSchema>;

/**
 * A problem from a helper that may be newer than this program: its code may be one that is not known here, while sentence and
 * hint speak for themselves.
 */
export const receivedProblemSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,63}$/)
    .transform((code) => code as ErrorCode),
  sentence: z.string(),
  hint: z.string(),
  details: z.array(z.string()),
});

/** What a verb answers: a value, or a problem that is part of life. Exceptions are bugs. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function problem(code: ErrorCode, ...details: readonly string[]): Problem {
  const { sentence, hint } = errorTexts[code];
  return { code, sentence, hint, details: [...details] };
}

export function exitCodeOf(code: ErrorCode): number {
  const known: Partial<Record<string, ErrorText>> = errorTexts;
  return exitCodes[known[code]?.exit ?? 'failed'];
}
